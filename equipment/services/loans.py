"""Equipment going out to patients and coming back."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import record_event
from equipment.errors import CustodyError, NotOut, WrongTime
from equipment.models import EquipmentItem, EquipmentLog, same_serial
from equipment.services import rules
from equipment.services.register import item_for_loan
from equipment.vocabulary import Condition, EquipmentStatus
from patients import names
from patients.errors import AlreadyRecorded, StaleVersion
from patients.models import Patient
from patients.services.charts import lock, require_open
from patients.vocabulary import ChartStatus


@transaction.atomic
def check_out(
    *,
    patient: Patient,
    serial_number: str,
    by: User,
    equipment_name: str = "",
    checked_out_at: dt.datetime | None = None,
    due_back_on: dt.date | None = None,
    notes: str = "",
    form_token: uuid.UUID | None = None,
) -> EquipmentLog:
    """Hand an item out to a patient; one that is not in the register yet is registered under `equipment_name`.

    Raises ItemTaken where it is or was somewhere else then, WrongTime, UnknownItem, OtherItem, ChartArchived,
    ValidationError, and AlreadyRecorded if this form was submitted before by the same person (RecordedOtherwise if it
    says something else now).
    """
    patient = lock(patient.pk)

    def is_same(was: EquipmentLog) -> bool:
        name = names.tidy(equipment_name).casefold()
        return (
            (was.patient_id, was.due_back_on, was.notes) == (patient.pk, due_back_on, notes)
            and was.checked_out_at == (rules.minute(checked_out_at) if checked_out_at else was.checked_out_at)
            and same_serial(was.serial_number, serial_number)
            and name in {"", was.equipment_name.casefold()}
        )

    rules.refuse_repeat(EquipmentLog, form_token, by, is_same=is_same)
    if patient.chart_status == ChartStatus.DECEASED and patient.deceased_on is None:
        raise CustodyError(_("This patient has died: equipment can only come back"))
    at = rules.minute(checked_out_at)
    if due_back_on and due_back_on < timezone.localdate(at):
        raise WrongTime(_("Enter a day from the check-out on"), field="due_back_on")
    item = _item(patient, serial_number, equipment_name, at, None, by=by)
    entry = EquipmentLog(
        item=item,
        patient=patient,
        equipment_name=item.equipment_name,
        serial_number=item.serial_number,
        status=EquipmentStatus.CHECKED_OUT,
        checked_out_at=at,
        due_back_on=due_back_on,
        notes=notes,
        logged_by=by,
        form_token=form_token,
    )
    rules.add_entry(entry, by=by)
    record_event("equipment.checked_out", by=by, patient=patient, target=entry)
    return entry


@transaction.atomic
def record_loan(
    *,
    patient: Patient,
    equipment_name: str,
    serial_number: str,
    checked_out_at: dt.datetime,
    returned_at: dt.datetime | None,
    by: User,
    notes: str = "",
) -> EquipmentLog:
    """Enter a loan as another system recorded it, over or still open, with its times to the second.

    The same rules as for a check-out and a return of our own, however long ago. Raises what `check_out` raises;
    AlreadyRecorded where the same loan is there already (its `existing` may have another end by now).
    """
    patient = lock(patient.pk)
    known = EquipmentLog.objects.in_force().filter(patient=patient, checked_out_at=checked_out_at)
    existing = known.filter(item__in=EquipmentItem.objects.with_serial(serial_number)).first()
    if existing:
        raise AlreadyRecorded(existing)
    item = _item(patient, serial_number, equipment_name, checked_out_at, returned_at, by=by)
    entry = EquipmentLog(
        item=item,
        patient=patient,
        equipment_name=equipment_name,
        serial_number=serial_number,
        status=EquipmentStatus.RETURNED if returned_at else EquipmentStatus.CHECKED_OUT,
        checked_out_at=checked_out_at,
        ended_at=returned_at,
        returned_at=returned_at,
        returned_by=by if returned_at else None,
        notes=notes,
        logged_by=by,
    )
    rules.add_entry(entry, by=by)
    record_event("equipment.loan_recorded", by=by, patient=patient, target=entry)
    return entry


def _item(
    patient: Patient, serial_number: str, equipment_name: str, start: dt.datetime, end: dt.datetime | None, *, by: User
) -> EquipmentItem:
    """The item for a loan of that time, locked and free, after all that could speak against the loan."""
    require_open(patient)
    rules.require_past(start, field="checked_out_at")
    rules.require_lifetime(patient, start, field="checked_out_at")
    if end:
        rules.require_past(end, field="returned_at")
        rules.require_order(start, end, field="returned_at")
    item = item_for_loan(serial_number=serial_number, equipment_name=equipment_name, by=by)
    rules.require_free(item, start, end, field="serial_number")
    return item


@transaction.atomic
def return_item(
    *,
    log: EquipmentLog,
    by: User,
    condition: str = "",
    returned_at: dt.datetime | None = None,
    notes: str = "",
    fault: str = "",
) -> EquipmentLog:
    """Take an item back from a patient: in stock if in good condition, in repair where it is not.

    `notes` stay in the chart. `fault` is what is wrong with the item, and goes to the register, where everybody
    who works with equipment reads it.

    An archived or deceased patient's equipment can come back too. Raises NotOut if it was returned, lost or voided
    in between (AlreadyRecorded if by the same person with the same words), WrongTime.
    """
    _lock_holder(log)
    entry = rules.lock_entry(log)
    at = rules.minute(returned_at)
    if not entry.is_out:
        same = (entry.returned_by_id, entry.returned_at, entry.condition, entry.return_notes) == (
            by.pk, at, condition, notes,
        )  # fmt: skip
        raise AlreadyRecorded(entry) if same else NotOut(entry)
    at = _end_time(entry, at, exact=returned_at)
    fields = {"status": EquipmentStatus.RETURNED, "condition": condition, "return_notes": notes}
    rules.end_entry(entry, at=at, by=by, is_back=True, **fields)
    if condition in {Condition.NEEDS_REPAIR, Condition.MISSING_PARTS}:
        _open_after(entry, EquipmentStatus.IN_REPAIR, at=at, notes=fault, by=by)
    record_event("equipment.returned", by=by, patient=entry.patient, target=entry)
    return entry


@transaction.atomic
def mark_lost(*, log: EquipmentLog, by: User, lost_at: dt.datetime | None = None, notes: str = "") -> EquipmentLog:
    """End a loan because the item is lost: the loan has an end and no return, and the item is lost until found.

    Raises NotOut, AlreadyRecorded, WrongTime as `return_item` does.
    """
    _lock_holder(log)
    entry = rules.lock_entry(log)
    at = rules.minute(lost_at)
    if not entry.is_out:
        same = (entry.status, entry.returned_by_id, entry.ended_at) == (EquipmentStatus.LOST, by.pk, at)
        raise AlreadyRecorded(entry) if same else NotOut(entry)
    at = _end_time(entry, at, exact=lost_at)
    rules.end_entry(entry, at=at, by=by, is_back=False, status=EquipmentStatus.LOST, return_notes=notes)
    _open_after(entry, EquipmentStatus.LOST, at=at, notes="", by=by)
    record_event("equipment.lost", by=by, patient=entry.patient, target=entry)
    return entry


def _lock_holder(log: EquipmentLog) -> None:
    """The patient before the item, as everywhere: a check-out at the same moment would wait for us and we for it."""
    if log.patient_id is not None:
        lock(log.patient_id)


def _end_time(entry: EquipmentLog, at: dt.datetime, *, exact: dt.datetime | None) -> dt.datetime:
    """When a loan ends: to the minute, but not before a start that a source gave to the second."""
    if at < entry.checked_out_at and (exact is None or exact >= entry.checked_out_at):
        at = entry.checked_out_at
    rules.require_past(at, field="at")
    rules.require_order(entry.checked_out_at, at, field="at")
    return at


def _open_after(loan: EquipmentLog, status: str, *, at: dt.datetime, notes: str, by: User) -> None:
    """Where the item is from then on. Nothing in this row says who had it."""
    entry = EquipmentLog(
        item=loan.item,
        equipment_name=loan.item.equipment_name,
        serial_number=loan.item.serial_number,
        status=status,
        checked_out_at=at,
        notes=notes,
        logged_by=by,
    )
    rules.add_entry(entry, by=by)


@transaction.atomic
def change_due_date(*, log: EquipmentLog, version: int, due_back_on: dt.date | None, by: User) -> EquipmentLog:
    """Set, move or remove the day an item is due back. Raises StaleVersion, NotOut, WrongTime, ChartArchived."""
    if log.patient_id is None:
        raise TypeError("only a loan has a day to come back")
    require_open(lock(log.patient_id))
    entry = rules.lock_entry(log)
    if not entry.is_out:
        raise NotOut(entry)
    if entry.due_back_on == due_back_on:
        return entry
    if entry.version != version:
        raise StaleVersion(entry)
    if due_back_on and due_back_on < entry.out_on:
        raise WrongTime(_("Enter a day from the check-out on"), field="due_back_on")
    entry.due_back_on = due_back_on
    rules.change_entry(entry, ["due_back_on"], by=by)
    record_event("equipment.due_changed", by=by, patient=entry.patient, target=entry)
    return entry
