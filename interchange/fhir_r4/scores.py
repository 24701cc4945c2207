"""FHIR Observation into a ScoreRecord, where the catalogue knows its LOINC code."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from interchange.codes import LOINC, UCUM
from interchange.dates import calendar_day, moment
from interchange.fhir_r4.documents import Found, Resource
from interchange.fhir_r4.elements import codings, join, measure_of, own_id, patient_pointer, said_by
from interchange.fhir_r4.systems import CONTEXT
from interchange.pending import PendingScore
from interchange.records import Failure, Kind, ScoreRecord, Skip

# What the catalogue has for a LOINC code: an instrument, or None.
ByLoinc = Callable[[str], object | None]

_SETTLED = ("final", "amended", "corrected")
_MAX_DIGITS = 15


class _UnsuitableError(Exception):
    """Why a sound Observation gives no score."""


class _ImpossibleError(Exception):
    """Why an Observation cannot be right."""


def read_score(found: Found, by_loinc: ByLoinc) -> PendingScore | Skip | Failure:
    """A score, with the pointer to its patient; the record's keys are completed when that is found."""
    try:
        return PendingScore(_record(found, by_loinc), patient_pointer(found))
    except _UnsuitableError as reason:
        return Skip(Kind.SCORE, str(reason), found.origin)
    except _ImpossibleError as fault:
        return Failure(Kind.SCORE, str(fault), found.origin)


def _record(found: Found, by_loinc: ByLoinc) -> ScoreRecord:
    observation = found.resource
    measure = measure_of(observation)
    loinc = "" if measure else _known_loinc(observation, by_loinc)
    if (status := observation["status"]) not in _SETTLED:
        raise _UnsuitableError(f"Observation with the status {status}")
    value, unit = _quantity(observation)
    effective = _effective(observation)
    if not own_id(found):
        raise _ImpossibleError("without an id a second import would enter this score again")
    return ScoreRecord(
        source_key=f"Observation/{own_id(found)}",
        origin=found.origin,
        patient_key="",
        loinc=loinc,
        codings=codings(observation.get("code")),
        value=value,
        unit=unit,
        effective_on=calendar_day(effective),
        effective_at=effective if isinstance(effective, dt.datetime) else None,
        status=status,
        notes=join((note.get("text") for note in observation.get("note", [])), by="\n"),
        measure=measure,
        context=tuple((kind, words) for kind, words in said_by(observation, CONTEXT) if words),
    )


def _known_loinc(observation: Resource, by_loinc: ByLoinc) -> str:
    codes = [c.code for c in codings(observation.get("code")) if c.system == LOINC]
    if not codes:
        raise _UnsuitableError("Observation without a LOINC code")
    known = {code: instrument for code in codes if (instrument := by_loinc(code)) is not None}
    if not known:
        raise _UnsuitableError("Observation with a LOINC code that the catalogue does not know")
    first, *others = known
    if any(known[other] != known[first] for other in others):
        raise _UnsuitableError("Observation with the LOINC codes of two instruments")
    return first


def _quantity(observation: Resource) -> tuple[Decimal, str]:
    quantity = observation.get("valueQuantity", {})
    value = quantity.get("value", observation.get("valueInteger"))
    if value is None:
        raise _UnsuitableError(_why_no_number(observation))
    if "comparator" in quantity:
        raise _UnsuitableError("Observation whose value is only a bound")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _ImpossibleError("its value is not written as a number")
    number = Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > _MAX_DIGITS or len(number.as_tuple().digits) > _MAX_DIGITS:
        raise _ImpossibleError("its value is no plausible number")
    coded = quantity.get("code") if quantity.get("system") in (UCUM, None) else None
    return number, coded or quantity.get("unit", "")


def _why_no_number(observation: Resource) -> str:
    if any(name.startswith("value") for name in observation):
        return "Observation whose value is no number"
    if "hasMember" in observation or "component" in observation:
        return "Observation panel without a value of its own"
    return "Observation without a value"


def _effective(observation: Resource) -> dt.datetime | dt.date:
    """The day or time of measuring. When it was written down ("issued") is not taken for it."""
    if period := observation.get("effectivePeriod"):
        start, end = moment(period.get("start")), moment(period.get("end"))
        if start and end and calendar_day(start) == calendar_day(end):
            return calendar_day(start)
        raise _UnsuitableError("Observation over more than one day")
    at = moment(observation.get("effectiveDateTime") or observation.get("effectiveInstant"))
    if at is None:
        raise _UnsuitableError("Observation without a full date")
    return at
