"""Assessments and goals of another system become ours: the answers are taken over, every total is counted here."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

import mobility.services
from accounts.models import User
from interchange.errors import Failed, Skipped
from interchange.records import AssessmentRecord, Failure, GoalsRecord, Kind, Measure, Skip, StatedTotal
from interchange.services import ledger
from interchange.services.entries import OTHER_VERSION, UNKNOWN_MEASURE, imported_notes
from mobility import catalogue
from mobility.catalogue import Context, Instrument
from mobility.errors import NotComplete
from mobility.models import EntryWay
from mobility.scoring import AnswersRefused, Sitting, score_sitting, tidy
from patients.models import Patient

INCOMPLETE = "an assessment with items missing, kept as incomplete and without a total"
NOTHING = "a collection without an answer"
REFUSED = "an answer that its item does not have"
COUNTED_HERE = "a total beside its answers: it is counted from them"
NOT_ENTERED = "a total beside answers that were not entered"
INPUTS = {"goals", "problems", "values", "distance_m", "time_s"}  # of Assessment.inputs, beside times
DISAGREES = "its total is not what its answers add up to; the answers were entered, and counted here"


def instrument_of(measure: Measure) -> Instrument:
    """The instrument of a record, in the version that the catalogue has. Raises Skipped."""
    known = catalogue.find(measure.instrument)
    if known is None:
        raise Skipped(UNKNOWN_MEASURE)
    if measure.version and measure.version != known.version:
        raise Skipped(OTHER_VERSION)
    return known


def enter_assessment(record: AssessmentRecord, *, patient: Patient, by: User) -> str:
    """Add an assessment with its scores to a chart; what is to be noted of it, if anything. Runs in the caller's transaction.

    Raises Skipped, Failed, and what the service raises.
    """
    instrument, at = instrument_of(record.measure), record.effective_at
    if record.effective_on is None:
        raise Failed("it has no date")
    disagrees = any(isinstance(one, Failure) for one in judge_totals(record))
    said: dict[str, Any] = {
        "patient": patient,
        "score_type": instrument.id,
        "score_date": timezone.localdate(at) if at else record.effective_on,
        "scored_at": at,
        "answers": dict(record.answers),
        "inputs": _inputs(instrument, record),
        "context": _context(instrument, record.context),
        "notes": imported_notes(
            record.notes, _("The source gave another total than its answers add up to") if disagrees else ""
        ),
        "entry": EntryWay.IMPORTED,
        "by": by,
    }
    try:
        done, note = mobility.services.record_assessment(**said), ""
    except NotComplete:
        if not record.answers:
            raise Skipped(NOTHING) from None
        done, note = mobility.services.save_assessment(**said), INCOMPLETE
    except AnswersRefused:
        raise Failed(REFUSED) from None
    ledger.add(record, target=done, patient_id=patient.pk, by=by)
    return note


def enter_goals(record: GoalsRecord, *, patient: Patient, by: User) -> None:
    """Add goals for discharge to a chart, apart from all scores. Runs in the caller's transaction.

    Raises Skipped, Failed, and what the service raises.
    """
    instrument = instrument_of(record.measure)
    if record.effective_on is None:
        raise Failed("it has no date")
    try:
        goals = mobility.services.record_goals(
            patient=patient,
            score_type=instrument.id,
            set_on=record.effective_on,
            answers=dict(record.answers),
            notes=imported_notes(record.notes),
            by=by,
        )
    except AnswersRefused:
        raise Failed(REFUSED) from None
    ledger.add(record, target=goals, patient_id=patient.pk, by=by)


def _context(instrument: Instrument, said: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """What the record says of how it was scored, as far as this measure keeps it."""
    kept = {*instrument.requires, *instrument.context}
    return {kind: words for kind, words in said if kind in set(Context) and Context(kind) in kept}


def _inputs(instrument: Instrument, record: AssessmentRecord) -> dict[str, Any]:
    """What points are worked out from, as far as this app's forms know it. Raises Failed."""
    known = {rule.id for rule in instrument.questions.times} | INPUTS
    return {name: value for name, value in nested(record.inputs).items() if name in known}


def judge_totals(record: AssessmentRecord) -> Iterator[Skip | Failure]:
    """What becomes of each total that the source gives: needless where it is ours, and a failure where it is not."""
    known = catalogue.find(record.measure.instrument)
    if known is None:
        return
    totals = _totals(known, record)
    for stated in record.stated:
        scale = _scale_of(stated, known)
        if scale not in totals:
            yield Skip(Kind.SCORE, NOT_ENTERED, stated.origin)
        elif totals[scale] == stated.value:
            yield Skip(Kind.SCORE, COUNTED_HERE, stated.origin)
        else:
            yield Failure(Kind.SCORE, DISAGREES, stated.origin)


def _totals(instrument: Instrument, record: AssessmentRecord) -> Mapping[str, Decimal]:
    """What the answers come to, by scale; nothing where they cannot be scored, which the record's own failure says."""
    try:
        sitting = Sitting(
            answers=dict(record.answers), inputs=_inputs(instrument, record), context=_kinds(instrument, record)
        )
        return score_sitting(instrument, tidy(instrument, sitting)).totals
    except Exception:  # whatever a source may hold, it must not end the run
        return {}


def _kinds(instrument: Instrument, record: AssessmentRecord) -> dict[Context, str]:
    return {Context(kind): words for kind, words in _context(instrument, record.context).items()}


def _scale_of(stated: StatedTotal, instrument: Instrument) -> str:
    if stated.measure is not None:
        return stated.measure.scale or instrument.default_scale.id
    coded = catalogue.by_loinc(stated.loinc)
    return coded.scale.id if coded and coded.instrument is instrument else ""


def nested(paths: tuple[tuple[str, str | None], ...]) -> dict[str, Any]:
    """Inputs as an assessment keeps them, from their paths: goals.0.x makes a list of goals. Raises Failed."""
    root: dict[str, Any] = {}
    for path, text in sorted(paths, key=_place):
        *steps, last = path.split(".")
        next_steps = path.split(".")[1:]
        here: Any = root
        for step, after in zip(steps, next_steps, strict=True):
            here = _inside(here, step, [] if after.isdecimal() else {})
        if not isinstance(here, dict):
            raise Failed("its measured values are not in order")
        here[last] = text
    return root


def _place(pair: tuple[str, str | None]) -> list[tuple[int, str]]:
    """Paths in the order of their numbers: goals.2 before goals.10."""
    return [(int(step), "") if step.isdecimal() and len(step) < 4 else (-1, step) for step in pair[0].split(".")]


def _inside(here: Any, step: str, empty: Any) -> Any:
    if isinstance(here, dict):
        return here.setdefault(step, empty)
    if not isinstance(here, list) or not step.isdecimal() or len(step) > 3 or int(step) > len(here):
        raise Failed("its measured values are not in order")
    if int(step) == len(here):
        here.append(empty)
    return here[int(step)]
