"""Whether a resource is sound FHIR R4. fhir.resources does most of it; what it lets pass and we need is asked here."""

import re
from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B.device import Device
from fhir.resources.R4B.deviceusestatement import DeviceUseStatement
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.patient import Patient
from pydantic import ValidationError

from interchange.fhir_r4.documents import Found, Resource
from interchange.identity import is_source_id

# R4B is R4 for these four; fhir.resources has no models of R4 proper.
MODELS: dict[str, Any] = {
    "Patient": Patient,
    "Observation": Observation,
    "Device": Device,
    "DeviceUseStatement": DeviceUseStatement,
}

# Required codes and JSON types, both of which fhir.resources takes as they come.
_CODES: dict[tuple[str, str], tuple[str, ...]] = {
    ("Patient", "gender"): ("male", "female", "other", "unknown"),
    ("Observation", "status"): (
        "registered",
        "preliminary",
        "final",
        "amended",
        "corrected",
        "cancelled",
        "entered-in-error",
        "unknown",
    ),
    ("Device", "status"): ("active", "inactive", "entered-in-error", "unknown"),
    ("DeviceUseStatement", "status"): ("active", "completed", "entered-in-error", "intended", "stopped", "on-hold"),
}
_REQUIRED = {("Observation", "status"), ("DeviceUseStatement", "status")}
_FLAGS = ("active", "deceasedBoolean")
_ELEMENT = re.compile(r"[A-Za-z_]{1,40}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def find_fault(found: Found) -> str:
    """What is wrong, in words that name elements and never their content; empty where nothing is."""
    resource = found.resource
    if "id" in resource and not is_source_id(resource["id"]):
        return f"not a valid {found.type}: its id has characters or a length that FHIR does not allow"
    try:
        if any(_UNSTORABLE.search(text) for text in _texts(resource)):
            return f"not a valid {found.type}: a NUL character or half a character in its text"
        MODELS[found.type].model_validate(resource)
    except ValidationError as error:
        return f"not a valid {found.type}: {_describe(error)}"
    except Exception as error:  # fhir.resources raises whatever it meets, and one record must not end the run
        return f"not a valid {found.type}: {type(error).__name__} while it was checked"
    wrong = _wrong_elements(found.type, resource)
    return f"not a valid {found.type}: {', '.join(wrong)}" if wrong else ""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _describe(error: ValidationError) -> str:
    faults = [_place(fault["loc"]) for fault in error.errors(include_input=False, include_url=False)]
    named = list(dict.fromkeys(faults))
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return ", ".join(named[:3]) + more


def _place(location: tuple[Any, ...]) -> str:
    inner = (part for part in location if part != "root")  # pydantic's word for the element itself
    parts = [str(part) if isinstance(part, int) or _ELEMENT.fullmatch(part) else "?" for part in inner]
    return ".".join(parts) or "two values for one element"


def _wrong_elements(kind: str, resource: Resource) -> list[str]:
    wrong = [name for name in _FLAGS if name in resource and not isinstance(resource[name], bool)]
    for (of, name), codes in _CODES.items():
        value = resource.get(name)
        if of == kind and value not in codes and (value is not None or (of, name) in _REQUIRED):
            wrong.append(name)
    return wrong
