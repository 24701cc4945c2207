"""Whether a change from one score to the next is real, and whether it matters: the rules of the clinical README.

Two questions, answered apart: is it more than measurement error (MDC), and is it as large as people notice (MCID)? "Some
MCIDs are smaller than the MDC of the same scale; then a change can be possibly meaningful, but within measurement error."
Only thresholds that may be shown are used; "missing means unknown", never "no real change".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from mobility.catalogue import Change, Context, Instrument, Outcome, Scale, Threshold
from mobility.scoring import Result

NOTHING: Mapping[Context, str] = {}


class Size(StrEnum):
    """Where a change lies beside a threshold."""

    BELOW = "below"
    WITHIN_RANGE = "within_range"
    BEYOND = "beyond"


class Obstacle(StrEnum):
    """Why two scores are not comparable."""

    INSTRUMENT = "instrument"
    VERSION = "version"
    SCALE = "scale"
    CONTEXT = "context"
    ITEMS = "items"
    RECODE = "recode"
    ORDER = "order"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One score as far as a comparison needs it."""

    value: Decimal
    scale_id: str
    version: str
    instrument_id: str
    context: Mapping[Context, str] = field(default_factory=lambda: NOTHING)
    counted: frozenset[str] = frozenset()
    is_legacy_recode: bool = False


def measured(result: Result, scale_id: str | None = None) -> Measured | None:
    """The total of a result on one scale, ready to be compared; None where the result has no total there."""
    scale = result.instrument.scale(scale_id)
    value = result.totals.get(scale.id)
    if value is None:
        return None
    return Measured(
        value=value,
        scale_id=scale.id,
        version=result.version,
        instrument_id=result.instrument.id,
        context=result.context,
        counted=result.counted.get(scale.id, frozenset()),
        is_legacy_recode=bool(result.recoded.get(scale.id)),
    )


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What one published threshold says of a change. Show it with the threshold's population and source beside it."""

    threshold: Threshold
    size: Size
    # Most meaningful-change values were derived from people who improved: of a worsening that has to be said.
    is_about_worsening: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The thresholds chosen for a patient's population, by id or family; "" leaves it to the instrument's default."""

    mdc: str = ""
    mcid: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What may be said of a change. `change` is None, and `obstacles` says why, where two scores are not comparable.

    mdc or mcid None: no published threshold on file for this population, scale and earlier score.
    """

    change: Change | None
    obstacles: tuple[Obstacle, ...] = ()
    differing: tuple[Context, ...] = ()
    mdc: Judgement | None = None
    mcid: Judgement | None = None

    @property
    def is_comparable(self) -> bool:
        """Whether both scores are of one series."""
        return self.change is not None

    @property
    def outcome(self) -> Outcome | None:
        """Improved, worsened or the same, by the direction of the scale."""
        return self.change.outcome if self.change else None

    @property
    def is_beyond_error(self) -> bool | None:
        """Whether the change is more than measurement error; None where no threshold says so."""
        return None if self.mdc is None else self.mdc.size is Size.BEYOND

    @property
    def may_matter_but_may_be_noise(self) -> bool:
        """Above the meaningful-change value, but inside measurement error."""
        is_met = self.mcid is not None and self.mcid.size is not Size.BELOW
        return is_met and self.is_beyond_error is False


NO_CHOICE = Choice()


def compare(instrument: Instrument, earlier: Measured, later: Measured, *, choice: Choice = NO_CHOICE) -> Verdict:
    """What became of the earlier score in the later one.

    "Like with like. Same version, scale, hand, pace, distance and walking aid; if one differs, plot both points but give
    no verdict." Thresholds are those of the choice; without one `default_change`, "named only where it is reasonable
    without knowing the diagnosis".
    """
    found = between(instrument, earlier, later)
    if found.change is None:
        return found
    return judged(instrument, found.change, rounded(earlier.value, found.change.scale), choice=choice)


def judged(instrument: Instrument, change: Change, before: Decimal, *, choice: Choice = NO_CHOICE) -> Verdict:
    """What published thresholds say of a change from `before`, between two scores that are known to be comparable."""
    return Verdict(
        change=change,
        mdc=_judgement(instrument.mdc, choice.mdc or instrument.default_change.mdc, before, change),
        mcid=_judgement(instrument.mcid, choice.mcid or instrument.default_change.mcid, before, change),
    )


def between(instrument: Instrument, earlier: Measured, later: Measured) -> Verdict:
    """The change from one score to another, or why they are not comparable; judged by no threshold."""
    obstacles, differing = _obstacles(instrument, earlier, later)
    if obstacles:
        return Verdict(change=None, obstacles=obstacles, differing=differing)
    scale = instrument.scale(later.scale_id)
    change = instrument.change(rounded(earlier.value, scale), rounded(later.value, scale), scale.id)
    return Verdict(change=change)


