"""Where words fit: beside points, clear of other words, points and lines."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from mobility.charts.shapes import Dot, Text

CAP = 0.74  # height of capitals and digits, in parts of the type size
GAP = 4.0
_OUTSIDE = 1_000


def text_width(text: str, size: float) -> float:
    """A careful estimate of the width of a text in a system font, a little too wide rather than too narrow."""
    return size * sum(map(_em, text))


@cache
def _em(letter: str) -> float:
    """The width of one letter in parts of the type size."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1
    if letter in "mwMW":
        return 0.9
    if letter in " \N{NO-BREAK SPACE}.,:;'|()[]/-fijlrt":
        return 0.36
    return 0.68 if letter.isupper() else 0.6


class Box(NamedTuple):
    """A rectangle that words or a mark take up."""

    x1: float
    y1: float
    x2: float
    y2: float

    def overlaps(self, others: "Iterable[Box]") -> int:
        """How many of these boxes it overlaps."""
        left, top, right, bottom = self
        found = 0
        for x1, y1, x2, y2 in others:
            if left < x2 and x1 < right and top < y2 and y1 < bottom:
                found += 1
        return found

    def crossings(self, points: "Sequence[Dot]") -> int:
        """How many of the lines from each of these points to the next, which lies no further left, run through this box."""
        left, top, right, bottom = self
        found = 0
        for start, end in pairwise(points):
            x, y = start.x, start.y
            if end.x < left or x > right or (y < top and end.y < top) or (y > bottom and end.y > bottom):
                continue
            rise = (end.y - y) / (end.x - x) if end.x > x else 0.0
            here = y + rise * (left - x) if x < left else y
            there = y + rise * (right - x) if end.x > right else end.y
            if min(here, there) < bottom and max(here, there) > top:
                found += 1
        return found


def box_of(text: Text, size: float) -> Box:
    """The space that a text takes, with a little air around it."""
    width = text_width(text.text, size)
    left = text.x - width * _BEFORE[text.anchor]
    return Box(left - 1, text.y - size * CAP - 2, left + width + 1, text.y + 2)


_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}  # how much of a text lies before its anchor


class Labels:
    """Places words one after the other; what is placed first keeps its place."""

    def __init__(self, dots: Sequence[Dot], bounds: Box) -> None:
        self._dots = dots
        self._xs = [one.x for one in dots]
        self._marks = [_around(one) for one in dots]
        self._bounds = bounds
        self._taken: list[Box] = []

    def place(self, candidates: Iterator[Text], size: float, *, must: bool = False) -> Text | None:
        """The first candidate that collides with nothing. With `must`, the one that collides least; else None."""
        best: tuple[int, Text, Box] | None = None
        for one in candidates:
            box = box_of(one, size)
            cost = self._cost(box, in_full=must)
            if best is None or cost < best[0]:
                best = (cost, one, box)
            if not cost:
                break
        if best is None or (best[0] and not must):
            return None
        self._taken.append(best[2])
        return best[1]

    def _cost(self, box: Box, *, in_full: bool) -> int:
        """How much is in the way; where not `in_full`, whether anything is."""
        if box.x1 < self._bounds.x1 or box.x2 > self._bounds.x2 or box.y1 < self._bounds.y1 or box.y2 > self._bounds.y2:
            return _OUTSIDE
        low, high = bisect_left(self._xs, box.x1 - 6), bisect_right(self._xs, box.x2 + 6)
        found = 50 * box.overlaps(self._taken) + 5 * box.overlaps(self._marks[low:high])
        if found and not in_full:
            return found
        near = self._dots[max(low - 1, 0) : high + 1]
        return found + box.crossings(near)

    def value_places(self, index: int, text: str, size: float) -> Iterator[Text]:
        """Places for the value of a point, best first: above, or below where the line dips; then beside, then askew."""
        dot = self._dots[index]
        cap, away = size * CAP, dot.r + GAP
        half = text_width(text, size) / 2
        middle = min(max(dot.x, self._bounds.x1 + half + 1), self._bounds.x2 - half - 1)
        above = Text(middle, dot.y - away, text, "middle")
        below = Text(middle, dot.y + away + cap, text, "middle")
        yield from (below, above) if self._dips(index) else (above, below)
        yield Text(dot.x + away, dot.y + cap / 2, text, "start")
        yield Text(dot.x - away, dot.y + cap / 2, text, "end")
        for shift in (-0.9, 0.9, -1.6, 1.6):
            for end in (above, below):
                yield Text(end.x + shift * half, end.y, text, "middle")

    def _dips(self, index: int) -> bool:
        here = self._dots[index].y
        around = [self._dots[one].y for one in (index - 1, index + 1) if 0 <= one < len(self._dots)]
        return bool(around) and all(one < here for one in around)


def _around(dot: Dot) -> Box:
    return Box(dot.x - dot.r, dot.y - dot.r, dot.x + dot.r, dot.y + dot.r)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres as near as possible to the wanted ones (ascending), so that blocks of these heights do not overlap."""
    centres = list(wanted)
    floor = low
    for number, height in enumerate(heights):
        centres[number] = max(centres[number], floor + height / 2)
        floor = centres[number] + height / 2
    ceiling = high
    for number in reversed(range(len(centres))):
        centres[number] = min(centres[number], ceiling - heights[number] / 2)
        ceiling = centres[number] - heights[number] / 2
    return centres
