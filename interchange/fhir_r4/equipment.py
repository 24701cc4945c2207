"""FHIR Device and DeviceUseStatement into loans.

A Device alone says that a thing exists, perhaps whose it is, but not since when: it gives no loan. A
DeviceUseStatement gives one. Its own period counts first. Where it has none, the day it was recorded is a day on which
the thing was in use, and the loan says that its start rests on that.
"""

from dataclasses import dataclass
from typing import Any

from interchange import udi
from interchange.codes import MOBILITY_EQUIPMENT, NOT_MOBILITY_EQUIPMENT, SNOMED
from interchange.dates import is_before, moment
from interchange.fhir_r4.documents import Found, Resource
from interchange.fhir_r4.elements import clean, codings, join, own_id, own_server, patient_pointer
from interchange.identity import source_key
from interchange.names import equipment_name
from interchange.pending import PendingLoan
from interchange.records import EquipmentRecord, Failure, Kind, LoanRecord, Moment, Origin, Skip, StartBasis
from interchange.references import Pointer

_NAME_TYPES = ("user-friendly-name", "patient-reported-name", "udi-label-name", "manufacturer-name", "model-name")
_OVER = ("completed", "stopped")


@dataclass(frozen=True, slots=True)
class Device:
    """A Device as a loan may need it: the thing, or the reason why it is none for us."""

    item: EquipmentRecord
    origin: Origin
    not_for_us: str = ""
    has_patient: bool = False

    def without_loan(self) -> Skip:
        """Why this Device gives nothing by itself."""
        reason = "held by a patient, but no loan dates" if self.has_patient else "no loan of it was recorded"
        return Skip(Kind.EQUIPMENT, f"Device: {self.not_for_us or reason}", self.origin)


class _UnsuitableError(Exception):
    """Why a sound statement gives no loan."""


def read_device(found: Found) -> Device:
    device = found.resource
    item = _item(device, local=f"Device/{own_id(found)}", server=own_server(found))
    return Device(item, found.origin, _why_not(device, item), "patient" in device)


def _item(device: Resource, *, local: str, server: str = "") -> EquipmentRecord:
    carrier = next((c["carrierHRF"] for c in device.get("udiCarrier", []) if c.get("carrierHRF")), "")
    serial = clean(device.get("serialNumber")) or udi.part(carrier, udi.SERIAL)
    maker, model = clean(device.get("manufacturer")), clean(device.get("modelNumber"))
    if serial and carrier:
        key = source_key("udi", carrier)
    elif serial:
        key = source_key("serial", maker, model, serial)
    else:
        key = source_key("fhir", server, local)
    return EquipmentRecord(
        source_key=key,
        name=_name(device),
        serial_number=serial,
        udi=carrier,
        lot_number=clean(device.get("lotNumber")) or udi.part(carrier, udi.LOT),
        manufacturer=maker,
        model=model,
        codings=codings(device.get("type")),
    )


def _name(device: Resource) -> str:
    names = [n for n in device.get("deviceName", []) if clean(n.get("name"))]
    names.sort(key=lambda n: _NAME_TYPES.index(n["type"]) if n.get("type") in _NAME_TYPES else len(_NAME_TYPES))
    own = names[0] if names else {}
    kind = device.get("type") or {}
    said = [own.get("name")] if own.get("type") in _NAME_TYPES[:2] else []
    said += [kind.get("text"), *(c.display for c in codings(kind)), own.get("name")]
    return next((name for text in said if (name := equipment_name(text or ""))), "")


def _why_not(device: Resource, item: EquipmentRecord) -> str:
    known = {c.code for c in item.codings if c.system == SNOMED}
    if known and not known & MOBILITY_EQUIPMENT:
        return NOT_MOBILITY_EQUIPMENT
    if device.get("status") == "entered-in-error":
        return "entered in error"
    return "" if item.name else "it has no name"


def read_statement(found: Found) -> PendingLoan | Skip | Failure:
    """A loan, with the pointers to its patient and its device."""
    statement = found.resource
    if not own_id(found):
        message = "without an id a second import would enter this loan again"
        return Failure(Kind.EQUIPMENT, message, found.origin)
    try:
        start, end, basis = _times(statement)
        item, device = _device(found)
    except _UnsuitableError as reason:
        return Skip(Kind.EQUIPMENT, f"DeviceUseStatement: {reason}", found.origin)
    if end and is_before(end, start):
        return Failure(Kind.EQUIPMENT, "it ends before it starts", found.origin)
    loan = LoanRecord(
        source_key=f"DeviceUseStatement/{own_id(found)}",
        origin=found.origin,
        patient_key="",
        item=item,
        checked_out_at=start,
        returned_at=end,
        start_basis=basis,
        notes=join((note.get("text") for note in statement.get("note", [])), by="\n"),
    )
    return PendingLoan(loan, patient_pointer(found), device)


def _times(statement: Resource) -> tuple[Moment, Moment | None, StartBasis]:
    status = statement["status"]
    if status in ("entered-in-error", "intended"):
        raise _UnsuitableError(f"the status is {status}")
    period: dict[str, Any] = statement.get("timingPeriod") or {}
    end = moment(period.get("end"))
    if end is None and ("end" in period or status in _OVER):
        raise _UnsuitableError("it has ended, but no full end date is recorded")
    if period:
        text, basis = period.get("start"), StartBasis.PERIOD
    elif "timingDateTime" in statement:
        text, basis = statement["timingDateTime"], StartBasis.MOMENT
    else:
        text, basis = statement.get("recordedOn"), StartBasis.RECORDED
    if (start := moment(text)) is None:
        raise _UnsuitableError("no full start date")
    return start, end, basis


def _device(found: Found) -> tuple[EquipmentRecord, Pointer | None]:
    """The thing itself where the statement holds or names it, else a pointer to it."""
    statement = found.resource
    asked = statement.get("device") or {}
    reference = asked.get("reference") or ""
    nameless = EquipmentRecord("", "")
    if reference and not reference.startswith("#"):
        return nameless, Pointer(reference, found.origin.file, own_server(found))
    local = f"DeviceUseStatement/{own_id(found)}{reference}"
    held = [c for c in statement.get("contained", []) if reference and c.get("id") == reference[1:]]
    if not held and not asked.get("display"):
        raise _UnsuitableError("its device is not named")
    device = held[0] if held else {"type": {"text": asked["display"]}}
    item = _item(device, local=local, server=own_server(found))
    if reason := _why_not(device, item):
        raise _UnsuitableError(reason)
    return item, None
