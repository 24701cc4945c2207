"""Equipment in the chart as it stood."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import but_names
from audit.api import as_of
from equipment.models import EquipmentLog
from equipment.querysets import OUT
from patients.as_of import newest, records
from patients.registry import AsOfPanel

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from patients.models import Patient
    from ui.paging import Key

PEOPLE = ("logged_by", "returned_by", "voided_by")


def recorded(patient: "Patient") -> "QuerySet[Any]":
    """The field history of this patient's loans."""
    rows: QuerySet[Any] = EquipmentLog.history.filter(patient=patient)
    return rows


def _loans(patient: "Patient", moment: dt.datetime) -> "QuerySet[Any]":
    return as_of(recorded(patient), moment).select_related(*PEOPLE).defer(*but_names(*PEOPLE))


def out(patient: "Patient", moment: dt.datetime, before: "Key | None") -> Mapping[str, Any]:
    """What was with the patient as far as had been recorded, longest first, with how late it was on that day."""
    today = timezone.localdate(moment)
    loans = records(_loans(patient, moment).filter(OUT).order_by("checked_out_at", "id"))
    return {"loans": [(one, max((today - one.due_back_on).days, 0) if one.due_back_on else 0) for one in loans]}


def past(patient: "Patient", moment: dt.datetime, before: "Key | None") -> Mapping[str, Any]:
    """The loans that were over by then, and those that had been marked as entered in error."""
    rows = _loans(patient, moment).filter(~Q(OUT))
    found, next_key = newest(rows, field="checked_out_at", before=before)
    return {"loans": found, "next_key": next_key}


PANELS = (
    AsOfPanel(
        "equipment", "equipment/_out_as_of.html", out, lambda patient: [recorded(patient)], area="rail", order=40
    ),
    AsOfPanel("equipment_past", "equipment/_past_as_of.html", past, lambda patient: [], order=30),
)
