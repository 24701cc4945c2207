"""Items that are with no patient: repair, loss, retirement and back."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import record_event
from equipment.errors import CustodyError, ItemTaken
from equipment.models import EquipmentItem, EquipmentLog
from equipment.services import rules
from equipment.vocabulary import STORE_STATUSES, EquipmentStatus
from patients.errors import AlreadyRecorded

# From where an item can go where. An item that is out comes back, or gets lost, through its loan.
MOVES: dict[str, frozenset[str]] = {
    EquipmentStatus.IN_STOCK: frozenset({EquipmentStatus.IN_REPAIR, EquipmentStatus.LOST, EquipmentStatus.RETIRED}),
    EquipmentStatus.IN_REPAIR: frozenset({EquipmentStatus.IN_STOCK, EquipmentStatus.LOST, EquipmentStatus.RETIRED}),
    EquipmentStatus.LOST: frozenset({EquipmentStatus.IN_STOCK, EquipmentStatus.IN_REPAIR, EquipmentStatus.RETIRED}),
    EquipmentStatus.RETIRED: frozenset({EquipmentStatus.IN_STOCK}),
    EquipmentStatus.CHECKED_OUT: frozenset(),
}


def send_to_repair(
    *,
    item: EquipmentItem,
    by: User,
    at: dt.datetime | None = None,
    notes: str = "",
    form_token: uuid.UUID | None = None,
) -> EquipmentItem:
    """Take an item out of use until it is repaired."""
    return _move(item, EquipmentStatus.IN_REPAIR, by=by, at=at, notes=notes, form_token=form_token)


def mark_item_lost(
    *,
    item: EquipmentItem,
    by: User,
    at: dt.datetime | None = None,
    notes: str = "",
    form_token: uuid.UUID | None = None,
) -> EquipmentItem:
    """Say that an item which is with no patient cannot be found."""
    return _move(item, EquipmentStatus.LOST, by=by, at=at, notes=notes, form_token=form_token)


def retire_item(
    *,
    item: EquipmentItem,
    by: User,
    at: dt.datetime | None = None,
    notes: str = "",
    form_token: uuid.UUID | None = None,
) -> EquipmentItem:
    """Take an item out of use for good."""
    return _move(item, EquipmentStatus.RETIRED, by=by, at=at, notes=notes, form_token=form_token)


def return_to_stock(
    *,
    item: EquipmentItem,
    by: User,
    at: dt.datetime | None = None,
    notes: str = "",
    form_token: uuid.UUID | None = None,
) -> EquipmentItem:
    """Put an item back into use: repaired, found, or not retired after all."""
    return _move(item, EquipmentStatus.IN_STOCK, by=by, at=at, notes=notes, form_token=form_token)


@transaction.atomic
def _move(
    item: EquipmentItem, to: str, *, by: User, at: dt.datetime | None, notes: str, form_token: uuid.UUID | None
) -> EquipmentItem:
    """Close the item's open entry, if it has one, and open the next, unless it goes into stock.

    Raises ItemTaken for an item that is with a patient, CustodyError for a move that makes no sense (it is there
    already), WrongTime, AlreadyRecorded.
    """
    item = rules.lock_item(item.pk)
    when = rules.minute(at)
    said = (item.pk, to, when, notes)
    rules.refuse_repeat(
        EquipmentLog,
        form_token,
        by,
        is_same=lambda was: (was.item_id, was.status, was.checked_out_at if at else when, was.notes) == said,
    )
    now = EquipmentLog.objects.filter(item=item).open().first()
    if now and now.is_loan:
        raise ItemTaken(now, field="")
    if to == item.status == EquipmentStatus.IN_STOCK:
        _refuse_second_return(item, when, notes, by)
    if to not in MOVES[item.status]:
        raise CustodyError(_("This item is %(status)s already") % {"status": item.get_status_display().lower()})
    if now and when < now.checked_out_at and (at is None or at >= now.checked_out_at):
        when = now.checked_out_at
    rules.require_past(when, field="at")
    if now:
        rules.require_order(now.checked_out_at, when, field="at")
        came_back = to in {EquipmentStatus.IN_STOCK, EquipmentStatus.IN_REPAIR}
        rules.end_entry(now, at=when, by=by, is_back=came_back, return_notes="" if to in STORE_STATUSES else notes)
    if to in STORE_STATUSES:
        rules.require_free(item, when, field="at")
        _open(item, to, at=when, notes=notes, by=by, form_token=form_token)
    record_event("equipment.moved", by=by, target=item, details={"from": item.status, "to": to})
    item.refresh_from_db(fields=["status"])
    return item


def _refuse_second_return(item: EquipmentItem, at: dt.datetime, notes: str, by: User) -> None:
    """Raise AlreadyRecorded where this very return to stock is there: it adds no row that could carry a token."""
    same = EquipmentLog.objects.in_force().filter(item=item, patient=None, ended_at=at, returned_by=by)
    existing = same.filter(return_notes=notes).first()
    if existing:
        raise AlreadyRecorded(existing)


def _open(
    item: EquipmentItem, status: str, *, at: dt.datetime, notes: str, by: User, form_token: uuid.UUID | None
) -> None:
    entry = EquipmentLog(
        item=item,
        equipment_name=item.equipment_name,
        serial_number=item.serial_number,
        status=status,
        checked_out_at=at,
        notes=notes,
        logged_by=by,
        form_token=form_token,
    )
    rules.add_entry(entry, by=by)
