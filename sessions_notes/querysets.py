"""Every read of notes, drafts and follow-ups. All start from a patient, or from patients that somebody may see."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Window
from django.db.models.functions import Left, Length

from accounts.models import but_names
from audit.append_only import AppendOnlyQuerySet
from ui.paging import Key, older_than

if TYPE_CHECKING:
    from accounts.models import User

PREVIEW = 600


class NoteQuerySet(QuerySet[Any]):
    def newest_first(self) -> Self:
        return self.order_by("-occurred_at", "-pk")

    def standing(self) -> Self:
        """Without the notes that were entered in error."""
        return self.filter(entered_in_error_at=None)

    def with_people(self) -> Self:
        people = ("author", "entered_in_error_by")
        return self.select_related(*people).defer(*but_names(*people))

    def with_follow_up(self) -> Self:
        return self.select_related("follow_up", "follow_up__resolved_by", "follow_up__reopened_by")

    def in_brief(self, length: int = PREVIEW) -> Self:
        """With the beginning of the text (`preview`, `text_length`) instead of all of it, for lists."""
        return self.defer("note_text").annotate(preview=Left("note_text", length), text_length=Length("note_text"))

    def page(self, before: Key | None, limit: int) -> "list[Any]":
        """The newest notes that come after `before` in a merged list."""
        rows = older_than(self.newest_first(), before, field="occurred_at", kind="note")
        return list(rows[:limit])


class VersionQuerySet(AppendOnlyQuerySet):
    def newest_first(self) -> Self:
        return self.order_by("-number")

    def before_number(self, number: int | None) -> Self:
        return self if number is None else self.filter(number__lt=number)


class DraftQuerySet(QuerySet[Any]):
    def of(self, user: "User") -> Self:
        """The drafts of one person: nobody else reads them."""
        return self.filter(author=user)

    def of_others(self, user: "User") -> Self:
        """That drafts of other people exist, without a word of what is in them."""
        return self.exclude(author=user).defer("typed").select_related("author")

    def of_new_notes(self) -> Self:
        return self.filter(note=None)

    def newest_first(self) -> Self:
        return self.order_by("-saved_at", "-pk")

    def page(self, before: Key | None, limit: int) -> "list[Any]":
        """The drafts saved last that come after `before` in a merged list."""
        rows = older_than(self.newest_first(), before, field="saved_at", kind="draft")
        return list(rows[:limit])

    def of_outer_patient(self) -> Exists:
        """For a filter over patients: whether there is one of these."""
        return Exists(self.filter(patient=OuterRef("pk")))


class FollowUpQuerySet(QuerySet[Any]):
    def open(self) -> Self:
        """Follow-ups that nobody has resolved yet."""
        return self.filter(resolved_at=None)

    def overdue(self, today: dt.date) -> Self:
        """Open follow-ups that were due before today."""
        return self.open().filter(due_on__lt=today)

    def for_patients(self, patients: QuerySet[Any]) -> Self:
        """Of these patients: a queryset that the gate handed over."""
        return self.filter(patient__in=patients.order_by().values("pk"))

    def soonest_first(self) -> Self:
        """By due date, those without one last."""
        return self.order_by(F("due_on").asc(nulls_last=True), "created_at", "pk")

    def with_people(self) -> Self:
        return self.select_related("created_by", "resolved_by", "reopened_by")

    def in_brief(self) -> Self:
        """With what short lists of open ones show: who asked for it, and the day of its note."""
        return self.select_related("created_by", "note").defer("note__note_text", *but_names("created_by"))

    def with_note(self) -> Self:
        """With the note that it came from, the note's text aside."""
        return self.select_related("note", "note__author").defer("note__note_text")

    def counted(self, today: dt.date) -> Self:
        """With how many there are, and how many are overdue, on every row: one query for a short list and its count."""
        overdue = Count("pk", filter=Q(due_on__lt=today))
        return self.annotate(total=Window(Count("pk")), total_overdue=Window(overdue))

    def counts_by_patient(self, today: dt.date) -> Self:
        """(patient, open, overdue, next_due_on) of those that are open: one row a patient."""
        counts = {"open": Count("pk"), "overdue": Count("pk", filter=Q(due_on__lt=today)), "next_due_on": Min("due_on")}
        return self.open().order_by().values("patient").annotate(**counts).values_list("patient", *counts, named=True)

    def of_outer_patient(self) -> Exists:
        """For a filter over patients: whether there is one of these."""
        return Exists(self.filter(patient=OuterRef("pk")))
