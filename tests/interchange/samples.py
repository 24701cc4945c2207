"""Small records written for these tests; none of them is anybody."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from interchange.reader import read_records
from interchange.records import (
    AssessmentRecord,
    Failure,
    GoalsRecord,
    LoanRecord,
    Outcome,
    PatientRecord,
    Repeat,
    ScoreRecord,
    Skip,
)

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
CATALOGUE = {"11111-1": "barthel", "22222-2": "walk", "22222-3": "walk"}

PATIENT_HEADER = (
    "Id,BIRTHDATE,DEATHDATE,SSN,DRIVERS,PASSPORT,PREFIX,FIRST,MIDDLE,LAST,SUFFIX,MAIDEN,MARITAL,RACE,ETHNICITY,GENDER,"
    "BIRTHPLACE,ADDRESS,CITY,STATE,COUNTY,FIPS,ZIP,LAT,LON,HEALTHCARE_EXPENSES,HEALTHCARE_COVERAGE,INCOME"
)
PATIENT_COLUMNS = PATIENT_HEADER.split(",")
DEVICE_COLUMNS = ["START", "STOP", "PATIENT", "ENCOUNTER", "CODE", "DESCRIPTION", "UDI"]
WHEELCHAIR = {
    "START": "2024-03-01T09:00:00Z",
    "PATIENT": "p-1",
    "CODE": "228869008",
    "DESCRIPTION": "Manual wheelchair (physical object)",
    "UDI": "(01)123(11)240101(10)77(21)SN9",
}


@dataclass
class Reading:
    """What a run gave, sorted by what it is."""

    outcomes: list[Outcome]
    patients: list[PatientRecord] = field(default_factory=list)
    scores: list[ScoreRecord] = field(default_factory=list)
    assessments: list[AssessmentRecord] = field(default_factory=list)
    goals: list[GoalsRecord] = field(default_factory=list)
    loans: list[LoanRecord] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)

    def __post_init__(self) -> None:
        shelves: dict[type, list[Any]] = {
            PatientRecord: self.patients,
            ScoreRecord: self.scores,
            AssessmentRecord: self.assessments,
            GoalsRecord: self.goals,
            LoanRecord: self.loans,
            Repeat: self.repeats,
            Failure: self.failures,
            Skip: self.skips,
        }
        for outcome in self.outcomes:
            shelves[type(outcome)].append(outcome)

    @property
    def reasons(self) -> Counter[str]:
        return Counter(skip.reason for skip in self.skips)

    @property
    def messages(self) -> list[str]:
        return [failure.message for failure in self.failures]


def read(*paths: Path) -> Reading:
    return Reading(list(read_records(paths, by_loinc=CATALOGUE.get)))


def read_resource(folder: Path, *resources: Any) -> Reading:
    return read(write_ndjson(folder / "records.ndjson", resources))


def write_json(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    return path


def write_ndjson(path: Path, resources: Iterable[Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in resources), encoding="utf-8")
    return path


def write_table(path: Path, columns: list[str], *rows: dict[str, str], end: str = "\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(columns), *(",".join(row.get(column, "") for column in columns) for row in rows)]
    path.write_bytes((end.join(lines) + end).encode())
    return path


def person(own_id: str = "p-1", **elements: Any) -> dict[str, Any]:
    name = [{"use": "official", "family": "Planted-Name", "given": ["Zofia"]}]
    return {"resourceType": "Patient", "id": own_id, "name": name, "birthDate": "1950-06-07", **elements}


def record_number(value: str, system: str = "http://hospital.example/mrn") -> list[dict[str, Any]]:
    return [{"system": system, "value": value, "type": {"coding": [{"code": "MR"}]}}]


def score(own_id: str = "o-1", *, of: str = "Patient/p-1", loinc: str = "11111-1", **elements: Any) -> dict[str, Any]:
    """An Observation; an element given as None is left out."""
    observation = {
        "resourceType": "Observation",
        "id": own_id,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": loinc}]},
        "subject": {"reference": of},
        "effectiveDateTime": "2024-02-03T10:30:00-05:00",
        "valueQuantity": {"value": 85},
        **elements,
    }
    return {name: value for name, value in observation.items() if value is not None}


def thing(own_id: str = "d-1", **elements: Any) -> dict[str, Any]:
    name = [{"name": "Walker", "type": "user-friendly-name"}]
    return {"resourceType": "Device", "id": own_id, "deviceName": name, **elements}


def statement(
    own_id: str = "u-1", *, of: str = "Patient/p-1", uses: str = "Device/d-1", **elements: Any
) -> dict[str, Any]:
    use = {
        "resourceType": "DeviceUseStatement",
        "id": own_id,
        "status": "active",
        "subject": {"reference": of},
        "device": {"reference": uses},
        **elements,
    }
    return {name: value for name, value in use.items() if value is not None}


def bundle(*resources: Any, kind: str = "collection", urls: dict[int, str] | None = None) -> dict[str, Any]:
    entries: list[dict[str, Any]] = [{"resource": resource} for resource in resources]
    for number, url in (urls or {}).items():
        entries[number]["fullUrl"] = url
    return {"resourceType": "Bundle", "type": kind, "entry": entries}
