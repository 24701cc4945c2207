"""How a loan is known."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from equipment.models import EquipmentLog
from equipment.vocabulary import EquipmentStatus
from patients.provenance import changes, history_of, number
from patients.registry import Known, Provenance, Said
from ui.dates import show_date, show_moment

if TYPE_CHECKING:
    from patients.models import Patient


def loan(patient: "Patient", key: str) -> Known | None:
    """One loan: out, due on another day, back or lost, entered in error."""
    found: EquipmentLog | None = patient.equipment_logs.filter(pk=number(key)).first()
    if found is None:
        return None
    rows = history_of(EquipmentLog.history.filter(id=found.pk))
    said = [
        Said(
            at=row.history_date,
            by=row.history_user,
            what=_step(row),
            value=_words(row),
            reason=row.void_reason,
            happened=_happened(row),
            text="" if row.voided_at else row.return_notes if row.ended_at else row.notes,
            is_error=row.voided_at is not None,
            targets=(found,),
        )
        for row, _value in changes(rows, lambda row: (row.status, row.due_back_on, row.ended_at, row.voided_at))
    ]
    url = reverse("equipment:show_custody", kwargs={"patient_id": patient.pk})
    return Known(
        title=f"{found.equipment_name} {found.serial_number}",
        value=_words(found),
        said=said,
        links=[(_("The equipment of this chart"), f"{url}#log-{found.pk}")],
        is_struck=found.is_voided,
    )


def _step(row: Any) -> Any:
    if row.history_type == "+":
        return _("Recorded")
    if row.voided_at:
        return _("Marked as entered in error")
    return _("Due date") if row.status == EquipmentStatus.CHECKED_OUT else EquipmentStatus(row.status).label


def _words(row: Any) -> str:
    status = EquipmentStatus(row.status).label
    if row.status == EquipmentStatus.CHECKED_OUT and row.due_back_on:
        return _now("%(status)s, due back %(day)s") % {"status": status, "day": show_date(row.due_back_on)}
    return str(status)


def _happened(row: Any) -> str:
    if row.voided_at:
        return ""
    if row.ended_at:
        return _now("ended %(when)s") % {"when": show_moment(row.ended_at)}
    return _now("out since %(when)s") % {"when": show_moment(row.checked_out_at)}


SOURCE = Provenance(
    "loan",
    loan,
    {
        "equipment:check_out": _("Check-out"),
        "equipment:return_item": _("Return"),
        "equipment:mark_lost": _("Marking as lost"),
        "equipment:change_due_date": _("Change of the due date"),
        "equipment:void_entry": _("Equipment entered in error"),
    },
)
