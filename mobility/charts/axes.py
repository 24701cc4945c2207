"""Scales of a chart: the whole of an instrument's range upwards, and time to scale along the bottom."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import cached_property  # that of functools takes a lock

from mobility.catalogue import Scale

# Preferred numbers for a top or a step; 4 divides 1.6 and 20 but reads worse than 5.
_TOPS = tuple(Decimal(one) for one in ("1", "1.5", "2", "3", "4", "5", "6", "8", "10"))
_STEPS = tuple(Decimal(one) for one in ("1", "2", "2.5", "4", "5"))
_WANTED_STEPS = 5


def axis_top(scale: Scale, values: Sequence[Decimal]) -> Decimal:
    """The top of the value axis: the maximum of the scale; without one the usual top, or a round number above the values."""
    if scale.max is not None:
        return scale.max
    highest = max(values, default=scale.axis_max)
    if highest <= scale.axis_max:
        return scale.axis_max
    power = Decimal(1).scaleb(highest.adjusted())
    return next(one * power for one in _TOPS if one * power >= highest)


def value_ticks(bottom: Decimal, top: Decimal) -> tuple[Decimal, ...]:
    """Round numbers from bottom to top, both ends included, about five steps apart."""
    step = min(_candidate_steps(top - bottom), key=lambda one: _awkwardness(top - bottom, one))
    count = int((top - bottom) // step)
    ticks = [bottom + step * number for number in range(count + 1)]
    if ticks[-1] != top:
        if top - ticks[-1] <= step * 2 / 5:
            ticks.pop()
        ticks.append(top)
    return tuple(ticks)


def _candidate_steps(span: Decimal) -> Iterator[Decimal]:
    power = (span / _WANTED_STEPS).adjusted()
    for exponent in (power, power + 1):
        yield from (one.scaleb(exponent) for one in _STEPS)


def _awkwardness(span: Decimal, step: Decimal) -> Decimal:
    count = span / step
    leading = step.normalize().as_tuple().digits
    return abs(count - _WANTED_STEPS) + (1 if count % 1 else 0) + (Decimal("1.2") if leading == (4,) else 0)


@dataclass(frozen=True)
class TimeAxis:
    """Days to x, in proportion. The first score stands at `left + pad`, the last at `right - pad`."""

    first: dt.date
    last: dt.date
    left: float
    right: float
    pad: float

    def x(self, day: dt.date) -> float:
        """Where a day is drawn; in the middle if all scores are of one day."""
        return self.places([day])[0]

    def places(self, days: Sequence[dt.date]) -> list[float]:
        """Where each of these days is drawn."""
        if not self._per_day:
            return [(self.left + self.right) / 2] * len(days)
        start, first, per_day = self.left + self.pad, self._from, self._per_day
        return [start + (day.toordinal() - first) * per_day for day in days]

    @cached_property
    def _per_day(self) -> float:
        span = (self.last - self.first).days
        return (self.right - self.left - 2 * self.pad) / span if span else 0.0

    @cached_property
    def _from(self) -> int:
        return self.first.toordinal()

    def ticks(self, spacing: float) -> tuple[dt.date, ...]:
        """Evenly chosen days, as many as fit with `spacing` between them; the day itself if there is only one."""
        span = (self.last - self.first).days
        if not span:
            return (self.first,)
        room = (self.right - self.left) / spacing
        per_day = (self.right - self.left - 2 * self.pad) / span
        edge = min(self.pad / per_day, 365_000)
        start, end = _shift(self.first, -edge), _shift(self.last, edge)
        for step in _TIME_STEPS:
            if (end - start).days / step.days <= room:
                return tuple(step.between(start, end)) or (self.first,)
        return (self.first, self.last)


def _shift(day: dt.date, days: float) -> dt.date:
    number = min(max(day.toordinal() + int(days), 1), dt.date.max.toordinal())
    return dt.date.fromordinal(number)


@dataclass(frozen=True)
class _Step:
    """A distance between ticks: whole days, or whole months where `months` is given."""

    days: float
    months: int = 0

    def between(self, start: dt.date, end: dt.date) -> Iterator[dt.date]:
        if self.months:
            number = -(-(start.year * 12 + start.month - 1 + (start.day > 1)) // self.months) * self.months
            while number // 12 <= end.year and dt.date(number // 12, number % 12 + 1, 1) <= end:
                yield dt.date(number // 12, number % 12 + 1, 1)
                number += self.months
            return
        size = int(self.days)
        # Ordinal 1 is a Monday: ticks every 7 or 14 days are Mondays.
        for ordinal in range(start.toordinal() + (1 - start.toordinal()) % size, end.toordinal() + 1, size):
            yield dt.date.fromordinal(ordinal)


_TIME_STEPS = (
    *(_Step(days) for days in (1, 2, 7, 14)),
    *(_Step(30.5 * months, months) for months in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)),
)
