"""A sparkline: the trend at the size of a word, for tables. templates/mobility/_caseload_cell.jinja draws its frame."""

from collections.abc import Iterable

from mobility.catalogue import Instrument
from mobility.charts.axes import TimeAxis, axis_top
from mobility.charts.shapes import Reading, Sparkline

LEFT, RIGHT, TOP, BOTTOM = 3.0, 73.0, 3.0, 21.0
NEWEST = 12


def sparkline(instrument: Instrument, readings: Iterable[Reading], *, scale_id: str | None = None) -> Sparkline | None:
    """The newest twelve scores on the instrument's whole scale, time in proportion; None if there are no scores."""
    ordered = sorted(readings, key=lambda one: one.on)[-NEWEST:]
    if not ordered:
        return None
    scale = instrument.scale(scale_id)
    lowest, highest = float(scale.min), float(axis_top(scale, [one.value for one in ordered]))
    each = (BOTTOM - TOP) / (highest - lowest)
    days = [one.on for one in ordered]
    is_one_day = days[0] == days[-1]
    xs = [RIGHT] * len(days) if is_one_day else TimeAxis(days[0], days[-1], LEFT, RIGHT, 0).places(days)
    ys = [min(max(BOTTOM - (float(one.value) - lowest) * each, TOP), BOTTOM) for one in ordered]
    points = [f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True)]
    letters = ["M", *("L" if one.is_joined else "M" for one in ordered[1:])]
    last_x, last_y = points[-1].split(",")
    return Sparkline(path=" ".join(map("".join, zip(letters, points, strict=True))), last_x=last_x, last_y=last_y)
