"""Small multiples: the trends of all measures beside each other, on one time axis and each on its own whole scale."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from mobility.catalogue import Scale
from mobility.charts.axes import TimeAxis, axis_top
from mobility.charts.shapes import Corridor, Dot, SmallChart

WIDTH, HEIGHT = 240, 60
LEFT, RIGHT, TOP, BOTTOM = 5.0, 235.0, 6.0, 54.0


def small_chart(
    scale: Scale, days: Sequence[dt.date], values: Sequence[Decimal], corridor: Corridor | None, time: TimeAxis, *,
    unjoined: Collection[int] = (), apart: Collection[int] = (),
) -> SmallChart:  # fmt: skip
    """The scores of one episode, oldest first and not none. `time` is the axis that all charts of that episode share.

    `unjoined`: the places of scores that no line leads to; `apart`: of those that cannot be compared with the baseline.
    """
    lowest, highest = float(scale.min), float(axis_top(scale, values))
    each = (BOTTOM - TOP) / (highest - lowest)

    def height(value: Decimal) -> float:
        return min(max(BOTTOM - (float(value) - lowest) * each, TOP), BOTTOM)

    xs, ys = time.places(days), [BOTTOM - (float(one) - lowest) * each for one in values]
    if min(ys) < TOP or max(ys) > BOTTOM:
        ys = [height(one) for one in values]
    points = [f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True)]
    first, last = points[0].split(","), points[-1].split(",")
    return SmallChart(
        joined=tuple(runs(points, unjoined)),
        corridor=_box(float(first[0]), height(corridor.high), height(corridor.low)) if corridor else None,
        first=(first[0], first[1]),
        last=(last[0], last[1]),
        apart="".join(Dot(round(xs[place], 1), round(ys[place], 1), 2.5).path for place in apart),
    )


def time_axis(days: Sequence[dt.date]) -> TimeAxis:
    """The axis from the first of these days to the last."""
    return TimeAxis(min(days), max(days), LEFT, RIGHT, 0)


def runs(points: Sequence[str], unjoined: Collection[int]) -> Iterator[str]:
    """The points that lines join, each run of two or more as SVG writes it; no line leads to those at `unjoined`."""
    edges = [0, *sorted(place for place in unjoined if place), len(points)]
    for start, end in pairwise(edges):
        if end - start > 1:
            yield " ".join(points[start:end])


def _box(left: float, top: float, bottom: float) -> tuple[str, str, str, str]:
    return (f"{left:.1f}", f"{top:.1f}", f"{RIGHT - left:.1f}", f"{max(bottom - top, 0.5):.1f}")
