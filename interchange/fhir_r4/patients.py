"""FHIR Patient into a PatientRecord."""

import datetime as dt
from typing import Any

from interchange.dates import calendar_day, moment
from interchange.dates import day as whole_day
from interchange.fhir_r4.documents import Found, Resource
from interchange.fhir_r4.elements import Element, clean, codings, has_code, join, own_id, own_key, own_server
from interchange.identity import patient_ids
from interchange.records import Failure, Identifier, Kind, PatientRecord, Skip

_CORE = "http://hl7.org/fhir/StructureDefinition"
_ANIMAL = f"{_CORE}/patient-animal"
_BIRTH_SEX = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
_RECORDED_SEX = f"{_CORE}/individual-recordedSexOrGender"
_SEX_AT_BIRTH_TYPES = {"76689-9", "1515311000168102"}  # LOINC and SNOMED CT-AU: sex assigned, or biological, at birth
_SEXES = {
    "F": "female",
    "M": "male",
    "female": "female",
    "male": "male",
    "248152002": "female",
    "248153007": "male",
    "32570691000036108": "indeterminate",  # intersex
    "32570681000036106": "indeterminate",  # indeterminate sex
}
_NAME_USES = ("official", "usual", "", "temp", "nickname", "anonymous", "maiden", "old")
_PHONE_USES = ("mobile", "home", "", "temp", "work")
_ADDRESS_USES = ("home", "", "temp", "work", "billing")


def read_patient(found: Found) -> PatientRecord | Skip | Failure:
    """A person's record; animals, replaced records and records without anything of a person are skipped."""
    patient = found.resource
    number = _record_number(patient)
    if not own_id(found):
        return Failure(Kind.PATIENT, "without an id a second import would enter this person again", found.origin)
    names, born = _names(patient), patient.get("birthDate")
    if reason := _not_for_us(patient, is_empty=not (names or born or patient.get("identifier"))):
        return Skip(Kind.PATIENT, reason, found.origin)
    # The namespace of an id: who gave the person's record number, else the server that the bundle names.
    key = own_key(found, number.system if number and number.system else own_server(found))
    died = patient.get("deceasedDateTime")
    sex, gender = _sex_at_birth(patient), patient.get("gender", "")
    return PatientRecord(
        source_key=key,
        origin=found.origin,
        patient_ids=patient_ids(number.value if number else f"FHIR-{own_id(found)}", key=key),
        identifiers=_identifiers(patient),
        **_spoken_name(names),
        sex_at_birth=sex,
        gender=gender,
        date_of_birth=whole_day(born),
        is_deceased=bool(patient.get("deceasedBoolean") or died),
        deceased_on=_day_of(died),
        is_active=patient.get("active", True),
        phone=_telecom(patient.get("telecom", []), "phone"),
        email=_telecom(patient.get("telecom", []), "email"),
        address=_address(patient),
        emergency_contact=_emergency_contact(patient),
        notes=_notes(born, died),
    )


def _not_for_us(patient: Resource, *, is_empty: bool) -> str:
    if any(extension.get("url") == _ANIMAL for extension in patient.get("extension", [])):
        return "an animal"
    if any(link.get("type") == "replaced-by" for link in patient.get("link", [])):
        return "replaced by another patient record"
    return "no name, birth date or identifier" if is_empty else ""


def _day_of(text: str | None) -> dt.date | None:
    at = moment(text)
    return calendar_day(at) if at else None


def _notes(born: str | None, died: str | None) -> tuple[str, ...]:
    partial = ((born, "Date of birth"), (died, "Date of death"))
    return tuple(f"{what} is recorded only as {text}" for text, what in partial if text and moment(text) is None)


# Numbers.


def _identifiers(patient: Resource) -> tuple[Identifier, ...]:
    found = patient.get("identifier", [])
    return tuple(
        Identifier(i.get("system", ""), value, _identifier_type(i)) for i in found if (value := clean(i.get("value")))
    )


def _identifier_type(identifier: Element) -> str:
    known = [c.code for c in codings(identifier.get("type"))]
    return known[0] if known else ""


