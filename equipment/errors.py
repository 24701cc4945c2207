"""What can go wrong with equipment. Messages name items and times, never a patient."""

from typing import TYPE_CHECKING, Any

from patients.errors import ChartError, StaleVersion

if TYPE_CHECKING:
    from equipment.models import EquipmentLog


class CustodyError(ChartError):
    """A rule of the equipment log refused the change. `field` is what was wrong in it, `message` an instruction."""

    def __init__(self, message: Any, *, field: str = "") -> None:
        super().__init__("custody rule")
        self.message = message
        self.field = field


class WrongTime(CustodyError):
    """In the future, before what it follows, before birth or after death."""


class UnknownItem(CustodyError):
    """No item has this serial number, and no name was given to register it by."""


class OtherItem(CustodyError):
    """The serial number belongs to an item that is called something else."""


class ItemTaken(CustodyError):
    """The item is, or was at that time, somewhere else: `log` is the entry that says so.

    Who holds it is not in here: `wording.why_taken` says it as far as a viewer may know.
    """

    def __init__(self, log: "EquipmentLog", *, field: str = "serial_number") -> None:
        super().__init__("", field=field)
        self.log = log


class NotOut(StaleVersion):
    """The loan ended, or was marked as entered in error, since the form was shown. `current` is how it stands now."""
