"""The words that equipment is kept in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EquipmentStatus(models.TextChoices):
    """An item is one of these but `returned`; a row of the log is one of these but `in_stock`."""

    IN_STOCK = "in_stock", _("In stock")
    CHECKED_OUT = "checked_out", _("Checked out")
    RETURNED = "returned", _("Returned")
    IN_REPAIR = "in_repair", _("In repair")
    LOST = "lost", _("Lost")
    RETIRED = "retired", _("Retired")


ITEM_STATUSES = [status for status in EquipmentStatus if status != EquipmentStatus.RETURNED]
# How a stay with a patient can stand, and where else an item can be.
LOAN_STATUSES = [EquipmentStatus.CHECKED_OUT, EquipmentStatus.RETURNED, EquipmentStatus.LOST]
STORE_STATUSES = [EquipmentStatus.IN_REPAIR, EquipmentStatus.LOST, EquipmentStatus.RETIRED]

TONES: dict[str, str] = {
    EquipmentStatus.IN_STOCK: "",
    EquipmentStatus.CHECKED_OUT: "accent",
    EquipmentStatus.RETURNED: "",
    EquipmentStatus.IN_REPAIR: "due",
    EquipmentStatus.LOST: "bad",
    EquipmentStatus.RETIRED: "",
}


class Condition(models.TextChoices):
    """How an item came back. Anything but good takes it out of use."""

    GOOD = "good", _("Good, ready to clean")
    NEEDS_REPAIR = "needs_repair", _("Needs repair")
    MISSING_PARTS = "missing_parts", _("Missing parts")