def plain_change(instrument: Instrument, before: Decimal, after: Decimal, scale: Scale) -> Change:
    """The change between two scores of one instrument, version and scale of which nothing else was said: what `between`
    says of them, without asking what could keep them apart. Not for an instrument that requires context, nor a scale
    with values outside its order.
    """
    return instrument.change(rounded(before, scale), rounded(after, scale), scale.id)


def _judgement(thresholds: Sequence[Threshold], name: str, before: Decimal, change: Change) -> Judgement | None:
    threshold = choose(thresholds, name, change.scale, before)
    if threshold is None:
        return None
    size = judge(threshold, before=before, change=change.amount)
    return Judgement(threshold=threshold, size=size, is_about_worsening=change.outcome is Outcome.WORSENED)


def choose(thresholds: Sequence[Threshold], name: str, scale: Scale, before: Decimal) -> Threshold | None:
    """The threshold of that name for this scale and earlier score; None if there is none.

    "Berg picks its MDC by the earlier score": the name of one row stands for its rule, whose rows share the scale out.
    Thresholds of another scale are never applied (6-Clicks: t-score units on raw totals).
    """
    named = [one for one in thresholds if one.answers_to(name)]
    if not named:
        return None
    families = {one.family for one in named if one.family}
    fitting = [one for one in thresholds if one in named or one.family in families]
    on_scale = [one for one in fitting if one.scale_id == scale.id]
    holding = [one for one in on_scale if one.baseline is None or one.baseline.contains(before)]
    usable = [one for one in holding if not (one.is_percent and before <= 0)]
    return usable[0] if usable else None


def judge(threshold: Threshold, *, before: Decimal, change: Decimal) -> Size:
    """Where a change (new - old, both rounded to the decimals of the scale) lies beside a threshold.

    "A threshold is met at abs(change) >= value (> when strict)." "With value_high, a change from value up to below
    value_high is within the published range; from value_high on it is beyond it."
    """
    share = before / 100 if threshold.is_percent else Decimal(1)
    amount, value = abs(change), threshold.value * share
    if amount < value or (threshold.is_strict and amount == value):
        return Size.BELOW
    if threshold.value_high is not None and amount < threshold.value_high * share:
        return Size.WITHIN_RANGE
    return Size.BEYOND


def rounded(value: Decimal, scale: Scale) -> Decimal:
    """A score with the decimals of its scale: "0.82 - 0.72 is 0.10, not 0.0999"."""
    if not isinstance(value, Decimal):
        raise TypeError(f"a score is a Decimal, not {type(value).__name__}")
    return value.quantize(scale.last_place, rounding=ROUND_HALF_UP)


def _obstacles(
    instrument: Instrument, earlier: Measured, later: Measured
) -> tuple[tuple[Obstacle, ...], tuple[Context, ...]]:
    """Everything that keeps two scores apart. What is known of one score only is taken for different."""
    differing: tuple[Context, ...] = ()
    if earlier.context or later.context:
        kinds = dict.fromkeys((*instrument.requires, *instrument.context, *earlier.context, *later.context))
        differing = tuple(one for one in kinds if _folded(earlier.context.get(one)) != _folded(later.context.get(one)))
    unknown = tuple(one for one in instrument.requires if not (earlier.context.get(one) or later.context.get(one)))
    found = []
    if not earlier.instrument_id == later.instrument_id == instrument.id:
        found.append(Obstacle.INSTRUMENT)
    if not earlier.version == later.version == instrument.version:
        found.append(Obstacle.VERSION)
    if earlier.scale_id != later.scale_id:
        found.append(Obstacle.SCALE)
    if differing or unknown:
        found.append(Obstacle.CONTEXT)
    if earlier.counted != later.counted and earlier.counted and later.counted:
        found.append(Obstacle.ITEMS)
    if earlier.is_legacy_recode is not later.is_legacy_recode:
        found.append(Obstacle.RECODE)
    if earlier.value != later.value and _is_out_of_order(instrument, earlier, later):
        found.append(Obstacle.ORDER)
    return tuple(found), differing + unknown


def _folded(words: str | None) -> str:
    """Words of context as they are told apart: Left and left are the same hand."""
    return " ".join((words or "").split()).casefold()


def _is_out_of_order(instrument: Instrument, earlier: Measured, later: Measured) -> bool:
    """A value that is no further step of its scale (CFS 9: "do not read 8 to 9 as one more step of frailty")."""
    unordered = [value for one in instrument.scales if one.id == later.scale_id for value in one.unordered]
    return earlier.value in unordered or later.value in unordered
