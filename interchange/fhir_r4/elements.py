"""Small readers of FHIR data types, shared by the resources. They take what is there and tolerate what is not."""

from collections.abc import Iterable
from typing import Any

from interchange.fhir_r4.documents import Found
from interchange.fhir_r4.systems import ABSENT, MEASURE, SCALE
from interchange.identity import source_key
from interchange.records import Coding, Measure
from interchange.references import Pointer, server_of

Element = dict[str, Any]


def codings(concept: Element | None) -> tuple[Coding, ...]:
    """The codings that have a code."""
    found = (concept or {}).get("coding", [])
    return tuple(Coding(c.get("system", ""), c["code"], c.get("display", "")) for c in found if c.get("code"))


def has_code(concept: Element | None, code: str, *, system_holds: str = "") -> bool:
    return any(c.code == code and system_holds in c.system for c in codings(concept))


def clean(text: str | None) -> str:
    """One line with single spaces."""
    return " ".join((text or "").split())


def join(parts: Iterable[str | None], *, by: str = " ") -> str:
    return by.join(text for part in parts if (text := clean(part)))


def own_id(found: Found) -> str:
    """The resource's id, or the UUID that its bundle names it by; empty where it has neither."""
    if "id" in found.resource:
        return str(found.resource["id"])
    return found.full_url.rpartition(":")[2] if found.full_url.startswith("urn:uuid:") else ""


def own_server(found: Found) -> str:
    return server_of(found.full_url, f"{found.type}/{own_id(found)}")


def own_key(found: Found, *owner: str) -> str:
    """The key under which a second import finds this again: whose it is, its type and its id."""
    return source_key("fhir", *owner, f"{found.type}/{own_id(found)}")


def patient_pointer(found: Found) -> Pointer:
    """Where the subject of a resource points; an empty reference where it points nowhere."""
    reference = (found.resource.get("subject") or {}).get("reference") or ""
    return Pointer(reference, found.origin.file, own_server(found))


def local_code(concept: Element | None, system: str) -> str:
    """The code of one system; empty where the concept has none of it."""
    return next((one.code for one in codings(concept) if one.system == system), "")


def measure_of(resource: Element) -> Measure | None:
    """The instrument, its version and scale by the catalogue's own ids, as this app writes them; None elsewhere."""
    method = resource.get("method") or {}
    for coding in method.get("coding", []):
        if coding.get("system") == MEASURE and coding.get("code"):
            return Measure(coding["code"], coding.get("version", ""), local_code(method, SCALE))
    return None


def said_by(resource: Element, system: str) -> tuple[tuple[str, str | None], ...]:
    """What components with a code of this system say in words, by that code.

    None where it was not done, an empty text where nothing was said.
    """
    found = [(local_code(one.get("code"), system), one) for one in resource.get("component", [])]
    return tuple((code, _said(one)) for code, one in found if code)


def _said(component: Element) -> str | None:
    if "valueString" in component:
        return str(component["valueString"])
    return "" if local_code(component.get("dataAbsentReason"), ABSENT) == "unknown" else None
