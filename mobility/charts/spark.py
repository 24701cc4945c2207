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
    time = TimeAxis(ordered[0].on, ordered[-1].on, LEFT, RIGHT, 0)
    is_one_day = ordered[0].on == ordered[-1].on
    points: list[tuple[str, str]] = []
    path: list[str] = []
    for one in ordered:
        part = min(max((float(one.value) - lowest) / (highest - lowest), 0.0), 1.0)
        x = RIGHT if is_one_day else time.x(one.on)
        points.append((f"{x:.1f}", f"{BOTTOM - part * (BOTTOM - TOP):.1f}"))
        path.append(f"{'L' if path and one.is_joined else 'M'}{points[-1][0]},{points[-1][1]}")
    return Sparkline(path=" ".join(path), last_x=points[-1][0], last_y=points[-1][1])
