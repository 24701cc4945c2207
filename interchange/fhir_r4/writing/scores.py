"""One score as one Observation: the catalogue's LOINC code of the score itself, or words where none is on file."""

from decimal import Decimal

from interchange.codes import UCUM
from interchange.fhir_r4.systems import REPLACES
from interchange.fhir_r4.writing import parts
from interchange.fhir_r4.writing.text import Resource
from mobility.catalogue import Instrument, Quantity, Scale, plain
from mobility.models import MobilityScore

_JUDGED = {Quantity.SCORE, Quantity.CATEGORY, Quantity.LEVEL, Quantity.T_SCORE}


def score_id(score: MobilityScore) -> str:
    return parts.own_id(score.patient_id, "score", score.pk)


def write_score(score: MobilityScore) -> Resource:
    """A score; one that was entered in error says so and keeps its value, and one that corrects it says which."""
    instrument = score.instrument
    scale = instrument.scale(score.scale_id) if instrument else None
    replaced = parts.own_id(score.patient_id, "score", score.corrects_id)
    replaces = {"url": REPLACES, "valueReference": parts.reference("Observation", replaced)}
    error = [f"Entered in error: {score.entered_in_error_reason}"] if score.is_in_error else []
    words = (
        f"{score.version_label}; counts activities that were not attempted" if score.is_recoded else score.version_label
    )
    return parts.tidy(
        {
            "resourceType": "Observation",
            "id": score_id(score),
            "extension": [replaces] if score.corrects_id else [],
            "status": "entered-in-error" if score.is_in_error else "final",
            "category": parts.category(is_survey=scale is None or scale.quantity in _JUDGED),
            "code": _code(score, instrument, scale),
            "subject": parts.reference("Patient", score.patient_id),
            "effectiveDateTime": parts.effective(score.score_date, score.occurred_at if score.has_time else None),
            "issued": parts.instant(score.created_at),
            "performer": [{"display": score.recorded_by.name}],
            "valueQuantity": _quantity(score.score_value, scale),
            "note": parts.notes(score.notes, *error),
            "method": parts.method(score.score_type, score.instrument_version, words, score.scale),
            "component": parts.context(score.context),
        }
    )


def _code(score: MobilityScore, instrument: Instrument | None, scale: Scale | None) -> Resource:
    name = f"{score.measure}: {scale.label}" if scale and score.scale else score.measure
    if instrument is None or scale is None:
        return parts.concept(name)
    found = [code for code in instrument.loinc if code.scale_id == scale.id and _is_of(score, code.context)]
    return parts.concept(name, *(parts.loinc(code) for code in found[:1]))


def _is_of(score: MobilityScore, wanted: object) -> bool:
    """Whether a code that stands for one hand is of the hand that was measured."""
    said = {kind: words.casefold() for kind, words in score.context.items()}
    return all(said.get(str(kind)) == words for kind, words in dict(wanted).items())  # type: ignore[call-overload]


def _quantity(value: Decimal, scale: Scale | None) -> Resource:
    number = Decimal(plain(value))
    if scale is None:
        return {"value": number}
    return parts.tidy({"value": number, "unit": scale.unit, "system": UCUM, "code": scale.ucum})
