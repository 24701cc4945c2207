"""What is said about an item that somebody else has: never more than the viewer may know."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from equipment.errors import ItemTaken
from equipment.models import EquipmentItem, EquipmentLog
from equipment.vocabulary import EquipmentStatus
from ui.dates import show_date, show_time

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient


def why_taken(taken: ItemTaken, *, viewer: "User", patient: "Patient | None" = None) -> str:
    """Where the item is, or was at that time. A patient is named only to who may see that chart."""
    log: Any = EquipmentLog.objects.seen_by(viewer).get(pk=taken.log.pk)
    words = {"serial": log.serial_number, "day": show_date(log.checked_out_at)}
    if log.is_loan:
        holder = _holder(log, patient)
        if log.ended_at is None:
            return _("%(serial)s is out to %(holder)s since %(day)s") % (words | {"holder": holder})
        words |= {"holder": holder, "until": f"{show_date(log.ended_at)} {show_time(log.ended_at)}"}
        return _("%(serial)s was with %(holder)s until %(until)s. Enter a later time") % words
    if log.ended_at is not None:
        words |= {"until": f"{show_date(log.ended_at)} {show_time(log.ended_at)}"}
        return _("%(serial)s was out of use until %(until)s. Enter a later time") % words
    return {
        EquipmentStatus.IN_REPAIR: _("%(serial)s is in repair since %(day)s"),
        EquipmentStatus.LOST: _("%(serial)s is lost since %(day)s"),
        EquipmentStatus.RETIRED: _("%(serial)s is retired since %(day)s"),
    }[EquipmentStatus(log.status)] % words


def _holder(log: Any, patient: "Patient | None") -> str:
    if patient is not None and log.patient_id == patient.pk:
        return _("this patient")
    return str(log.holder_name or _("another patient"))


def how_ended(log: EquipmentLog) -> str:
    """What became of a loan, for somebody whose form came too late."""
    words = {"serial": log.serial_number, "who": (log.voided_by or log.returned_by or log.logged_by).name}
    if log.is_voided:
        return _("%(who)s marked this entry of %(serial)s as entered in error") % words
    words["when"] = f"{show_date(log.ended_at)} {show_time(log.ended_at)}" if log.ended_at else ""
    if log.status == EquipmentStatus.LOST:
        return _("%(who)s marked %(serial)s as lost on %(when)s") % words
    return _("%(who)s recorded %(serial)s as returned on %(when)s") % words


def recorded_otherwise(made: EquipmentItem | EquipmentLog) -> str:
    """What a form recorded that was sent again with other words in it, for who sent both."""
    words = {"serial": made.serial_number, "name": made.equipment_name}
    if isinstance(made, EquipmentLog):
        words["status"] = EquipmentStatus(made.status).label.lower()
        words["when"] = f"{show_date(made.checked_out_at)} {show_time(made.checked_out_at)}"
        first = _("This form was sent before and recorded: %(serial)s, %(name)s, %(status)s from %(when)s.") % words
    else:
        first = _("This form was sent before and registered: %(serial)s, %(name)s.") % words
    now = _("What the form says now is not recorded. Send it again to record it as another entry, or cancel.")
    return f"{first} {now}"
