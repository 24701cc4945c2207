"""What session notes add to the chart, the timeline and the caseload."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import F, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.access import Perm
from accounts.models import but_names
from patients.registry import (
    CaseloadColumn,
    CaseloadFilter,
    CaseloadNumber,
    CaseloadOrder,
    ChartPanel,
    Clock,
    PersonalFilter,
    QuickAdd,
    Tab,
    TimelineEntry,
    TimelineSource,
    registry,
)
from patients.timeline import PAGE_SIZE
from sessions_notes import as_of, provenance
from sessions_notes.models import FollowUp, NoteDraft, SessionNote
from ui import words
from ui.addresses import reverse
from ui.dates import recorded_words
from ui.prepared import EqualsAny, Prepared, Read, once

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient
    from ui.paging import Key

RAIL_LENGTH = 5
TIMELINE_PREVIEW = 280
LAST_SESSION = 500  # characters of the last note that the overview shows
RECENT = PAGE_SIZE + 1


def _soonest(patient: "Patient", today: dt.date) -> QuerySet[FollowUp]:
    of_patient = FollowUp.objects.filter(patient=patient).open()
    soonest: QuerySet[FollowUp] = of_patient.counted(today).in_brief().soonest_first()[:RAIL_LENGTH]
    return soonest


def _newest(patient: "Patient") -> QuerySet[SessionNote]:
    notes = (
        SessionNote.objects.filter(patient=patient).select_related("author", "follow_up").defer(*but_names("author"))
    )
    newest: QuerySet[SessionNote] = notes.in_brief(LAST_SESSION).newest_first()[:RECENT]
    return newest


def _own_drafts(patient: "Patient", user: "User") -> QuerySet[NoteDraft]:
    drafts = NoteDraft.objects.filter(patient=patient).of(user).select_related("note").defer("note__note_text")
    newest: QuerySet[NoteDraft] = drafts.newest_first()[:RECENT]
    return newest


_read_follow_ups = Prepared(_soonest)
_read_recent = Prepared(_newest)
_read_drafts = Prepared(_own_drafts)


def open_follow_ups(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """The open follow-ups due first, how many there are and how many are late: one query for strip and rail."""
    rows: list[Any] = once(patient, _read_follow_ups, today=timezone.localdate())
    late = rows[0].total_overdue if rows else 0
    return {
        "follow_ups": rows,
        "total": rows[0].total if rows else 0,
        "overdue_words": words.overdue(late) if late else "",
        "next_due_on": rows[0].due_on if rows else None,
        "may_add": Perm.ADD in patient.held_perms and not patient.is_archived,
    }


def last_session(
    patient: "Patient", user: "User", *, other_than: SessionNote | None = None, length: int = LAST_SESSION
) -> Mapping[str, Any]:
    """What was done last time: the newest note that stands, with the beginning of its text; one query."""
    notes = patient.session_notes.standing().select_related("author", "follow_up").in_brief(length).newest_first()
    return {"note": (notes.exclude(pk=other_than.pk) if other_than else notes).first()}


def _last_session(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """The same, out of what the timeline reads anyway."""
    recent = once(patient, _read_recent)
    note = next((note for note in recent if not note.is_in_error), None)
    if note is None and len(recent) == RECENT:  # none but errors for as long as we read
        return last_session(patient, user)
    return {"note": note}


def timeline(patient: "Patient", user: "User", before: "Key | None", limit: int) -> list[TimelineEntry]:
    """Saved notes of everybody and the user's own drafts: two queries."""
    if before is None and limit <= RECENT:
        notes, drafts = once(patient, _read_recent)[:limit], once(patient, _read_drafts, user=user)[:limit]
    else:
        notes = patient.session_notes.select_related("author").in_brief(TIMELINE_PREVIEW).page(before, limit)
        drafts = patient.note_drafts.of(user).select_related("note").page(before, limit)
    entries = [*map(_note_entry, notes), *(_draft_entry(draft, user) for draft in drafts)]
    return sorted(entries, key=lambda entry: entry.key, reverse=True)[:limit]


def find(patient: "Patient", pks: Sequence[int]) -> list[TimelineEntry]:
    """These notes of this chart."""
    notes = patient.session_notes.select_related("author").in_brief(TIMELINE_PREVIEW).filter(pk__in=pks)
    return [_note_entry(note) for note in notes]


