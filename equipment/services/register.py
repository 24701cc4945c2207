"""Items of the register."""

import uuid
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import acting, record_event, stamp
from equipment.errors import OtherItem, UnknownItem
from equipment.models import EquipmentItem, same_serial, tidy_serial
from equipment.services.rules import lock_item, refuse_repeat
from patients import names
from patients.errors import StaleVersion

EDITABLE = frozenset({"equipment_name", "serial_number", "notes"})


@transaction.atomic
def register_item(
    *, equipment_name: str, serial_number: str, by: User, notes: str = "", form_token: uuid.UUID | None = None
) -> EquipmentItem:
    """Put an item into the register, in stock.

    Raises ValidationError where the serial number is taken (case and spaces aside), AlreadyRecorded for the same form.
    """
    said = (names.tidy(equipment_name), notes)

    def is_same(was: EquipmentItem) -> bool:
        return (was.equipment_name, was.notes) == said and same_serial(was.serial_number, serial_number)

    refuse_repeat(EquipmentItem, form_token, by, is_same=is_same)
    item = EquipmentItem(
        equipment_name=equipment_name, serial_number=serial_number, notes=notes, form_token=form_token, logged_by=by
    )
    item.full_clean()
    try:
        with transaction.atomic(), acting(by=by):
            item.save(force_insert=True)
    except IntegrityError:
        # Somebody was faster: the same form again, or another item with this serial number.
        refuse_repeat(EquipmentItem, form_token, by)
        item.full_clean()
        raise
    record_event("equipment.registered", by=by, target=item)
    return item


@transaction.atomic
def edit_item(*, item: EquipmentItem, version: int, changes: Mapping[str, str], by: User) -> EquipmentItem:
    """Change an item's name, serial number or notes; entries of the log keep what they said.

    Raises StaleVersion if somebody saved in between, ValidationError. Nothing is written when nothing changed.
    """
    unknown = changes.keys() - EDITABLE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    item = lock_item(item.pk)
    changed = [name for name, value in changes.items() if getattr(item, name) != value]
    if not changed:
        return item
    if item.version != version:
        raise StaleVersion(item)
    for name in changed:
        setattr(item, name, changes[name])
    item.version += 1
    item.updated_at = stamp()
    item.full_clean()
    with acting(by=by):
        item.save(update_fields=[*changed, "version", "updated_at"])
    record_event("equipment.edited", by=by, target=item, details={"fields": sorted(changed)})
    return item


def item_for_loan(*, serial_number: str, equipment_name: str, by: User) -> EquipmentItem:
    """The item with this serial number, locked; registered if there is none and a name was given.

    Raises UnknownItem without a name, OtherItem where the name is not the registered one: a serial number typed
    wrongly must neither make a new item nor move another one.
    """
    serial_number, equipment_name = tidy_serial(serial_number), names.tidy(equipment_name)
    item = EquipmentItem.objects.with_serial(serial_number).first()
    if item is None:
        if not equipment_name:
            raise UnknownItem(
                _("%(serial)s is not in the register. Check it, or enter what it is to register it")
                % {"serial": serial_number},
                field="serial_number",
            )
        try:
            return register_item(equipment_name=equipment_name, serial_number=serial_number, by=by)
        except (IntegrityError, ValidationError):
            # Registered in the same instant by somebody else: then it is there now.
            item = EquipmentItem.objects.with_serial(serial_number).first()
            if item is None:
                raise
    if equipment_name and equipment_name.casefold() != item.equipment_name.casefold():
        raise OtherItem(
            _("%(serial)s is registered as %(name)s. Check the serial number, or leave the name as it is")
            % {"serial": item.serial_number, "name": item.equipment_name},
            field="equipment_name",
        )
    return lock_item(item.pk)
