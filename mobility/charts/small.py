"""Small multiples: the trends of all measures beside each other, on one time axis and each on its own whole scale."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from mobility.catalogue import Scale
from mobility.charts.axes import TimeAxis, axis_top
from mobility.charts.shapes import Corridor, Dot, Mark, Reading, SmallChart

WIDTH, HEIGHT = 240, 60
LEFT, RIGHT, TOP, BOTTOM = 5.0, 235.0, 6.0, 54.0
Place = tuple[str, str]


def small_chart(scale: Scale, readings: Sequence[Reading], corridor: Corridor | None, time: TimeAxis) -> SmallChart:
    """The scores of one episode, oldest first and not none. `time` is the axis that all charts of that episode share."""
    lowest, highest = float(scale.min), float(axis_top(scale, [one.value for one in readings]))
    each = (BOTTOM - TOP) / (highest - lowest)

    def y(value: Decimal) -> float:
        return min(max(BOTTOM - (float(value) - lowest) * each, TOP), BOTTOM)

    # Each height is worked out once: a tab draws hundreds of scores, of few values.
    ys = {value: f"{y(value):.1f}" for value in {one.value for one in readings}}
    places = [(f"{time.x(one.on):.1f}", ys[one.value]) for one in readings]
    return SmallChart(
        joined=tuple(runs(readings, places)),
        corridor=_corridor(corridor, places[0], y) if corridor else None,
        baseline=places[0][1],
        first=places[0],
        last=places[-1],
        apart="".join(
            Dot(float(x), float(y), 2.5).path
            for one, (x, y) in zip(readings, places, strict=True)
            if one.mark is Mark.APART
        ),
    )


def time_axis(readings: Sequence[Reading]) -> TimeAxis:
    """The axis from the first of these scores to the last."""
    days = [one.on for one in readings]
    return TimeAxis(min(days), max(days), LEFT, RIGHT, 0)


def runs(readings: Sequence[Reading], places: Sequence[Place]) -> Iterator[str]:
    """The places of scores that lines join, each run of two or more as SVG writes it."""
    run = [places[0]]
    for (_, here), place in zip(pairwise(readings), places[1:], strict=True):
        if not here.is_joined:
            yield from _written(run)
            run = []
        run.append(place)
    yield from _written(run)


def _written(run: Sequence[Place]) -> Iterator[str]:
    if len(run) > 1:
        yield " ".join(f"{x},{y}" for x, y in run)


def _corridor(corridor: Corridor, first: Place, y: Callable[[Decimal], float]) -> tuple[str, str, str, str]:
    top, bottom = y(corridor.high), y(corridor.low)
    left = float(first[0])
    return (first[0], f"{top:.1f}", f"{RIGHT - left:.1f}", f"{max(bottom - top, 0.5):.1f}")
