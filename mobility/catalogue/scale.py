"""One scale of an instrument: which values exist on it, how they are entered and how they are written."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NBSP = "\N{NO-BREAK SPACE}"
# No scale reaches this. It keeps a value without a published maximum inside the database column.
CEILING = Decimal(10_000)
LONGEST_ENTRY = 32
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
# A Chinese keyboard types these; nothing else is turned into a digit.
_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0E: "."}
_NO_UNIT = ("", "1", "{score}", "{points}", "score", "points")
_COMMAS = (",", "\N{FULLWIDTH COMMA}", "\N{ARABIC DECIMAL SEPARATOR}")


class Quantity(StrEnum):
    """What the number is; it decides the words of the instructions."""

    SCORE = "score"
    CATEGORY = "category"
    TIME = "time"
    SPEED = "speed"
    DISTANCE = "distance"
    FORCE = "force"
    COUNT = "count"
    LEVEL = "level"
    T_SCORE = "t_score"

    @property
    def is_of_maximum(self) -> bool:
        """Whether a value is written with the maximum of its scale: 65 of 100."""
        return self in {Quantity.SCORE, Quantity.CATEGORY, Quantity.LEVEL}


# What a published threshold on a scale without a unit is counted in.
UNITLESS = {
    Quantity.SCORE: "points",
    Quantity.CATEGORY: "category",
    Quantity.LEVEL: "level",
    Quantity.COUNT: "count",
    Quantity.T_SCORE: "t-score",
}


_FROM_TO = {
    Quantity.SCORE: gettext_lazy("Enter a score from %(min)s to %(max)s"),
    Quantity.CATEGORY: gettext_lazy("Enter a category from %(min)s to %(max)s"),
    Quantity.TIME: gettext_lazy("Enter a time in seconds, from %(min)s to %(max)s"),
    Quantity.SPEED: gettext_lazy("Enter a speed in metres per second, from %(min)s to %(max)s"),
    Quantity.DISTANCE: gettext_lazy("Enter a distance in metres, from %(min)s to %(max)s"),
    Quantity.FORCE: gettext_lazy("Enter a force in kilograms, from %(min)s to %(max)s"),
    Quantity.COUNT: gettext_lazy("Enter a number from %(min)s to %(max)s"),
    Quantity.LEVEL: gettext_lazy("Enter a level from %(min)s to %(max)s"),
    Quantity.T_SCORE: gettext_lazy("Enter a T score from %(min)s to %(max)s"),
}
_OR_MORE = {
    Quantity.SCORE: gettext_lazy("Enter a score of %(min)s or more"),
    Quantity.CATEGORY: gettext_lazy("Enter a category of %(min)s or more"),
    Quantity.TIME: gettext_lazy("Enter a time in seconds, %(min)s or more"),
    Quantity.SPEED: gettext_lazy("Enter a speed in metres per second, %(min)s or more"),
    Quantity.DISTANCE: gettext_lazy("Enter a distance in metres, %(min)s or more"),
    Quantity.FORCE: gettext_lazy("Enter a force in kilograms, %(min)s or more"),
    Quantity.COUNT: gettext_lazy("Enter a number of %(min)s or more"),
    Quantity.LEVEL: gettext_lazy("Enter a level of %(min)s or more"),
    Quantity.T_SCORE: gettext_lazy("Enter a T score"),
}
_MORE_THAN = {
    Quantity.SCORE: gettext_lazy("Enter a score of more than %(min)s"),
    Quantity.CATEGORY: gettext_lazy("Enter a category of more than %(min)s"),
    Quantity.TIME: gettext_lazy("Enter a time in seconds, more than %(min)s"),
    Quantity.SPEED: gettext_lazy("Enter a speed in metres per second, more than %(min)s"),
    Quantity.DISTANCE: gettext_lazy("Enter a distance in metres, more than %(min)s"),
    Quantity.FORCE: gettext_lazy("Enter a force in kilograms, more than %(min)s"),
    Quantity.COUNT: gettext_lazy("Enter a number of more than %(min)s"),
    Quantity.LEVEL: gettext_lazy("Enter a level of more than %(min)s"),
    Quantity.T_SCORE: gettext_lazy("Enter a T score of more than %(min)s"),
}
_BELOW = {
    Quantity.SCORE: gettext_lazy("Enter a score below %(ceiling)s"),
    Quantity.CATEGORY: gettext_lazy("Enter a category below %(ceiling)s"),
    Quantity.TIME: gettext_lazy("Enter a time in seconds, below %(ceiling)s"),
    Quantity.SPEED: gettext_lazy("Enter a speed in metres per second, below %(ceiling)s"),
    Quantity.DISTANCE: gettext_lazy("Enter a distance in metres, below %(ceiling)s"),
    Quantity.FORCE: gettext_lazy("Enter a force in kilograms, below %(ceiling)s"),
    Quantity.COUNT: gettext_lazy("Enter a number below %(ceiling)s"),
    Quantity.LEVEL: gettext_lazy("Enter a level below %(ceiling)s"),
    Quantity.T_SCORE: gettext_lazy("Enter a T score below %(ceiling)s"),
}
_NUMBER_ALONE = gettext_lazy("Enter the number alone, in %(unit)s, such as %(example)s")
_UNITS = {
    Quantity.TIME: gettext_lazy("seconds"),
    Quantity.SPEED: gettext_lazy("metres per second"),
    Quantity.DISTANCE: gettext_lazy("metres"),
    Quantity.FORCE: gettext_lazy("kilograms"),
}
_DECIMALS = ngettext_lazy(
    "Enter no more than %(decimals)d decimal, such as %(example)s",
    "Enter no more than %(decimals)d decimals, such as %(example)s",
    "decimals",
)


def plain(value: Decimal) -> str:
    """A number in digits: a leading zero, no trailing zeros, no exponent, no minus before zero (0.5, 5, 100)."""
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Range, step and unit of one number that an instrument yields. The bounds and the step are exact decimals."""

    id: str
    label: "StrOrPromise"
    quantity: Quantity
    min: Decimal
    max: Decimal | None
    exclusive_min: bool
    step: Decimal
    decimals: int
    unit: str
    ucum: str
    soft_max: Decimal | None
    axis_max: Decimal
    # No published bound below: `min` is then ours, for storing and drawing, and no value lies under it.
    is_open_below: bool = False
    # The only possible values, where they are not evenly spaced.
    values: tuple[Decimal, ...] = ()
    # The scales whose sum this one is.
    sum_of: tuple[str, ...] = ()
    # Values that stand outside the order of the scale: no direction and no size of change to or from them.
    unordered: tuple[Decimal, ...] = ()

    @cached_property
    def last_place(self) -> Decimal:
        """One in the last place that a value has: 0.01 on a scale with two decimals."""
        return Decimal(1).scaleb(-self.decimals)

    def clean(self, entered: str | Decimal) -> Decimal:
        """The value on this scale for what a person typed or a record held, with exactly `decimals` decimals.

        Raises ValidationError, phrased as an instruction, for anything that is not a possible value, and TypeError for a
        binary float, which has already lost the digits that were measured.
        """
        number = _read(entered, self)
        if not self._is_within(number):
            raise self._refusal("range", self.range_words())
        if self.max is None and number >= CEILING:
            raise self._refusal("range", _BELOW[self.quantity], ceiling=plain(CEILING))
        value = number.quantize(self.last_place)
        offset = (value - self.min) % self.step
        if self.values and value not in self.values:
            raise self._not_a_value(number)
        if value == number and not offset:
            return value or abs(value)
        raise self._off_the_steps(number)

    def _is_within(self, number: Decimal) -> bool:
        above = number > self.min if self.exclusive_min else number >= self.min
        return above and (self.max is None or number <= self.max)

    def _not_a_value(self, number: Decimal) -> ValidationError:
        below = max((one for one in self.values if one < number), default=self.min)
        above = min((one for one in self.values if one > number), default=self.axis_max)
        words = gettext_lazy("Enter %(below)s or %(above)s: this scale has no value between them")
        return self._refusal("step", words, below=plain(below), above=plain(above))

    def _off_the_steps(self, number: Decimal) -> ValidationError:
        if self.step > self.last_place:
            below = number - (number - self.min) % self.step
            words = gettext_lazy("Enter %(below)s or %(above)s: this scale goes in steps of %(step)s")
            return self._refusal("step", words, below=plain(below), above=plain(below + self.step))
        if self.decimals == 0:
            words = gettext_lazy("Enter a whole number from %(min)s to %(max)s")
            return self._refusal("step", words if self.max is not None else gettext_lazy("Enter a whole number"))
        return self._refusal("decimals", _DECIMALS)

    def _refusal(self, code: str, words: "StrOrPromise", **more: Any) -> ValidationError:
        facts = {
            "min": plain(self.min),
            "max": "" if self.max is None else plain(self.max),
            "step": plain(self.step),
            "decimals": self.decimals,
            "example": self.example(),
        }
        return ValidationError(words, code=code, params=facts | more)

    def range_words(self) -> "StrOrPromise":
        """The instruction that names the range; %(min)s and %(max)s are to be filled in."""
        if self.max is not None:
            return _FROM_TO[self.quantity]
        return (_MORE_THAN if self.exclusive_min else _OR_MORE)[self.quantity]

    def instruction(self) -> str:
        """What to enter, as a hint beside the field: Enter a score from 0 to 100."""
        return str(self.range_words()) % {"min": plain(self.min), "max": "" if self.max is None else plain(self.max)}

    def example(self) -> str:
        """A possible value in digits from the middle of the scale, for a message about how to write one."""
        half = (self.min + self.axis_max) / 2
        if self.values:
            return plain(min(self.values, key=lambda one: abs(one - half)))
        value = half - (half - self.min) % self.step
        shows_decimals = not self.decimals or value % 1
        return plain(value if shows_decimals else value + self.step * 4 * 10 ** (self.decimals - 1))

    def accepts_unit(self, unit: str) -> bool:
        """Whether a value of a record with this unit (UCUM code or plain word) is a value of this scale as it stands.

        A time or speed without a unit is not: nobody said that it was seconds.
        """
        if self.quantity is Quantity.COUNT:
            return unit in {self.ucum, "", "1"}
        if not self.unit:
            return unit in {self.ucum, *_NO_UNIT}
        return unit in {self.ucum, self.unit}

    def warning_for(self, value: Decimal) -> str:
        """A request to look again at a possible but implausible value; an empty string for others."""
        if self.soft_max is None or value <= self.soft_max:
            return ""
        return _("More than %(limit)s is unusual: check the value") % {"limit": self.with_unit(plain(self.soft_max))}

    def format(self, value: Decimal) -> str:
        """A value as it is written anywhere: 65 of 100, 18.4 s, 0.82 m/s, with spaces that do not break."""
        if self.max is not None and self.quantity.is_of_maximum:
            words = _("%(value)s of %(max)s") % {"value": plain(value), "max": plain(self.max)}
            return words.replace(" ", NBSP)
        return self.with_unit(plain(value))

    @property
    def counted_in(self) -> str:
        """What a published size of change on this scale is given in: s, m/s, points, level."""
        return self.unit or UNITLESS.get(self.quantity, "")

    def with_unit(self, text: str) -> str:
        """Digits with the unit of this scale, if it has one."""
        return f"{text}{NBSP}{self.unit}" if self.unit else text


def _read(entered: str | Decimal, scale: Scale) -> Decimal:
    if isinstance(entered, Decimal):
        if not entered.is_finite():
            raise scale._refusal("invalid", scale.range_words())
        return entered
    if not isinstance(entered, str):
        raise TypeError(f"a score is a str or a Decimal, not {type(entered).__name__}")
    text = entered.strip().translate(_FULL_WIDTH) if len(entered) <= LONGEST_ENTRY else ""
    if any(comma in text for comma in _COMMAS):
        if scale.decimals:
            raise scale._refusal("comma", gettext_lazy("Use a point, not a comma, for decimals, such as %(example)s"))
        raise scale._refusal("comma", gettext_lazy("Enter a whole number, without a comma, such as %(example)s"))
    if not _NUMBER.fullmatch(text):
        unit = _UNITS.get(scale.quantity)
        if unit and _NUMBER.match(text) and any(map(str.isalpha, text)):
            raise scale._refusal("unit", _NUMBER_ALONE, unit=unit)
        raise scale._refusal("invalid", scale.range_words())
    return Decimal(text)
