"""What the services share: locks, times, and that no item is in two places."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import acting, stamp
from equipment.errors import ItemTaken, WrongTime
from equipment.models import EquipmentItem, EquipmentLog
from patients.errors import AlreadyRecorded, RecordedOtherwise
from patients.models import Patient
from ui.dates import show_date, show_time


def lock_item(pk: int) -> EquipmentItem:
    """The item's row, locked until the transaction ends: everything that moves an item goes through here first."""
    item: EquipmentItem = EquipmentItem.objects.select_for_update(of=("self",)).get(pk=pk)
    return item


def lock_entry(log: EquipmentLog) -> EquipmentLog:
    """An entry as it stands now, behind its item's lock."""
    lock_item(log.item_id)
    rows = EquipmentLog.objects.select_for_update(of=("self",)).with_people().select_related("patient")
    entry: EquipmentLog = rows.get(pk=log.pk)
    return entry


def minute(at: dt.datetime | None) -> dt.datetime:
    """A time as people enter it; now if left out."""
    return (at or stamp()).replace(second=0, microsecond=0)


def say(at: dt.datetime) -> str:
    return f"{show_date(at)} {show_time(at)}"


def require_past(at: dt.datetime, *, field: str) -> None:
    """Raise WrongTime for a time that has not come yet."""
    if at > stamp():
        raise WrongTime(_("Enter a time that is not in the future"), field=field)


def require_order(start: dt.datetime, end: dt.datetime, *, field: str) -> None:
    """Raise WrongTime where something would end before it began."""
    if end < start:
        raise WrongTime(_("Enter a time from %(start)s on, when it began") % {"start": say(start)}, field=field)


def require_lifetime(patient: Patient, at: dt.datetime, *, field: str) -> None:
    """Raise WrongTime for equipment handed out before a patient's birth or after their death."""
    day = timezone.localdate(at)
    if patient.date_of_birth and day < patient.date_of_birth:
        raise WrongTime(_("Enter a day from the date of birth on"), field=field)
    if patient.deceased_on and day > patient.deceased_on:
        raise WrongTime(_("Enter a day up to the date of death"), field=field)


def require_free(item: EquipmentItem, start: dt.datetime, end: dt.datetime | None = None, *, field: str) -> None:
    """Raise ItemTaken where the item is or was somewhere else in that time. The item must be locked.

    An open entry is named rather than an earlier one: that it is out now is what the person needs to know.
    """
    taken = EquipmentLog.objects.filter(item=item).overlapping(start, end)
    found = taken.open().first() or taken.newest_first().first()
    if found:
        # Out now: another item is needed. Out then: another time.
        raise ItemTaken(found, field="at" if found.ended_at else field)


def refuse_repeat(
    model: Any, form_token: uuid.UUID | None, by: User, *, is_same: Callable[[Any], bool] | None = None
) -> None:
    """Raise AlreadyRecorded if this person sent this form before, as RecordedOtherwise if it says something else now."""
    if form_token is None:
        return
    existing = model.objects.filter(form_token=form_token, logged_by=by).first()
    if existing is None:
        return
    if is_same and not is_same(existing):
        raise RecordedOtherwise(existing)
    raise AlreadyRecorded(existing)


def add_entry(entry: EquipmentLog, *, by: User) -> EquipmentLog:
    """Write a new entry. Where somebody was faster all the same, the database refuses it, and this says who."""
    entry.full_clean()
    try:
        with transaction.atomic(), acting(by=by):
            entry.save(force_insert=True)
    except IntegrityError:
        refuse_repeat(EquipmentLog, entry.form_token, by)
        require_free(entry.item, entry.checked_out_at, entry.ended_at, field="serial_number")
        raise
    return entry


def change_entry(entry: EquipmentLog, fields: list[str], *, by: User, reason: str = "") -> EquipmentLog:
    """Write changed fields of an entry, with its next version."""
    entry.version += 1
    entry.updated_at = stamp()
    entry.full_clean()
    with acting(by=by, reason=reason):
        entry.save(update_fields=[*fields, "version", "updated_at"])
    return entry


def end_entry(
    entry: EquipmentLog, *, at: dt.datetime, by: User, is_back: bool, status: str = "", **fields: Any
) -> EquipmentLog:
    """Close an open entry: `is_back` where the item really came back."""
    fields |= {"ended_at": at, "returned_at": at if is_back else None, "returned_by": by}
    fields |= {"status": status or entry.status}
    for name, value in fields.items():
        setattr(entry, name, value)
    return change_entry(entry, list(fields), by=by)
