"""An assessment as PACIO writes functioning: a collection whose members are its items, here with its totals as well."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from interchange.codes import LOINC
from interchange.fhir_r4 import section_gg
from interchange.fhir_r4.systems import ABSENT, ANSWER, GOAL, ITEM, ORDINAL
from interchange.fhir_r4.writing import parts
from interchange.fhir_r4.writing.scores import score_id
from interchange.fhir_r4.writing.text import Resource
from mobility.catalogue import Instrument, Target, plain
from mobility.editions import Wording
from mobility.models import Assessment, GoalSet, MobilityScore


def write_assessment(assessment: Assessment, scores: Sequence[MobilityScore]) -> Iterator[Resource]:
    """The collection, then its items. `scores` are the totals that were made of it; an incomplete one has none."""
    at = assessment.occurred_at if assessment.has_time else None
    error = [f"Entered in error: {assessment.entered_in_error_reason}"] if assessment.is_in_error else []
    shared = {
        "status": _status(assessment),
        "category": parts.category(is_survey=True),
        "subject": parts.reference("Patient", assessment.patient_id),
        "effectiveDateTime": parts.effective(assessment.score_date, at),
        "issued": parts.instant(assessment.completed_at or assessment.saved_at),
        "performer": [{"display": (assessment.completed_by or assessment.saved_by).name}],
    }
    instrument, wording = assessment.instrument, assessment.wording
    own = ("assessment", assessment.pk)
    items = list(_items(assessment.answers, own, shared, assessment.patient_id, instrument, wording))
    members = [*(one["id"] for one in items), *(score_id(one) for one in scores)]
    yield parts.tidy(
        {
            "resourceType": "Observation",
            "id": parts.own_id(assessment.patient_id, *own),
            **shared,
            "code": parts.concept(assessment.measure, *_panel(instrument)),
            "note": parts.notes(assessment.notes, *error),
            "method": parts.method(assessment.score_type, assessment.instrument_version, wording.version_label),
            "component": [*parts.context(assessment.context), *parts.inputs(assessment.inputs)],
            "hasMember": [parts.reference("Observation", one) for one in members],
        }
    )
    yield from items


def write_goals(goals: GoalSet) -> Iterator[Resource]:
    """The same shape for goals, each marked as one, so that nobody takes a goal for what was measured."""
    marked = {"coding": [{"system": GOAL, "code": "discharge"}], "text": "Goal for discharge"}
    error = [f"Entered in error: {goals.entered_in_error_reason}"] if goals.is_in_error else []
    shared = {
        "status": "entered-in-error" if goals.is_in_error else "final",
        "category": [*parts.category(is_survey=True), marked],
        "subject": parts.reference("Patient", goals.patient_id),
        "effectiveDateTime": parts.effective(goals.set_on, None),
        "issued": parts.instant(goals.created_at),
        "performer": [{"display": goals.recorded_by.name}],
    }
    own = ("goals", goals.pk)
    items = list(_items(goals.answers, own, shared, goals.patient_id, None, goals.wording, goals.score_type))
    yield parts.tidy(
        {
            "resourceType": "Observation",
            "id": parts.own_id(goals.patient_id, *own),
            **shared,
            "code": parts.concept(f"{goals.measure}: goals for discharge"),
            "note": parts.notes(goals.notes, *error),
            "method": parts.method(goals.score_type, goals.instrument_version, goals.wording.version_label),
            "hasMember": [parts.reference("Observation", one["id"]) for one in items],
        }
    )
    yield from items


def _status(assessment: Assessment) -> str:
    if assessment.is_in_error:
        return "entered-in-error"
    return "final" if assessment.is_complete else "preliminary"


def _panel(instrument: Instrument | None) -> list[Resource]:
    codes = instrument.codes if instrument else ()
    return [parts.loinc(code) for code in codes if code.target is Target.PANEL][:1]


def _items(
    answers: Mapping[str, str],
    own: tuple[object, ...],
    shared: Resource,
    patient: Any,
    instrument: Instrument | None,
    wording: Wording,
    score_type: str = "",
) -> Iterator[Resource]:
    """An Observation for each answer, worded as the person who scored read it, in the order of the form."""
    score_type = instrument.id if instrument else score_type or str(wording.facts["instrument_id"])
    for item in (*wording.facts["items"], *wording.facts["subtotals"]):
        if item["id"] in answers:
            known = instrument.questions.item(item["id"]) if instrument else None
            codes = [{"system": LOINC, "code": known.loinc}] if known and known.loinc else []
            codes.append({"system": ITEM, "code": f"{score_type}.{item['id']}"})
            yield {
                "resourceType": "Observation",
                "id": parts.own_id(patient, *own, item["id"]),
                **shared,
                "code": parts.concept(item["label"], *codes),
                **_answer(answers[item["id"]], item, instrument, wording),
            }


def _answer(value: str, item: Mapping[str, Any], instrument: Instrument | None, wording: Wording) -> Resource:
    own = {"system": ANSWER, "code": value}
    if value == wording.facts["not_assessed"]:
        reason = {"system": ABSENT, "code": "not-performed"}
        return {"dataAbsentReason": parts.concept("Not assessed", reason, own)}
    reasons = wording.facts["not_attempted"]
    if value in reasons:
        known = section_gg.ANSWER_CODES.get(value) if instrument and instrument.id == section_gg.SECTION_GG else None
        codes = [{"system": LOINC, "code": known}] if known else []
        return {"valueCodeableConcept": parts.concept(reasons[value], *codes, own)}
    points = {"extension": [{"url": ORDINAL, "valueDecimal": Decimal(value)}]}
    answer_codes = (
        {plain(level): code for level, code in instrument.questions.answer_codes.items()} if instrument else {}
    )
    codes = [{"system": LOINC, "code": answer_codes[value]}] if value in answer_codes else []
    label = next((one["label"] for one in item.get("levels", ()) if one["value"] == value), "")
    return {"valueCodeableConcept": parts.concept(label or value, *codes, points | own)}
