"""A sparkline: the trend at the size of a word, for tables. templates/mobility/_caseload_cell.jinja draws its frame."""

from collections.abc import Iterable

from mobility.catalogue import Instrument
from mobility.charts.axes import axis_top
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
    first, last = ordered[0].on.toordinal(), ordered[-1].on.toordinal()
    start, per_day = (LEFT, (RIGHT - LEFT) / (last - first)) if last > first else (RIGHT, 0.0)
    points: list[str] = []
    for one in ordered:
        x = start + (one.on.toordinal() - first) * per_day
        y = min(max(BOTTOM - (float(one.value) - lowest) * each, TOP), BOTTOM)
        points.append(f"{'L' if one.is_joined and points else 'M'}{x:.1f},{y:.1f}")
    last_x, last_y = points[-1][1:].split(",")
    return Sparkline(path=" ".join(points), last_x=last_x, last_y=last_y)
