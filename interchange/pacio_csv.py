"""The tables that PACIO's sample data is made from: a row is one Observation, of which bundles are made by a script.

That script puts a prefix before every id, of the patient too. So a row's ids get the prefix that the patient's id has in
the bundles that were read with it: the same Observation in both is then one record, and comes in once.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, BinaryIO

from interchange.csv_rows import Row, read_rows
from interchange.fhir_r4.documents import Found, Resource
from interchange.files import SourceFile
from interchange.identity import is_source_id
from interchange.records import Failure, Kind, Origin

TABLES = ("fpobservation.data.csv", "fpcollection.data.csv")
_REQUIRED = ("resource.id", "subject.reference", "code.code", "code.system", "value.code", "effectiveDateTime")
_QUANTITY = re.compile(r"(-?\d{1,9}(?:\.\d{1,6})?)(?: '([^']{1,40})')?")


def is_table(source: SourceFile) -> bool:
    """Whether this file is one of those that are read here."""
    return source.name in TABLES


def read_table(source: SourceFile, stream: BinaryIO) -> Iterator[Found | Failure]:
    """Each row as the Observation that it stands for, with the ids of the table."""
    for row in read_rows(source, stream, kind=Kind.SCORE, required=_REQUIRED):
        if isinstance(row, Failure):
            yield row
        elif not is_source_id(row.cells["resource.id"]) or not is_source_id(row.cells["subject.reference"]):
            yield Failure(
                Kind.SCORE, "its id or its patient's has characters that no id has", Origin(source.shown, row.line)
            )
        else:
            yield _observation(row, source)


def patient_of(found: Found) -> str:
    """The patient's id as the table gives it."""
    return str(found.resource["subject"]["reference"]).partition("/")[2]


def prefixed(found: Found, prefix: str) -> Found:
    """The same Observation with the ids that the bundles have."""
    own = f"{prefix}{found.resource['id']}"
    resource = found.resource | {"id": own, "subject": {"reference": f"Patient/{prefix}{patient_of(found)}"}}
    if "hasMember" in resource:
        members = (one["reference"].partition("/")[2] for one in resource["hasMember"])
        resource["hasMember"] = [{"reference": f"Observation/{prefix}{one}"} for one in members]
    return replace(found, resource=resource, origin=replace(found.origin, resource=f"Observation/{own}"))


def _observation(row: Row, source: SourceFile) -> Found:
    cell = row.cells
    resource: Resource = {
        "resourceType": "Observation",
        "id": cell["resource.id"],
        "status": "final",  # the tables have no column for it, and their bundles say final of all
        "code": {"coding": [_coding(cell, "code")]},
        "subject": {"reference": f"Patient/{cell['subject.reference']}"},
        **_value(cell),
    }
    if cell["effectiveDateTime"]:
        resource["effectiveDateTime"] = cell["effectiveDateTime"]
    members = [one.strip() for one in cell.get("hasMember.reference[...]", "").split("||") if one.strip()]
    if members:
        resource["hasMember"] = [{"reference": f"Observation/{one}"} for one in members]
    own = f"Observation/{cell['resource.id']}"
    return Found(resource, "Observation", Origin(source.shown, row.line, resource=own))


def _value(cell: dict[str, str]) -> dict[str, Any]:
    if cell["value.code"]:
        return {"valueCodeableConcept": {"coding": [_coding(cell, "value")]}}
    found = _QUANTITY.fullmatch(cell.get("valueQuantity", ""))
    if found is None:
        return {}
    quantity: dict[str, Any] = {"value": Decimal(found[1])}
    if found[2]:
        quantity |= {"system": "http://unitsofmeasure.org", "code": found[2]}
    return {"valueQuantity": quantity}


def _coding(cell: dict[str, str], name: str) -> dict[str, str]:
    parts = {part: cell.get(f"{name}.{part}", "") for part in ("system", "code", "display")}
    return {part: text for part, text in parts.items() if text}
