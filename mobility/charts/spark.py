"""A sparkline: the trend at the size of a word, for tables."""

from collections.abc import Iterable

from mobility.catalogue import Instrument
from mobility.charts.axes import TimeAxis, axis_top
from mobility.charts.shapes import Dot, Line, Reading, Sparkline

WIDTH, HEIGHT = 76, 24
LEFT, RIGHT, TOP, BOTTOM = 3.0, 73.0, 3.0, 21.0
NEWEST = 12


def sparkline(instrument: Instrument, readings: Iterable[Reading], *, scale_id: str | None = None) -> Sparkline | None:
    """The newest twelve scores on the instrument's whole scale, time in proportion; None if there are no scores."""
    ordered = sorted(readings, key=lambda one: one.on)[-NEWEST:]
    if not ordered:
        return None
    scale = instrument.scale(scale_id)
    highest = axis_top(scale, [one.value for one in ordered])
    time = TimeAxis(ordered[0].on, ordered[-1].on, LEFT, RIGHT, 0)
    is_one_day = ordered[0].on == ordered[-1].on
    points = []
    for one in ordered:
        part = min(max(float((one.value - scale.min) / (highest - scale.min)), 0.0), 1.0)
        x = RIGHT if is_one_day else time.x(one.on)
        points.append(Dot(round(x, 1), round(BOTTOM - part * (BOTTOM - TOP), 1), 2.8))
    return Sparkline(width=WIDTH, height=HEIGHT, base=Line(LEFT, BOTTOM, RIGHT, BOTTOM), points=tuple(points))