def _note_entry(note: SessionNote) -> TimelineEntry:
    tag, tone = _tag(note)
    return TimelineEntry(
        at=note.occurred_at,
        kind="note",
        pk=note.pk,
        title=note.get_session_type_display(),
        icon="i-note",
        url=reverse("sessions_notes:show_note", kwargs={"patient_id": note.patient_id, "note_id": note.pk}),
        tone="bad" if note.is_in_error else "",
        text=note.brief_to(TIMELINE_PREVIEW),
        byline=_byline(note),
        tag=tag,
        tag_tone=tone,
        is_timed=note.start_time is not None,
        is_struck=note.is_in_error,
        author_pk=note.author_id,
        known=("note", note.pk),
    )


def _byline(note: SessionNote) -> str:
    """Who wrote it; without a start time also when, which is its place among that day's entries or later."""
    return (
        str(note.author) if note.start_time else f"{note.author} · {recorded_words(note.created_at, note.session_date)}"
    )


def _tag(note: SessionNote) -> tuple[str, str]:
    if note.is_in_error:
        return _("Entered in error"), "bad"
    if note.needs_cosignature:
        return _("Needs co-signature"), "due"
    return (_("Edited"), "") if note.is_edited else ("", "")


def _draft_entry(draft: NoteDraft, user: "User") -> TimelineEntry:
    return TimelineEntry(
        at=draft.saved_at,
        kind="draft",
        pk=draft.pk,
        title=_("Change to a note") if draft.note_id else draft.session_type_label or _("Session note"),
        icon="i-pen",
        url=reverse("sessions_notes:continue_draft", kwargs={"patient_id": draft.patient_id, "draft_id": draft.pk}),
        tone="draft",
        text=draft.brief,
        byline=user,
        tag=_("Draft, not saved as a note"),
        tag_tone="draft",
    )


def _counts(patients: Sequence[uuid.UUID], today: dt.date) -> QuerySet[Any]:
    found: QuerySet[Any] = FollowUp.objects.filter(EqualsAny(F("patient"), patients)).counts_by_patient(today)
    return found


_read_counts = Prepared(_counts)


def _caseload_read(patients: Sequence[uuid.UUID]) -> Read:
    return _read_counts.bind(patients=patients, today=timezone.localdate())


def _caseload_numbers(rows: list[Any]) -> Mapping[uuid.UUID, CaseloadNumber]:
    """Open and overdue follow-ups of each patient."""
    return {row.patient: CaseloadNumber(row.open, row.overdue) for row in rows}


def has_open_follow_ups(clock: Clock) -> Any:
    """For the caseload's flag."""
    return FollowUp.objects.open().of_outer_patient()


def has_own_drafts(user: "User", clock: Clock) -> Any:
    """For the caseload's flag."""
    return NoteDraft.objects.of(user).of_outer_patient()


def by_next_follow_up() -> Sequence[Any]:
    """Patients whose open follow-up is due first on top, those without one last."""
    due = FollowUp.objects.open().order_by().filter(patient=OuterRef("pk")).values("patient")
    return [Subquery(due.annotate(first=Min("due_on")).values("first")).asc(nulls_last=True)]


def register() -> None:
    """Add the Notes tab, quick-add, panels, timeline, and what the caseload shows."""
    registry.register(
        *as_of.PANELS,
        *provenance.SOURCES,
        Tab("notes", gettext_lazy("Notes"), "sessions_notes:list_notes", order=30),
        QuickAdd(
            "note",
            gettext_lazy("Add note"),
            "i-note",
            "sessions_notes:write_note",
            Perm.ADD,
            shortcut="n",
            order=40,
            is_primary=True,
        ),
        ChartPanel(
            "follow_ups",
            "sessions_notes/_strip_follow_ups.jinja",
            open_follow_ups,
            area="strip",
            order=40,
            reads=(_read_follow_ups,),
        ),
        ChartPanel(
            "follow_ups_open",
            "sessions_notes/_open_follow_ups.jinja",
            open_follow_ups,
            order=20,
            reads=(_read_follow_ups,),
        ),
        ChartPanel(
            "last_session", "sessions_notes/_last_session.jinja", _last_session, order=10, reads=(_read_recent,)
        ),
        TimelineSource(
            "note", gettext_lazy("Notes"), timeline, order=20, find=find, reads=(_read_recent, _read_drafts)
        ),
        CaseloadColumn(
            "followups",
            pgettext_lazy("column", "Follow-ups"),
            "patients/_caseload_number.jinja",
            _caseload_read,
            _caseload_numbers,
            order=40,
            is_number=True,
        ),
        CaseloadFilter("followups", gettext_lazy("Open follow-ups"), has_open_follow_ups, order=40),
        PersonalFilter("drafts", gettext_lazy("My drafts"), has_own_drafts, tone="draft", order=41),
        CaseloadOrder(
            "followups", gettext_lazy("Follow-up due first"), by_next_follow_up, order=40, column="followups"
        ),
    )
