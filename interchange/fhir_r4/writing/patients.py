"""Whose scores they are: what tells people apart, and no more. Address, phone and notes stay in the chart."""

from typing import TYPE_CHECKING

from interchange.codes import LOINC, SNOMED
from interchange.fhir_r4.writing.parts import tidy
from interchange.fhir_r4.writing.text import Resource
from patients.vocabulary import ChartStatus, SexAtBirth

if TYPE_CHECKING:
    from patients.models import Patient

_RECORDED_SEX = "http://hl7.org/fhir/StructureDefinition/individual-recordedSexOrGender"
_IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
_SEXES = {
    SexAtBirth.FEMALE: "248152002",
    SexAtBirth.MALE: "248153007",
    SexAtBirth.INDETERMINATE: "32570681000036106",
}


def write_patient(patient: "Patient") -> Resource:
    """Identifier, names, birth, sex at birth and death."""
    name = tidy(
        {
            "use": "official",
            "family": patient.family_name,
            "given": patient.given_names.split(),
            "prefix": [patient.name_title] if patient.name_title else [],
        }
    )
    nickname = [{"use": "nickname", "text": patient.preferred_name}] if patient.preferred_name else []
    is_dead = patient.chart_status == ChartStatus.DECEASED or patient.deceased_on is not None
    died = {"deceasedDateTime": patient.deceased_on.isoformat()} if patient.deceased_on else {"deceasedBoolean": True}
    number = {"coding": [{"system": _IDENTIFIER_TYPE, "code": "MR"}]}
    return tidy(
        {
            "resourceType": "Patient",
            "id": str(patient.pk),
            "extension": _sex(patient.sex_at_birth),
            "identifier": [{"use": "usual", "type": number, "value": patient.patient_id}],
            "active": patient.chart_status == ChartStatus.ACTIVE,
            "name": [name, *nickname],
            "birthDate": patient.date_of_birth.isoformat() if patient.date_of_birth else None,
            **(died if is_dead else {}),
        }
    )


def _sex(sex: str) -> list[Resource]:
    if sex not in _SEXES:
        return []
    parts = [
        {"url": "value", "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": _SEXES[SexAtBirth(sex)]}]}},
        {"url": "type", "valueCodeableConcept": {"coding": [{"system": LOINC, "code": "76689-9"}]}},
    ]
    return [{"url": _RECORDED_SEX, "extension": parts}]
