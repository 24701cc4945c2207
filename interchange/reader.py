"""PATH… into records: every patient first, then the loans and scores, whose patients may stand in later files.

Each file is read once. Patients are handed out as they are met; of the rest only what may be imported is kept until
the last file has been read, together with an index of ids. A record met again is not handed out twice: with the same
content it is a Repeat, with other content the first one read stays and the other is skipped, as an import never
overwrites. Nothing here raises for what a file holds.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

from interchange import pacio_csv, synthea_csv
from interchange.fhir_r4.collections import read_collection, read_item
from interchange.fhir_r4.documents import Found, read_resources
from interchange.fhir_r4.elements import own_id
from interchange.fhir_r4.equipment import Device, read_device, read_statement
from interchange.fhir_r4.patients import read_patient
from interchange.fhir_r4.scores import ByLoinc, read_score
from interchange.fhir_r4.validation import find_fault
from interchange.files import SourceFile, find_files
from interchange.known import KnownRecords
from interchange.linking import NOT_IMPORTED, Held, ImportedBefore, Linker
from interchange.pending import PendingLoan
from interchange.progress import Progress, open_watched
from interchange.records import Failure, Kind, Outcome, PatientRecord, Skip

_JSON = (".json", ".ndjson", ".jsonl")
_KINDS = {
    "Patient": Kind.PATIENT,
    "Observation": Kind.SCORE,
    "Device": Kind.EQUIPMENT,
    "DeviceUseStatement": Kind.EQUIPMENT,
}


def read_records(
    paths: Iterable[str | Path],
    *,
    by_loinc: ByLoinc,
    imported_before: ImportedBefore = lambda _: None,
    progress: Progress | None = None,
) -> Iterator[Outcome]:
    """Everything that the files hold.

    `by_loinc` says what the catalogue has for a code. `imported_before` gives the key of a patient whom no file holds,
    by "Patient/" and a UUID: no other id is unique enough to find somebody across imports.
    """
    run = _Run(by_loinc, imported_before, progress or Progress())
    sources = list(find_files(paths))
    run.progress.start(sum(source.size for source in sources if isinstance(source, SourceFile) and _is_read(source)))
    for source in sources:
        if isinstance(source, Failure):
            yield source
        else:
            yield from run.read(source)
    yield from run.finish()


def _is_read(source: SourceFile) -> bool:
    return source.suffix in _JSON or synthea_csv.is_table(source) or pacio_csv.is_table(source)


class _Run:
    def __init__(self, by_loinc: ByLoinc, imported_before: ImportedBefore, progress: Progress) -> None:
        self.progress = progress
        self._by_loinc = by_loinc
        self._known = KnownRecords()
        self._linker = Linker(imported_before)
        self._rows: list[Found] = []  # of tables whose ids lack what only the patients' own ids tell

    def read(self, source: SourceFile) -> Iterator[Outcome]:
        """The patients of a file, and what is skipped or fails; the rest is held."""
        if source.suffix in _JSON:
            yield from self._open(source, self._read_json)
        elif pacio_csv.is_table(source):
            yield from self._open(source, self._keep_rows)
        elif synthea_csv.is_table(source):
            yield from self._open(source, self._read_table)
        else:
            unread = Skip(Kind.OTHER, "not a file that this importer reads", source.origin)
            yield synthea_csv.skip_table(source) or unread

    def finish(self) -> Iterator[Outcome]:
        """The loans and scores that were held."""
        prefix_of = cache(self._linker.patients.prefix_of)
        for row in self._rows:
            yield from self._take(pacio_csv.prefixed(row, prefix_of(pacio_csv.patient_of(row))))
        for linked in self.progress.linking(self._linker.link(), self._linker.count):
            yield linked if isinstance(linked, Skip | Failure) else self._known.admit(linked)

    def _open(self, source: SourceFile, read: Callable[[SourceFile, BinaryIO], Iterator[Outcome]]) -> Iterator[Outcome]:
        try:
            with open_watched(source.path, self.progress) as stream:
                yield from read(source, stream)
        except OSError:
            yield Failure(Kind.OTHER, "the file cannot be read", source.origin)

    def _read_table(self, source: SourceFile, stream: BinaryIO) -> Iterator[Outcome]:
        for read in synthea_csv.read_table(source, stream):
            if isinstance(read, PendingLoan):
                self._linker.hold(read)
            elif isinstance(read, PatientRecord):
                yield self._admit(read, name=read.origin.resource.removeprefix("Patient/"))
            else:
                yield read

    def _keep_rows(self, source: SourceFile, stream: BinaryIO) -> Iterator[Outcome]:
        for read in pacio_csv.read_table(source, stream):
            if isinstance(read, Failure):
                yield read
            else:
                self._rows.append(read)

    def _read_json(self, source: SourceFile, stream: BinaryIO) -> Iterator[Outcome]:
        for found in read_resources(source, stream):
            if not isinstance(found, Found):
                yield found
            elif found.type not in _KINDS:
                yield Skip(Kind.OTHER, f"resource type {found.type} is not imported", found.origin)
            else:
                yield from self._take(found)

    def _take(self, found: Found) -> Iterator[Outcome]:
        read = _read_resource(found, self._by_loinc)
        if found.type == "Patient" and not isinstance(read, Device | Held):
            yield self._admit(read, name=own_id(found), full_url=found.full_url)
        elif isinstance(read, Device):
            self._linker.add_device(read, own_id=own_id(found), full_url=found.full_url)
        elif isinstance(read, Held):
            self._linker.hold(read, own_id=own_id(found), full_url=found.full_url)
        else:
            yield read

    def _admit(self, read: PatientRecord | Skip | Failure, *, name: str, full_url: str = "") -> Outcome:
        """Hand a patient out, and remember what the references to it mean."""
        outcome = self._known.admit(read) if isinstance(read, PatientRecord) else read
        is_in = isinstance(read, PatientRecord) and not isinstance(outcome, Failure)
        key = read.source_key if isinstance(read, PatientRecord) and is_in else NOT_IMPORTED
        self._linker.patients.add(key, file=read.origin.file, own_id=name, full_url=full_url)
        return outcome


def _read_observation(found: Found, by_loinc: ByLoinc) -> Held | Skip | Failure:
    """An item, a collection or a single score, in this order: a collection may have a value of its own."""
    if item := read_item(found):
        return item
    score = read_score(found, by_loinc)
    return read_collection(found, score) or score


def _read_resource(found: Found, by_loinc: ByLoinc) -> PatientRecord | Device | Held | Skip | Failure:
    kind = _KINDS[found.type]
    if fault := find_fault(found):
        return Failure(kind, fault, found.origin)
    try:
        match found.type:
            case "Patient":
                return read_patient(found)
            case "Observation":
                return _read_observation(found, by_loinc)
            case "Device":
                return read_device(found)
            case _:
                return read_statement(found)
    except (AttributeError, KeyError, TypeError, ValueError):
        # fhir.resources accepts an object written as a string of JSON, and other things that no system sends.
        return Failure(kind, f"not a valid {found.type}: an element has not the form that FHIR gives it", found.origin)
