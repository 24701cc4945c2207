"""Which item an Observation or a component is about, and what was answered."""

from dataclasses import dataclass
from decimal import Decimal

from interchange.codes import LOINC
from interchange.fhir_r4 import section_gg
from interchange.fhir_r4.elements import Element, codings, local_code
from interchange.fhir_r4.systems import ANSWER, GOAL, ITEM, ORDINAL
from mobility import catalogue
from mobility.catalogue import plain

UNKNOWN_ANSWER = "an answer that its item does not have"


@dataclass(frozen=True, slots=True)
class Answered:
    """One item with its answer as an assessment keeps it; None where nothing was answered, or only why not."""

    instrument: str
    item: str
    answer: str | None
    is_goal: bool = False
    fault: str = ""


def read_answer(element: Element, *, category: list[Element] | None = None) -> Answered | None:
    """The item and the answer of an Observation or a component; None where it is about no item that is known."""
    known = _item(element.get("code"))
    if known is None:
        return None
    instrument, item, is_goal = known
    is_goal = is_goal or any(local_code(one, GOAL) for one in category or ())
    try:
        return Answered(instrument, item, _answer(element, instrument), is_goal)
    except ValueError:
        return Answered(instrument, item, None, is_goal, UNKNOWN_ANSWER)


def _item(concept: Element | None) -> tuple[str, str, bool] | None:
    if own := local_code(concept, ITEM):
        instrument, _dot, item = own.partition(".")
        return (instrument, item, False) if item else None
    for coding in codings(concept):
        if coding.system != LOINC:
            continue
        if coding.code in section_gg.GOALS:
            return section_gg.SECTION_GG, section_gg.GOALS[coding.code], True
        if coding.code in section_gg.ABILITIES:
            return section_gg.SECTION_GG, section_gg.ABILITIES[coding.code], False
        if found := catalogue.item_by_loinc(coding.code):
            return found[0].id, found[1].id, False
    return None


def _answer(element: Element, instrument: str) -> str | None:
    """Raises ValueError for an answer that nobody here can read: a guess would be a wrong score."""
    if "valueCodeableConcept" in element:
        return _coded(element["valueCodeableConcept"], instrument)
    value = element.get("valueQuantity", {}).get("value", element.get("valueInteger"))
    if value is not None:
        return _number(value)
    if any(name.startswith("value") for name in element):
        raise ValueError
    return local_code(element.get("dataAbsentReason"), ANSWER) or None


def _coded(concept: Element, instrument: str) -> str:
    if own := local_code(concept, ANSWER):
        return own
    known = catalogue.find(instrument)
    levels = {code: plain(value) for value, code in known.questions.answer_codes.items()} if known else {}
    levels |= section_gg.ANSWERS if instrument == section_gg.SECTION_GG else {}
    found = {levels[one.code] for one in codings(concept) if one.system == LOINC and one.code in levels}
    if not found:
        found = {_number(value) for value in _ordinals(concept)}
    if len(found) != 1:
        raise ValueError
    return found.pop()


def _ordinals(concept: Element) -> list[object]:
    """The points that the codings say they stand for."""
    extensions = [one for coding in concept.get("coding", []) for one in coding.get("extension", [])]
    return [one["valueDecimal"] for one in extensions if one.get("url") == ORDINAL and "valueDecimal" in one]


def _number(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError
    number = Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > 6:
        raise ValueError
    return plain(number)
