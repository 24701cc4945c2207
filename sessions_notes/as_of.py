"""Notes and follow-ups in the chart as it stood. Drafts are no record, and never there."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.models import but_names
from audit.api import as_of
from patients.as_of import newest, records
from patients.registry import AsOfPanel
from sessions_notes.models import FollowUp, SessionNote

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from patients.models import Patient
    from ui.paging import Key


def recorded_notes(patient: "Patient") -> "QuerySet[Any]":
    """The field history of this patient's notes."""
    rows: QuerySet[Any] = SessionNote.history.filter(patient=patient)
    return rows


def recorded_follow_ups(patient: "Patient") -> "QuerySet[Any]":
    """The field history of this patient's follow-ups."""
    rows: QuerySet[Any] = FollowUp.history.filter(patient=patient)
    return rows


def _follow_ups(patient: "Patient", moment: dt.datetime) -> "QuerySet[Any]":
    people = ("created_by", "resolved_by", "reopened_by")
    return as_of(recorded_follow_ups(patient), moment).select_related(*people).defer(*but_names(*people))


def notes(patient: "Patient", moment: dt.datetime, before: "Key | None") -> Mapping[str, Any]:
    """The notes that had been saved by then, each as it read, with its follow-up as it stood: two queries."""
    people = ("author", "entered_in_error_by")
    rows = as_of(recorded_notes(patient), moment).select_related(*people).defer(*but_names(*people))
    found, next_key = newest(rows, field="occurred_at", before=before)
    of_these = _follow_ups(patient, moment).filter(note_id__in=[note.pk for note in found])
    by_note = {follow_up.note_id: follow_up for follow_up in records(of_these)}
    return {"notes": [(note, by_note.get(note.pk)) for note in found], "next_key": next_key}


def open_follow_ups(patient: "Patient", moment: dt.datetime, before: "Key | None") -> Mapping[str, Any]:
    """What was still to be done then, as far as had been recorded, with how late it was on that day."""
    today = timezone.localdate(moment)
    rows = records(_follow_ups(patient, moment).filter(resolved_at=None))
    late = {one.pk: (today - one.due_on).days if one.due_on else 0 for one in rows}
    rows.sort(key=lambda one: (one.due_on or dt.date.max, one.created_at, one.pk))
    return {"follow_ups": [(one, max(late[one.pk], 0)) for one in rows]}


PANELS = (
    AsOfPanel("note", "sessions_notes/_as_of.html", notes, lambda patient: [recorded_notes(patient)], order=40),
    AsOfPanel(
        "follow_up",
        "sessions_notes/_follow_ups_as_of.html",
        open_follow_ups,
        lambda patient: [recorded_follow_ups(patient)],
        area="rail",
        order=20,
    ),
)
