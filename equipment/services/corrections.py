"""A wrong entry stays readable, struck through, and counts no more."""

from django.db import transaction

from accounts.models import User
from audit.api import record_event, stamp
from equipment.models import EquipmentLog
from equipment.services import rules
from patients.errors import AlreadyRecorded, StaleVersion
from patients.services.charts import lock, require_open


@transaction.atomic
def void_entry(*, log: EquipmentLog, version: int, reason: str, by: User) -> EquipmentLog:
    """Mark an entry as entered in error; if it was open, the item is in stock again.

    Raises StaleVersion if the entry changed since it was shown, AlreadyRecorded if the same person voided it with
    the same reason before, ChartArchived, ValidationError without a reason.
    """
    if log.patient_id is not None:
        require_open(lock(log.patient_id))
    entry = rules.lock_entry(log)
    if entry.is_voided and (entry.voided_by_id, entry.void_reason) == (by.pk, reason):
        raise AlreadyRecorded(entry)
    if entry.is_voided or entry.version != version:
        raise StaleVersion(entry)
    entry.voided_at, entry.voided_by, entry.void_reason = stamp(), by, reason
    rules.change_entry(entry, ["voided_at", "voided_by", "void_reason"], by=by, reason=reason)
    record_event("equipment.voided", by=by, patient=entry.patient, target=entry)
    return entry
