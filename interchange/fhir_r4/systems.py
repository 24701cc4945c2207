"""Names of code systems, and of what this app adds where a terminology has no code.

The local systems name measures, scales, items and answers by the catalogue's own ids, so that a clinic with the same
catalogue reads back exactly what another one wrote. They stand beside LOINC codes, never in their place.
"""

from interchange.codes import LOINC, UCUM

__all__ = [
    "ABSENT", "ANSWER", "CONTEXT", "FUNCTIONING", "GOAL", "INPUT", "ITEM", "LOINC", "MEASURE", "ORDINAL", "REPLACES", "SCALE",
    "SURVEY", "UCUM",
]  # fmt: skip

MEASURE = "urn:ot-tracker:measure"  # code: id of the instrument; version: the version it was scored with
SCALE = "urn:ot-tracker:scale"
ITEM = "urn:ot-tracker:item"  # instrument.item, with dots for what an id may hold
ANSWER = "urn:ot-tracker:answer"
CONTEXT = "urn:ot-tracker:context"
INPUT = "urn:ot-tracker:input"
GOAL = "urn:ot-tracker:goal"

SURVEY = "http://terminology.hl7.org/CodeSystem/observation-category"
FUNCTIONING = "http://hl7.org/fhir/us/pacio-fp/CodeSystem/fp-functioning-cs"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
REPLACES = "http://hl7.org/fhir/StructureDefinition/observation-replaces"
