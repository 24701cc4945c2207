"""Reading and writing what was imported before."""

import re
import uuid
from functools import cache
from typing import Any, NoReturn

from accounts.models import User
from interchange.errors import Skipped, Unchanged
from interchange.models import ImportedRecord, RecordKind
from interchange.reader import ImportedBefore
from interchange.records import (
    AssessmentRecord,
    EquipmentRecord,
    GoalsRecord,
    LoanRecord,
    PatientRecord,
    Record,
    ScoreRecord,
    digest,
)

CHANGED = "changed since it was imported; the chart was left as it is"
_RESOURCE = re.compile(r"[A-Z][A-Za-z]*/[A-Za-z0-9\-.]{1,64}")
_KINDS = {
    PatientRecord: RecordKind.PATIENT,
    ScoreRecord: RecordKind.SCORE,
    AssessmentRecord: RecordKind.ASSESSMENT,
    GoalsRecord: RecordKind.GOALS,
    LoanRecord: RecordKind.EQUIPMENT,
    EquipmentRecord: RecordKind.ITEM,
}


def find(record: Record | EquipmentRecord) -> ImportedRecord | None:
    """What this record was made into by an earlier import, if it was."""
    found: ImportedRecord | None = ImportedRecord.objects.of_record(_KINDS[type(record)], record.source_key).first()
    return found


def compare(record: Record, before: ImportedRecord) -> NoReturn:
    """Say what a record that was imported before means now. Raises Unchanged, or Skipped if it says something else."""
    raise Unchanged if before.digest == digest(record) else Skipped(CHANGED)


def find_patient(source_key: str) -> uuid.UUID | None:
    """The chart that an earlier import made from the patient with this key."""
    found: uuid.UUID | None = (
        ImportedRecord.objects.of_record(RecordKind.PATIENT, source_key).values_list("patient_id", flat=True).first()
    )
    return found


def key_of_chart(pk: uuid.UUID) -> str | None:
    """The key that a chart was imported under; None for one that was registered by hand."""
    found: str | None = (
        ImportedRecord.objects.made_into(RecordKind.PATIENT, pk).values_list("source_key", flat=True).first()
    )
    return found


def is_imported(kind: RecordKind, target_id: Any) -> bool:
    """Whether a row of ours came from an import."""
    found: bool = ImportedRecord.objects.made_into(kind, target_id).exists()
    return found


def add(record: Record | EquipmentRecord, *, target: Any, by: User, patient_id: uuid.UUID | None = None) -> None:
    """Remember what was made from a record. Runs in the caller's transaction."""
    ImportedRecord.objects.create(
        kind=_KINDS[type(record)],
        source_key=record.source_key,
        resource=_resource(record),
        digest=digest(record),
        patient_id=patient_id,
        target_id=str(target.pk),
        imported_by=by,
    )


def _resource(record: Record | EquipmentRecord) -> str:
    """Type and id in the source; a record of a bundle may have them in its key alone."""
    tail = record.source_key.rpartition("|")[2]
    if _RESOURCE.fullmatch(tail) or isinstance(record, EquipmentRecord):
        return tail if _RESOURCE.fullmatch(tail) else ""
    return record.origin.resource


def imported_before() -> ImportedBefore:
    """Ask for the key of a patient by resource; the answers are kept for one run."""

    @cache
    def find_key(resource: str) -> str | None:
        keys = ImportedRecord.objects.filter(kind=RecordKind.PATIENT, resource=resource)
        found: list[str] = list(keys.values_list("source_key", flat=True)[:2])
        return found[0] if len(found) == 1 else None

    return find_key
