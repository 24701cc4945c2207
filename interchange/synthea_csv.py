"""The CSV export of Synthea: patients.csv, and the mobility equipment of devices.csv."""

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO

from interchange import udi
from interchange.codes import MOBILITY_EQUIPMENT, NOT_MOBILITY_EQUIPMENT, SNOMED
from interchange.csv_rows import Row, read_rows
from interchange.dates import calendar_day, day, is_before, moment
from interchange.files import SourceFile
from interchange.identity import is_source_id, patient_ids, source_key
from interchange.names import equipment_name
from interchange.pending import PendingLoan
from interchange.records import (
    Coding,
    EquipmentRecord,
    Failure,
    Identifier,
    Kind,
    LoanRecord,
    Moment,
    Origin,
    PatientRecord,
    Skip,
)
from interchange.references import Pointer

# What a file of this name must have to be ours.
_COLUMNS = {
    "patients.csv": {"Id", "BIRTHDATE", "DEATHDATE", "FIRST", "LAST", "GENDER"},
    "devices.csv": {"START", "STOP", "PATIENT", "CODE", "DESCRIPTION"},
}
_KINDS = {"patients.csv": Kind.PATIENT, "devices.csv": Kind.EQUIPMENT}
# The other tables that Synthea writes.
_OTHER_TABLES = frozenset(
    {
        "allergies.csv",
        "careplans.csv",
        "claims.csv",
        "claims_transactions.csv",
        "conditions.csv",
        "encounters.csv",
        "imaging_studies.csv",
        "immunizations.csv",
        "medications.csv",
        "observations.csv",
        "organizations.csv",
        "patient_expenses.csv",
        "payer_transitions.csv",
        "payers.csv",
        "procedures.csv",
        "providers.csv",
        "supplies.csv",
    }
)
_SEXES = {"M": "male", "F": "female"}  # Synthea's gender is the sex its people are born with


class _BadValueError(Exception):
    """Why a row cannot be entered; the text is safe to print."""


def is_table(source: SourceFile) -> bool:
    """Whether this file is one of those that are read here."""
    return source.name in _COLUMNS


def skip_table(source: SourceFile) -> Skip | None:
    """The reason for leaving out another table of Synthea; None for any other file."""
    if source.name not in _OTHER_TABLES:
        return None
    return Skip(Kind.OTHER, f"Synthea's table {source.name} is not imported", source.origin)


def read_table(source: SourceFile, stream: BinaryIO) -> Iterator[PatientRecord | PendingLoan | Skip | Failure]:
    """patients.csv as people, devices.csv as loans."""
    kind = _KINDS[source.name]
    for row in read_rows(source, stream, kind=kind, required=_COLUMNS[source.name]):
        if isinstance(row, Failure):
            yield row
            continue
        try:
            yield _patient(row, source) if kind == Kind.PATIENT else _loan(row, source)
        except _BadValueError as bad:
            yield Failure(kind, str(bad), Origin(source.shown, row.line))


def _patient(row: Row, source: SourceFile) -> PatientRecord:
    cell = row.cells
    own_id = _id(cell["Id"], "Id")
    died = _moment(cell["DEATHDATE"], "DEATHDATE")
    key = source_key("synthea-csv", f"Patient/{own_id}")
    family, given = cell["LAST"], " ".join(filter(None, (cell["FIRST"], cell.get("MIDDLE"))))
    return PatientRecord(
        source_key=key,
        origin=Origin(source.shown, row.line, resource=f"Patient/{own_id}"),
        patient_ids=patient_ids(own_id, key=key),  # Synthea gives this as the medical record number in its FHIR export
        identifiers=_identifiers(cell),
        family_name=family or given,
        given_names=given if family else "",
        title=cell.get("PREFIX", ""),
        suffix=cell.get("SUFFIX", ""),
        sex_at_birth=_SEXES.get(cell["GENDER"], ""),
        date_of_birth=_day(cell["BIRTHDATE"], "BIRTHDATE"),
        is_deceased=died is not None,
        deceased_on=calendar_day(died) if died else None,
        address=_address(cell),
    )


def _loan(row: Row, source: SourceFile) -> PendingLoan | Skip:
    cell = row.cells
    origin = Origin(source.shown, row.line)
    if cell["CODE"] not in MOBILITY_EQUIPMENT:
        if not cell["CODE"]:
            raise _BadValueError("CODE is empty")
        return Skip(Kind.EQUIPMENT, NOT_MOBILITY_EQUIPMENT, origin)
    patient = f"Patient/{_id(cell['PATIENT'], 'PATIENT')}"
    start, end = _moment(cell["START"], "START"), _moment(cell["STOP"], "STOP")
    if start is None:
        raise _BadValueError("START is empty")
    if end and is_before(end, start):
        raise _BadValueError("STOP is before START")
    item = _item(cell)
    loan = LoanRecord(
        source_key=source_key("loan", item.source_key, start.isoformat()),
        origin=origin,
        patient_key="",
        item=item,
        checked_out_at=start,
        returned_at=end,
    )
    return PendingLoan(loan, Pointer(patient, source.shown))


def _item(cell: dict[str, str]) -> EquipmentRecord:
    carrier = cell.get("UDI", "")
    name = equipment_name(cell["DESCRIPTION"])
    if not name:
        raise _BadValueError("DESCRIPTION is empty")
    serial = udi.part(carrier, udi.SERIAL)
    own = (cell["CODE"], carrier, cell["START"])  # a thing without a serial number is as many things as loans
    return EquipmentRecord(
        source_key=source_key("udi", carrier) if serial else source_key("synthea-csv", *own),
        name=name,
        serial_number=serial,
        udi=carrier,
        lot_number=udi.part(carrier, udi.LOT),
        codings=(Coding(SNOMED, cell["CODE"], " ".join(cell["DESCRIPTION"].split())),),
    )


def _identifiers(cell: dict[str, str]) -> tuple[Identifier, ...]:
    types = {"SSN": "SS", "DRIVERS": "DL", "PASSPORT": "PPN"}
    return tuple(Identifier("", cell[name], code) for name, code in types.items() if cell.get(name))


def _address(cell: dict[str, str]) -> str:
    postcode = cell.get("ZIP", "")
    parts = (cell.get("CITY"), cell.get("STATE"), "" if postcode == "00000" else postcode)  # 00000: not known
    return "\n".join(filter(None, (cell.get("ADDRESS"), " ".join(filter(None, parts)))))


def _id(text: str, column: str) -> str:
    if not is_source_id(text):
        raise _BadValueError(f"{column} is empty" if not text else f"{column} has characters that no id has")
    return text


def _day(text: str, column: str) -> dt.date | None:
    found = day(text)
    if text and found is None:
        raise _BadValueError(f"{column} is no date")
    return found


def _moment(text: str, column: str) -> Moment | None:
    found = moment(text)
    if text and found is None:
        raise _BadValueError(f"{column} is no date or time")
    return found
