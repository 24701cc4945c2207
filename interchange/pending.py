"""Records that still wait for their patient, which may stand in a file not yet read."""

from dataclasses import dataclass, replace

from interchange.identity import source_key
from interchange.records import EquipmentRecord, LoanRecord, ScoreRecord
from interchange.references import Pointer


@dataclass(frozen=True, slots=True)
class PendingScore:
    record: ScoreRecord
    patient: Pointer

    def of(self, patient_key: str) -> ScoreRecord:
        key = source_key(patient_key, self.record.source_key)
        return replace(self.record, source_key=key, patient_key=patient_key)


@dataclass(frozen=True, slots=True)
class PendingLoan:
    """`device` points at the thing, where the record does not describe it itself."""

    record: LoanRecord
    patient: Pointer
    device: Pointer | None = None

    def of(self, patient_key: str, item: EquipmentRecord) -> LoanRecord:
        if not item.is_single_item:
            item = replace(item, source_key=source_key(patient_key, item.source_key))
        key = source_key(patient_key, self.record.source_key)
        return replace(self.record, source_key=key, patient_key=patient_key, item=item)
