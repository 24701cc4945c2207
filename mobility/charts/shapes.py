"""What a chart consists of. Lengths are user units of the drawing's view box, y growing downwards."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Reading:
    """One score to draw: the day it was taken and its exact value."""

    on: dt.date
    value: Decimal


@dataclass(frozen=True)
class Text:
    """Words at a place; y is the baseline, anchor one of start, middle, end."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    is_last: bool = False


@dataclass(frozen=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Zone:
    """The background of one band; step 1 is the darkest and the worst, 5 the lightest."""

    step: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Dot:
    """One score; r is the radius of its mark."""

    x: float
    y: float
    r: float


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One chart at one width, in the order in which it is drawn: `line` joins every score, `marks` are its circles."""

    width: int
    height: int
    zones: tuple[Zone, ...]
    grid: tuple[Line, ...]
    value_ticks: tuple[Text, ...]
    axis: tuple[Line, ...]
    time_ticks: tuple[Text, ...]
    zone_labels: tuple[Text, ...]
    line: tuple[Dot, ...]
    marks: tuple[Dot, ...]
    value_labels: tuple[Text, ...]


@dataclass(frozen=True, kw_only=True)
class TrendChart:
    """One instrument over time, twice: wide, and narrow for a phone. `uid` makes the ids of both unique on the page."""

    uid: str
    heading: str
    summary: str
    title: str
    description: str
    band_note: str
    wide: Drawing
    narrow: Drawing


@dataclass(frozen=True, kw_only=True)
class Sparkline:
    """A trend the size of a word, on the fixed scale of its instrument; the number and the change stand beside it.

    The places of the scores as SVG writes them, in strings, because a caseload page draws two hundred; the newest is
    the only one with a mark.
    """

    path: str
    last_x: str
    last_y: str
