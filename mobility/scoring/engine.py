"""The ways of scoring. Rules: clinical README, "How to read it"; numbers of each instrument: its file in the catalogue."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mobility.catalogue import Context, Instrument, Item, Rule, Scale, Scoring, plain
from mobility.catalogue.scale import CEILING
from mobility.scoring.answers import (
    Answers,
    AnswersRefused,
    Checked,
    Problem,
    ProblemKind,
    check_answers,
    exact,
    is_ruled_out,
)
from mobility.scoring.result import Result

Number = Decimal | str | int
PRECISION = 50
NOTHING: Mapping[Context, str] = {}


def score(
    instrument: Instrument,
    answers: Answers,
    *,
    times: Mapping[str, Number | None] | None = None,
    context: Mapping[Context, str] = NOTHING,
) -> Result:
    """The result of answers to items or sub-totals: sum, lookup, mean or level.

    `times` are seconds by time rule, None for somebody who could not do it: they answer the item of their rule. A scale
    with an unanswered item has no total ("Incomplete forms have no total"). Raises AnswersRefused with a problem for
    each answer that is not allowed, unknown or given twice.
    """
    _require_context(instrument, context)
    pairs = list(answers.items() if isinstance(answers, Mapping) else answers)
    pairs += [_timed(instrument, rule, seconds) for rule, seconds in (times or {}).items()]
    checked = check_answers(instrument, pairs)
    totals: dict[str, Decimal] = {}
    missing: dict[str, tuple[str, ...]] = {}
    counted: dict[str, frozenset[str]] = {}
    recoded: dict[str, tuple[str, ...]] = {}
    for scale in instrument.scales:
        sheet = _Sheet(instrument, checked, scale)
        if not sheet.names:
            continue
        counted[scale.id], missing[scale.id], recoded[scale.id] = frozenset(sheet.items), sheet.missing, sheet.recoded
        if not sheet.missing:
            totals[scale.id] = sheet.total()
    conversion = instrument.questions.conversion
    if conversion:
        missing[conversion.to_scale] = missing[conversion.from_scale]
        counted[conversion.to_scale] = counted[conversion.from_scale]
        if conversion.from_scale in totals:
            totals[conversion.to_scale] = conversion.table[totals[conversion.from_scale]]
    return Result(
        instrument=instrument, totals=totals, missing=missing, counted=counted, recoded=recoded, context=dict(context)
    )


class _Sheet:
    """The answers that one scale counts."""

    def __init__(self, instrument: Instrument, checked: Checked, scale: Scale) -> None:
        self._scoring, self._scale = instrument.scoring, scale
        asked, points = instrument.questions, dict(checked.points)
        items = [one for part in scale.sum_of or (scale.id,) for one in asked.of_scale(part)]
        self.recoded = tuple(one.id for one in items if self._is_recoded(instrument, checked, one))
        for name in self.recoded:
            points[name] = asked.recode.value if asked.recode else points[name]
        for item in items:
            if item.id not in points and is_ruled_out(asked, item, points):
                points[item.id] = Decimal(0)
        counted = [_standing_for(one, asked.items, points) for one in items]
        subtotals = [
            one.id
            for one in asked.subtotals
            if scale is instrument.default_scale or one.id in {scale.id, *scale.sum_of}
        ]
        self.names = [one.id for one in counted] or subtotals
        # An alternate stands for its item: a sum with it is still a sum of the same items.
        self.items = [one.id for one in items] or subtotals
        self.missing = tuple(name for name in self.names if name not in points)
        self._points = points

    @staticmethod
    def _is_recoded(instrument: Instrument, checked: Checked, item: Item) -> bool:
        """A not-attempted code is counted by the older rule; a dash means that nobody looked, so there is no total."""
        asked, code = instrument.questions, checked.not_attempted.get(item.id)
        return bool(asked.recode and asked.not_attempted and code in asked.not_attempted.codes)

    def total(self) -> Decimal:
        found = sum((self._points[name] for name in self.names), start=Decimal(0))
        if self._scoring is Scoring.MEAN:
            found = _rounded(found / len(self.names), self._scale)
        return found.quantize(Decimal(1).scaleb(-self._scale.decimals))


def _standing_for(item: Item, items: Iterable[Item], points: Mapping[str, Decimal]) -> Item:
    """The alternate that is counted in place of an item: the person could not do the item, and did the other."""
    if points.get(item.id):
        return item
    return next((one for one in items if one.replaces == item.id and one.id in points), item)


def points_for(instrument: Instrument, rule_id: str, seconds: Number | None) -> Decimal:
    """The points that a time earns; None is somebody who could not do it.

    Raises AnswersRefused for what is no time, for an unknown rule, and for a rule whose seconds nobody has checked:
    then the points themselves are to be entered.
    """
    rule = next((one for one in instrument.questions.times if one.id == rule_id), None)
    if rule is None:
        raise _refusal(rule_id, ProblemKind.UNKNOWN_ITEM, _("This item is not known here"))
    if not rule.may_be_shown:
        words = _("The seconds of this rule have not been checked: enter the points")
        raise _refusal(rule_id, ProblemKind.NOT_VERIFIED, words)
    number = None if seconds is None else exact(seconds)
    points = rule.unable if seconds is None else None if number is None else rule.points(number)
    if points is None or (number is not None and number >= CEILING):
        raise _refusal(rule_id, ProblemKind.INVALID_VALUE, _("Enter a time in seconds"))
    return points


def _timed(instrument: Instrument, rule_id: str, seconds: Number | None) -> tuple[str, Decimal]:
    points = points_for(instrument, rule_id, seconds)
    return next(one.item for one in instrument.questions.times if one.id == rule_id), points


def score_value(
    instrument: Instrument,
    value: str | Decimal,
    scale_id: str | None = None,
    *,
    context: Mapping[Context, str] = NOTHING,
) -> Result:
    """The result of one value that was measured, or of a total that was scored elsewhere. Raises AnswersRefused."""
    _require_context(instrument, context)
    scale = instrument.scale(scale_id)
    try:
        found = scale.clean(value)
    except ValidationError as error:
        raise _refusal(scale.id, ProblemKind.INVALID_VALUE, error.messages[0]) from error
    return _single(instrument, scale, found, context)


def score_speed(
    instrument: Instrument, distance_m: Number, time_s: Number, *, context: Mapping[Context, str] = NOTHING
) -> Result:
    """Speed in metres per second: distance / time, rounded half up to the decimals of the scale. Raises AnswersRefused."""
    _require_rule(instrument, Rule.SPEED)
    _require_context(instrument, context)
    distance, seconds = exact(distance_m), exact(time_s)
    problems = []
    if distance is None or not 0 <= distance < CEILING:
        words = _("Enter a distance in metres")
        problems.append(Problem(item="distance_m", kind=ProblemKind.INVALID_VALUE, message=words))
    if seconds is None or not 0 < seconds < CEILING:
        words = _("Enter a time in seconds, more than 0")
        problems.append(Problem(item="time_s", kind=ProblemKind.INVALID_VALUE, message=words))
    if problems or distance is None or seconds is None:
        raise AnswersRefused(problems)
    scale = instrument.default_scale
    with localcontext(prec=PRECISION):
        found = _rounded(distance / seconds, scale)
    if found >= CEILING:
        raise _refusal("time_s", ProblemKind.INVALID_VALUE, _("Enter a time in seconds, more than 0"))
    return _single(instrument, scale, found, context)


def score_goals(
    instrument: Instrument, goals: Iterable[tuple[Number, Number]], *, context: Mapping[Context, str] = NOTHING
) -> Result:
    """Goal Attainment Scaling: T = 50 + 10 sum(wx) / sqrt((1 - rho) sum(w^2) + rho (sum w)^2), rounded half up.

    `goals` are attainment and weight of each goal. Without goals there is no score; a weight below 1 is refused
    ("Weights of 0 or no goals: no score"). Raises AnswersRefused.
    """
    rho = _require_rule(instrument, Rule.GAS_T)
    _require_context(instrument, context)
    rated = [(exact(x), exact(w)) for x, w in goals]
    attainment, scale = instrument.questions.items[0], instrument.default_scale
    problems = [one for number, goal in enumerate(rated) for one in _goal_problems(attainment, number, *goal)]
    if problems:
        raise AnswersRefused(problems)
    if not rated:
        return Result(
            instrument=instrument, totals={}, missing={scale.id: (attainment.id,)}, counted={}, recoded={},
            context=dict(context),
        )  # fmt: skip
    sure = [(x, w) for x, w in rated if x is not None and w is not None]
    with localcontext(prec=PRECISION):
        weights = sum((w for _x, w in sure), start=Decimal(0))
        squares = sum((w * w for _x, w in sure), start=Decimal(0))
        reached = sum((x * w for x, w in sure), start=Decimal(0))
        found = 50 + 10 * reached / ((1 - rho) * squares + rho * weights * weights).sqrt()
        return _single(instrument, scale, _rounded(found, scale), context)


def _goal_problems(item: Item, number: int, x: Decimal | None, w: Decimal | None) -> Iterable[Problem]:
    if x not in item.allowed:
        words = _("Choose one of %(allowed)s") % {"allowed": ", ".join(plain(one) for one in item.allowed)}
        yield Problem(item=f"goals[{number}].x", kind=ProblemKind.INVALID_VALUE, message=words)
    if w is None or not 1 <= w < CEILING:
        yield Problem(
            item=f"goals[{number}].w", kind=ProblemKind.INVALID_VALUE, message=_("Enter a weight of 1 or more")
        )


PROBLEMS = 5


def score_ratings(
    instrument: Instrument, problems: Iterable[Mapping[str, str]], *, context: Mapping[Context, str] = NOTHING
) -> Result:
    """The mean rating of each scale over the person's own problems, rounded half up.

    A problem without a rating leaves the scale without a total, and so do no problems. Raises AnswersRefused.
    """
    _require_rule(instrument, Rule.MEAN_RATINGS)
    _require_context(instrument, context)
    rated = list(problems)
    refused = [one for number, problem in enumerate(rated) for one in _rating_problems(instrument, number, problem)]
    if refused:
        raise AnswersRefused(refused)
    totals: dict[str, Decimal] = {}
    missing: dict[str, tuple[str, ...]] = {}
    for scale in instrument.scored_scales:
        given = [Decimal(one[scale.id]) for one in rated if one[scale.id]]
        missing[scale.id] = tuple(f"problems[{n}].{scale.id}" for n, one in enumerate(rated) if not one[scale.id])
        if not rated:
            missing[scale.id] = (f"problems[0].{scale.id}",)
        if given and not missing[scale.id]:
            with localcontext(prec=PRECISION):
                totals[scale.id] = _rounded(sum(given, start=Decimal(0)) / len(given), scale)
    return Result(instrument=instrument, totals=totals, missing=missing, counted={}, recoded={}, context=dict(context))


def _rating_problems(instrument: Instrument, number: int, problem: Mapping[str, str]) -> Iterable[Problem]:
    for scale in instrument.scored_scales:
        rating = exact(problem[scale.id]) if problem[scale.id] else None
        highest = scale.axis_max if scale.max is None else scale.max
        if problem[scale.id] and (rating is None or rating % 1 or not scale.min <= rating <= highest):
            words = _("Enter a whole number from %(min)s to %(max)s")
            message = words % {"min": plain(scale.min), "max": plain(highest)}
            yield Problem(item=f"problems[{number}].{scale.id}", kind=ProblemKind.INVALID_VALUE, message=message)
    if number >= PROBLEMS:
        words = _("No more than %(count)s problems are rated")
        yield Problem(item=f"problems[{number}]", kind=ProblemKind.INVALID_VALUE, message=words % {"count": PROBLEMS})


def _single(instrument: Instrument, scale: Scale, value: Decimal, context: Mapping[Context, str]) -> Result:
    return Result(
        instrument=instrument, totals={scale.id: value}, missing={}, counted={}, recoded={}, context=dict(context)
    )


def _rounded(value: Decimal, scale: Scale) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-scale.decimals), rounding=ROUND_HALF_UP)


def _require_rule(instrument: Instrument, rule: Rule) -> Decimal:
    formula = instrument.questions.formula
    if formula is None or formula.rule is not rule:
        raise ValueError(f"{instrument.id} is not scored by {rule}")
    return formula.rho if formula.rho is not None else Decimal(0)


def _require_context(instrument: Instrument, context: Mapping[Context, str]) -> None:
    problems = [
        Problem(item=one, kind=ProblemKind.MISSING_CONTEXT, message=_("Say which %(context)s") % {"context": one.label})
        for one in instrument.requires
        if not context.get(one)
    ]
    if problems:
        raise AnswersRefused(problems)


def _refusal(item: str, kind: ProblemKind, message: str) -> AnswersRefused:
    return AnswersRefused([Problem(item=item, kind=kind, message=message)])
