"""Loans and scores brought together with their patients and devices, once all files have been read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeGuard

from interchange.assembling import Assembled, Observations, assemble
from interchange.dates import calendar_day
from interchange.fhir_r4.collections import PendingCollection, PendingItem
from interchange.fhir_r4.equipment import Device
from interchange.pending import PendingLoan, PendingScore
from interchange.records import (
    AssessmentRecord,
    EquipmentRecord,
    Failure,
    GoalsRecord,
    Kind,
    LoanRecord,
    ScoreRecord,
    Skip,
)
from interchange.references import AmbiguousError, NotFoundError, Pointer, ReferenceIndex, local_uuid

NOT_IMPORTED = ""  # stands in the index for a patient that was read, but not handed out

# The key of a patient of an earlier import for "Patient/" and a UUID; None where there is none, or more than one.
ImportedBefore = Callable[[str], str | None]

Linked = LoanRecord | ScoreRecord | AssessmentRecord | GoalsRecord | Skip | Failure
Held = PendingScore | PendingLoan | PendingItem | PendingCollection


class _NothingToLinkError(Exception):
    """Why a sound record gives nothing."""


class Linker:
    """Holds what waits for its patient, and every patient and device by the names that references use."""

    def __init__(self, imported_before: ImportedBefore) -> None:
        self._imported_before = imported_before
        self.patients: ReferenceIndex[str] = ReferenceIndex("Patient")
        self.devices: ReferenceIndex[Device] = ReferenceIndex("Device")
        self._all_devices: dict[Device, bool] = {}  # and whether a statement uses it
        self.observations = Observations()
        self._held: list[Held] = []

    def hold(self, pending: Held, *, own_id: str = "", full_url: str = "") -> None:
        """Keep what waits for its patient; an Observation that may be a member by the names that references use."""
        self._held.append(pending)
        if isinstance(pending, PendingScore | PendingItem):
            self.observations.index.add(pending, file=_file(pending), own_id=own_id, full_url=full_url)

    def add_device(self, device: Device, *, own_id: str, full_url: str) -> None:
        self.devices.add(device, file=device.origin.file, own_id=own_id, full_url=full_url)
        self._all_devices[device] = False

    @property
    def count(self) -> int:
        """How many records `link` gives at most."""
        return len(self._held) + len(self._all_devices)

    def link(self) -> Iterator[Linked]:
        """What was held, in the order it was read; at the end the devices that no statement used."""
        collections = {one: self._collection(one) for one in self._held if isinstance(one, PendingCollection)}
        linked = [record for pending in self._held for record in self._outcomes(pending, collections)]
        yield from _without_second_loans(linked)
        for device, is_used in self._all_devices.items():
            if not is_used:
                yield device.without_loan()

    def _collection(self, pending: PendingCollection) -> list[Assembled] | None:
        try:
            return assemble(pending, self.observations, self._patient)
        except _NothingToLinkError as reason:
            return [Skip(Kind.ASSESSMENT, str(reason), pending.origin)]
        except NotFoundError as fault:
            return [Failure(Kind.ASSESSMENT, str(fault), pending.origin)]

    def _outcomes(
        self, pending: Held, collections: Mapping[PendingCollection, list[Assembled] | None]
    ) -> Iterable[Linked]:
        """What comes of one: a member that a collection has used is part of that."""
        if isinstance(pending, PendingCollection):
            found = collections[pending]
            if found is not None:
                return found
            otherwise = pending.otherwise
            return [self._link(otherwise) if isinstance(otherwise, PendingScore) else otherwise]
        if isinstance(pending, PendingScore | PendingItem) and pending in self.observations.used:
            return []
        return [pending.otherwise if isinstance(pending, PendingItem) else self._link(pending)]

    def _link(self, pending: PendingScore | PendingLoan) -> Linked:
        record = pending.record
        try:
            if isinstance(pending, PendingScore):
                return pending.of(self._patient(pending.patient))
            item = self._item(pending)
            return pending.of(self._patient(pending.patient), item)
        except _NothingToLinkError as reason:
            return Skip(record.kind, str(reason), record.origin)
        except NotFoundError as fault:
            return Failure(record.kind, str(fault), record.origin)

    def _patient(self, pointer: Pointer) -> str:
        reference = pointer.reference
        if not reference:
            raise _NothingToLinkError("no reference to a patient")
        if reference.startswith("#"):
            raise _NothingToLinkError("its patient is contained in it, and has no record")
        if "/" in reference and "Patient" not in reference.split("/"):
            raise _NothingToLinkError("its subject is not a patient")
        key = self._find_patient(pointer)
        if key == NOT_IMPORTED:
            raise _NothingToLinkError("its patient was not imported")
        return key

    def _find_patient(self, pointer: Pointer) -> str:
        try:
            return self.patients.find(pointer)
        except AmbiguousError:
            raise
        except NotFoundError:
            uuid = local_uuid(pointer.reference)
            key = self._imported_before(f"Patient/{uuid}") if uuid else None
            if key is None:
                raise
            return key

    def _item(self, pending: PendingLoan) -> EquipmentRecord:
        if pending.device is None:
            return pending.record.item
        device = self.devices.find(pending.device)
        self._all_devices[device] = True
        if device.not_for_us:
            raise _NothingToLinkError(f"DeviceUseStatement: {device.not_for_us}")
        return device.item


def _file(pending: PendingScore | PendingItem) -> str:
    return pending.patient.file


def _without_second_loans(linked: list[Linked]) -> Iterator[Linked]:
    """Of several open loans of one thing to one patient the earliest alone: later ones only say that it is still there."""
    earliest: dict[tuple[str, str], LoanRecord] = {}
    for loan in filter(_is_open, linked):
        first = earliest.setdefault(_custody(loan), loan)
        if calendar_day(loan.checked_out_at) < calendar_day(first.checked_out_at):
            earliest[_custody(loan)] = loan
    for record in linked:
        if _is_open(record) and earliest[_custody(record)].source_key != record.source_key:
            yield Skip(Kind.EQUIPMENT, "the thing was out to this patient already", record.origin)
        else:
            yield record


def _is_open(record: Linked) -> TypeGuard[LoanRecord]:
    return isinstance(record, LoanRecord) and record.returned_at is None


def _custody(loan: LoanRecord) -> tuple[str, str]:
    return loan.patient_key, loan.item.source_key
