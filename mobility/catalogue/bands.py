"""Published ranges of a scale and what they are called."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from mobility.catalogue.facts import Fact
from mobility.catalogue.scale import Scale, plain
from mobility.catalogue.stretch import Stretch

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class BandKind(StrEnum):
    """What a set of bands is about. Descriptive sets cover the whole scale; the others may say nothing of a value."""

    DESCRIPTIVE = "descriptive"
    RISK = "risk"
    DIAGNOSTIC_CRITERION = "diagnostic_criterion"
    PROGNOSTIC = "prognostic"
    NORM = "norm"


@dataclass(frozen=True, kw_only=True)
class BandRange(Stretch):
    """One named stretch of a scale."""

    label: "StrOrPromise"
    short: "StrOrPromise"

    def cutoffs(self, scale: Scale, *, with_unit: bool = True) -> str:
        """The bounds in words, without symbols that are misread: 61 to 90 as 61-90 (en dash), under 10 s, 30 s or more."""
        if scale.decimals == 0:
            return self._whole_numbers(scale)
        low, high = ("" if one is None else plain(one) for one in (self.low, self.high))
        unit = scale.with_unit if with_unit else str
        if self.high is None:
            return (_("%(low)s or more") if self.low_included else _("over %(low)s")) % {"low": unit(low)}
        if self.low is None or self.low <= scale.min:
            return (_("up to %(high)s") if self.high_included else _("under %(high)s")) % {"high": unit(high)}
        if self.low_included:
            words = _("%(low)s to %(high)s") if self.high_included else _("%(low)s to under %(high)s")
        else:
            words = _("over %(low)s to %(high)s") if self.high_included else _("over %(low)s to under %(high)s")
        return words % {"low": low, "high": unit(high)}

    def _whole_numbers(self, scale: Scale) -> str:
        low = scale.min if self.low is None else self.low + (0 if self.low_included else 1)
        high = scale.max if self.high is None else self.high - (0 if self.high_included else 1)
        if high is None:
            return _("%(low)s or more") % {"low": plain(low)}
        return plain(high) if low == high else f"{plain(low)}\N{EN DASH}{plain(high)}"


class Sex(StrEnum):
    """Recorded sex, for norms that were published apart."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, kw_only=True)
class Band(Fact):
    """One published set of ranges, with the population that it was found in and how far to trust it.

    A set for one sex or some ages makes no statement of anybody else, nor of somebody whose sex or age is not known.
    """

    id: str
    scale_id: str
    kind: BandKind
    population: "StrOrPromise"
    ranges: tuple[BandRange, ...]
    sex: Sex | None = None
    age: Stretch | None = None

    def range_of(self, value: Decimal) -> BandRange | None:
        """The range that holds the value; None where the set makes no statement."""
        return next((one for one in self.ranges if one.contains(value)), None)

    def is_about(self, sex: Sex | None, age: int | None) -> bool:
        """Whether the set was published for people of this sex and age in years; None stands for not known."""
        if self.sex is not None and sex is not self.sex:
            return False
        return self.age is None or (age is not None and self.age.contains(Decimal(age)))
