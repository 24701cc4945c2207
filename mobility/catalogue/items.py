"""The questions of an instrument and the rules that make a score of their answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from mobility.catalogue.facts import Fact
from mobility.catalogue.stretch import Stretch

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Scoring(StrEnum):
    """How a result comes about."""

    SUM = "sum"
    MEASUREMENT = "measurement"
    LEVEL = "level"
    MEAN = "mean"
    LOOKUP = "lookup"
    FORMULA = "formula"
    TOTAL_ONLY = "total_only"


class Rule(StrEnum):
    """The formulas that the scoring engine knows."""

    SPEED = "speed"
    GAS_T = "gas_t"
    MEAN_RATINGS = "mean_ratings"


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Other items must add up to `at_least`; until they do, an item counts 0 and takes no other answer."""

    items: tuple[str, ...]
    at_least: Decimal


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question. `replaces`: it is counted instead of that item. Alternates that replace nothing are never counted."""

    id: str
    label: "StrOrPromise"
    scale_id: str
    allowed: tuple[Decimal, ...]
    levels: "Mapping[Decimal, StrOrPromise]"
    loinc: str = ""
    only_if: "StrOrPromise" = ""
    is_alternate: bool = False
    replaces: str = ""
    counts_if: Condition | None = None
    repeats: bool = False


@dataclass(frozen=True, kw_only=True)
class Subtotal:
    """A part of an instrument whose items may not be listed here: only its sum is entered."""

    id: str
    label: "StrOrPromise"
    min: Decimal
    max: Decimal


@dataclass(frozen=True, kw_only=True)
class Conversion(Fact):
    """Which value of one scale each raw sum of another one stands for."""

    from_scale: str
    to_scale: str
    table: Mapping[Decimal, Decimal]


@dataclass(frozen=True, kw_only=True)
class TimePoints(Stretch):
    """The points that a time in this stretch earns."""

    points: Decimal


@dataclass(frozen=True, kw_only=True)
class TimeRule(Fact):
    """How a time in seconds becomes the answer of an item. `unable`: the points of somebody who could not do it."""

    id: str
    item: str
    ranges: tuple[TimePoints, ...]
    unable: Decimal | None

    def points(self, seconds: Decimal) -> Decimal | None:
        """The points of a time; None where the rule makes no statement."""
        return next((one.points for one in self.ranges if one.contains(seconds)), None)


@dataclass(frozen=True, kw_only=True)
class NotAttempted(Fact):
    """Codes that say why an activity was not done, and the dash that says it was not looked at."""

    codes: "Mapping[str, StrOrPromise]"
    not_assessed: str


@dataclass(frozen=True, kw_only=True)
class Recode(Fact):
    """What older sums counted an activity as that was not attempted. A sum that uses it must say so."""

    value: Decimal
    note: "StrOrPromise"


@dataclass(frozen=True, kw_only=True)
class Input:
    """A quantity that a formula needs."""

    id: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A computed score: the rule that the engine follows, in words, with its constants."""

    rule: Rule
    text: str
    rho: Decimal | None
    inputs: tuple[Input, ...]


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Everything that an instrument's score is made from; all of it empty where only a value is entered."""

    items: tuple[Item, ...] = ()
    subtotals: tuple[Subtotal, ...] = ()
    times: tuple[TimeRule, ...] = ()
    conversion: Conversion | None = None
    formula: Formula | None = None
    not_attempted: NotAttempted | None = None
    recode: Recode | None = None
    answer_codes: Mapping[Decimal, str] = field(default_factory=dict)  # LOINC answer codes of the levels

    def item(self, item_id: str) -> Item | None:
        """The item with this id, or None."""
        return next((one for one in self.items if one.id == item_id), None)

    @property
    def parts(self) -> "tuple[Item | Subtotal, ...]":
        """Everything that is answered by its id: items and sub-totals."""
        return (*self.items, *self.subtotals)

    def of_scale(self, scale_id: str) -> tuple[Item, ...]:
        """The items that a scale counts by default: without alternates."""
        return tuple(one for one in self.items if one.scale_id == scale_id and not one.is_alternate)
