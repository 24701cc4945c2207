"""One sitting of one instrument, of whatever kind: what was entered, its result, and what is still open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError

from mobility.catalogue import Context, Instrument, Rule, plain
from mobility.scoring.answers import AnswersRefused, Problem, ProblemKind, check_answers
from mobility.scoring.engine import score, score_goals, score_ratings, score_speed
from mobility.scoring.result import Result


class Kind(StrEnum):
    """What the form of an instrument asks for."""

    ITEMS = "items"
    SUBTOTALS = "subtotals"
    GOALS = "goals"
    RATINGS = "ratings"
    SPEED = "speed"
    VALUES = "values"


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """What was entered, as an assessment keeps it: text, and null for a time of somebody who could not do it."""

    answers: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[Context, str] = field(default_factory=dict)


def kind_of(instrument: Instrument) -> Kind:
    """What the form of an instrument asks for."""
    asked = instrument.questions
    if asked.formula:
        rules = {Rule.SPEED: Kind.SPEED, Rule.GAS_T: Kind.GOALS, Rule.MEAN_RATINGS: Kind.RATINGS}
        return rules[asked.formula.rule]
    return Kind.ITEMS if asked.items else Kind.SUBTOTALS if asked.subtotals else Kind.VALUES


def times_of(instrument: Instrument, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The seconds by time rule, among what was measured."""
    return {rule.id: inputs[rule.id] for rule in instrument.questions.times if rule.id in inputs}


def score_sitting(instrument: Instrument, sitting: Sitting) -> Result:
    """The result as far as it goes. Raises AnswersRefused with a problem for each entry that cannot be scored."""
    kind, inputs, context = kind_of(instrument), sitting.inputs, sitting.context
    if kind in {Kind.ITEMS, Kind.SUBTOTALS}:
        return score(instrument, sitting.answers, times=times_of(instrument, inputs), context=context)
    if kind is Kind.GOALS:
        goals = [(one["x"], one["w"]) for one in inputs.get("goals", ())]
        if any(x == "" for x, _w in goals):
            return _open(instrument, context)
        return score_goals(instrument, goals, context=context)
    if kind is Kind.RATINGS:
        return score_ratings(instrument, inputs.get("problems", ()), context=context)
    if kind is Kind.SPEED and "speed" not in inputs.get("values", {}):
        if not (inputs.get("distance_m") and inputs.get("time_s")):
            return _open(instrument, context)
        return score_speed(instrument, inputs["distance_m"], inputs["time_s"], context=context)
    return _values(instrument, inputs.get("values", {}), context)


def _open(instrument: Instrument, context: Mapping[Context, str]) -> Result:
    """Nothing that could be scored yet."""
    return _values(instrument, {}, context)


def _values(instrument: Instrument, values: Mapping[str, str], context: Mapping[Context, str]) -> Result:
    totals: dict[str, Decimal] = {}
    problems = []
    known = {one.id: one for one in instrument.scales}
    for name, value in values.items():
        try:
            totals[name] = known[name].clean(value)
        except KeyError:
            problems.append(Problem(item=name, kind=ProblemKind.UNKNOWN_ITEM, message="?"))
        except ValidationError as error:
            problems.append(Problem(item=name, kind=ProblemKind.INVALID_VALUE, message=error.messages[0]))
    if problems:
        raise AnswersRefused(problems)
    missing = {one.id: (one.id,) for one in instrument.scored_scales if one.id not in totals}
    return Result(instrument=instrument, totals=totals, missing=missing, counted={}, recoded={}, context=dict(context))


def open_items(result: Result, sitting: Sitting) -> tuple[str, ...]:
    """What keeps the sitting from being complete, in the order of the form; empty for a complete one.

    Complete is: at least one scale has a total, and every other one either has one or was not begun (Section GG holds
    self-care and mobility, and a clinic may assess one of them; 6-Clicks are four numbers). An item that was looked at
    and is no number ("-") leaves its scale without a total, and is not open.
    """
    instrument = result.instrument
    names = {one.id: list(names_of(result, one.id)) for one in instrument.scored_scales}
    done = _answered(instrument, sitting)
    begun = {scale for scale, asked in names.items() if done & set(asked) or scale in result.totals}
    if sitting.inputs.get("problems"):
        begun = set(names)  # each problem is rated on every scale
    wanted = begun or set(names)
    missing = {name for scale in wanted for name in result.missing.get(scale, ()) if name not in done}
    return tuple(dict.fromkeys(name for asked in names.values() for name in asked if name in missing))


def names_of(result: Result, scale_id: str) -> Sequence[str]:
    """The items that a scale asks for, in the order of the form."""
    instrument = result.instrument
    asked = instrument.questions
    if asked.conversion and scale_id == asked.conversion.to_scale:
        scale_id = asked.conversion.from_scale
    parts = instrument.scale(scale_id).sum_of or (scale_id,)
    items = [one.id for part in parts for one in asked.of_scale(part)]
    # An alternate that stands for its item is asked for in its place.
    alternates = [one.id for one in asked.items if one.replaces in items]
    return [*items, *alternates] or [one.id for one in asked.subtotals] or [scale_id, *result.missing.get(scale_id, ())]


def _answered(instrument: Instrument, sitting: Sitting) -> set[str]:
    timed = {one.id: one.item for one in instrument.questions.times}
    return set(sitting.answers) | {timed[name] for name in sitting.inputs if name in timed}


def tidy(instrument: Instrument, sitting: Sitting) -> Sitting:
    """The same with every answer written in one way: 10 for 10.0, 07 for 7. Raises AnswersRefused."""
    checked = check_answers(instrument, sitting.answers)
    answers = {name: checked.not_attempted.get(name) or plain(checked.points[name]) for name in sitting.answers}
    return Sitting(answers=answers, inputs=dict(sitting.inputs), context=dict(sitting.context))
