"""Scores in the chart as it stood."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from accounts.models import but_names
from audit.api import as_of
from mobility.entry import sheet
from mobility.models import Assessment, MobilityScore
from patients.as_of import newest
from patients.registry import AsOfPanel

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from patients.models import Patient
    from ui.paging import Key

PEOPLE = ("recorded_by", "entered_in_error_by")


def recorded(patient: "Patient") -> "QuerySet[Any]":
    """The field history of this patient's scores."""
    rows: QuerySet[Any] = MobilityScore.history.filter(patient=patient)
    return rows


def scores(patient: "Patient", moment: dt.datetime, before: "Key | None") -> Mapping[str, Any]:
    """The scores that had been recorded by then, newest first."""
    rows = as_of(recorded(patient), moment).select_related(*PEOPLE).defer(*but_names(*PEOPLE))
    found, next_key = newest(rows, field="occurred_at", before=before)
    return {"scores": found, "next_key": next_key}


def begun(patient: "Patient") -> "QuerySet[Any]":
    """The field history of this patient's assessments."""
    rows: QuerySet[Any] = Assessment.history.filter(patient=patient)
    return rows


def assessments(patient: "Patient", moment: dt.datetime, before: "Key | None") -> Mapping[str, Any]:
    """The assessments as they had been saved by then: finished ones stand among the scores, with their answers here."""
    people = ("recorded_by", "saved_by", "completed_by", "entered_in_error_by")
    rows = as_of(begun(patient), moment).select_related(*people, "edition").defer(*but_names(*people))
    found, next_key = newest(rows, field="occurred_at", before=before)
    return {"assessments": [(one, sheet.count_words(one)) for one in found], "next_key": next_key}


ASSESSMENTS = AsOfPanel(
    "assessment", "mobility/_assessments_as_of.html", assessments, lambda patient: [begun(patient)], order=11
)
PANEL = AsOfPanel("score", "mobility/_as_of.html", scores, lambda patient: [recorded(patient)], order=10)
