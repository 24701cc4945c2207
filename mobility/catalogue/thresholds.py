"""Published sizes of change: what is more than measurement error (MDC), and what matters to people (MCID)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from mobility.catalogue.facts import Fact
from mobility.catalogue.stretch import Stretch

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PERCENT = "percent_of_baseline"


class Magnitude(StrEnum):
    """How large a change a meaningful-change value stands for, where its authors tell two apart."""

    SMALL = "small"
    SUBSTANTIAL = "substantial"


class Method(StrEnum):
    """How a meaningful-change value was derived."""

    ANCHOR = "anchor"
    DISTRIBUTION = "distribution"
    OPINION = "opinion"
    MIXED = "mixed"


@dataclass(frozen=True, kw_only=True)
class Threshold(Fact):
    """One published size of change on one scale, found in one population.

    `family` joins rows that are one published rule (Berg: a row for each stretch of the earlier score, `baseline`).
    `is_strict`: the change must be greater than the value; otherwise reaching it is enough.
    """

    id: str
    scale_id: str
    value: Decimal
    value_high: Decimal | None
    unit: str
    population: "StrOrPromise"
    family: str
    baseline: Stretch | None
    is_strict: bool
    level: int | None = None
    magnitude: Magnitude | None = None
    method: Method | None = None

    @property
    def is_percent(self) -> bool:
        """Whether the value is a percentage of the earlier score."""
        return self.unit == PERCENT

    def answers_to(self, name: str) -> bool:
        """Whether this is the threshold, or one row of the rule, that goes by this id."""
        return bool(name) and name in {self.id, self.family}


@dataclass(frozen=True, kw_only=True)
class DefaultChange:
    """The thresholds to use while the population of a patient is not known; "" for none."""

    mdc: str = ""
    mcid: str = ""