def _record_number(patient: Resource) -> Identifier | None:
    """The medical record number: type MR, with a value and not retired; official or usual ones first."""
    numbers = [
        i
        for i in patient.get("identifier", [])
        if clean(i.get("value")) and i.get("use") != "old" and has_code(i.get("type"), "MR")
    ]
    numbers.sort(key=lambda i: i.get("use") not in ("official", "usual"))
    if not numbers:
        return None
    return Identifier(numbers[0].get("system", ""), clean(numbers[0]["value"]), "MR")


# Names.


def _names(patient: Resource) -> list[Element]:
    """The names that say something, best first: still in use, then official, usual, plain …"""
    said = [n for n in patient.get("name", []) if clean(n.get("text")) or clean(n.get("family")) or _given(n)]
    return sorted(said, key=lambda n: ("end" in n.get("period", {}), _rank(n, _NAME_USES)))


def _given(name: Element) -> str:
    return join(name.get("given", []))  # null where only an extension says why there is none


def _spoken_name(names: list[Element]) -> dict[str, Any]:
    if not names:
        return {}
    name = names[0]
    family, given = clean(name.get("family")), _given(name)
    if not family:  # a name in one text, or a single name
        family, given = clean(name.get("text")) or given, ""
    return {
        "family_name": family,
        "given_names": given,
        "title": join(name.get("prefix", [])),
        "suffix": join(name.get("suffix", []), by=", "),
        "preferred_name": _preferred(names[1:], chosen=f"{given} {family}".strip()),
    }


def _preferred(others: list[Element], *, chosen: str) -> str:
    for name in others:
        if name.get("use") in ("usual", "nickname"):
            text = clean(name.get("text")) or join([_given(name), name.get("family")])
            return "" if text == chosen else text
    return ""


def _rank(element: Element, uses: tuple[str, ...]) -> int:
    use = element.get("use", "")
    return uses.index(use) if use in uses else len(uses)


# Sex.


def _sex_at_birth(patient: Resource) -> str:
    """Only what the source calls sex at birth. Administrative gender is another thing, and is kept apart."""
    for extension in patient.get("extension", []):
        if extension.get("url") == _BIRTH_SEX:
            return _SEXES.get(extension.get("valueCode", ""), "")
        if extension.get("url") == _RECORDED_SEX:
            parts = {part.get("url"): part.get("valueCodeableConcept") for part in extension.get("extension", [])}
            if any(c.code in _SEX_AT_BIRTH_TYPES for c in codings(parts.get("type"))):
                return next((_SEXES[c.code] for c in codings(parts.get("value")) if c.code in _SEXES), "")
    return ""


# Contact.


def _telecom(points: list[Element], system: str) -> str:
    """The number to ring first: by rank where given, else mobile, home, plain, work; none that is old."""
    usable = [p for p in points if p.get("system") == system and clean(p.get("value")) and p.get("use") != "old"]
    usable.sort(key=lambda p: (p.get("rank", 99), _rank(p, _PHONE_USES)))
    return clean(usable[0]["value"]) if usable else ""


def _address(patient: Resource) -> str:
    current = [a for a in patient.get("address", []) if a.get("use") != "old"]
    current.sort(key=lambda a: ("end" in a.get("period", {}), _rank(a, _ADDRESS_USES)))
    return next((text for a in current if (text := _address_text(a))), "")


def _address_text(address: Element) -> str:
    postcode = clean(address.get("postalCode"))
    place = join([address.get("city"), address.get("state"), "" if postcode == "00000" else postcode])
    lines = [*address.get("line", []), place, address.get("country")]
    return join(lines, by="\n") or join((address.get("text") or "").splitlines(), by="\n")


def _emergency_contact(patient: Resource) -> str:
    """The emergency contact, or else the next of kin: name, relation, phone."""
    contacts = patient.get("contact", [])
    for code in ("C", "N"):
        for contact in contacts:
            relations = contact.get("relationship", [])
            if any(has_code(r, code, system_holds="0131") for r in relations) and "name" in contact:
                name = contact["name"]
                spoken = join([_given(name), name.get("family")]) or clean(name.get("text"))
                words = [c.display for r in relations for c in codings(r) if "0131" not in c.system]
                relation = join(dict.fromkeys(words), by=", ")
                phone = _telecom(contact.get("telecom", []), "phone")
                return join([f"{spoken} ({relation})" if relation else spoken, phone], by=", ")
    return ""
