"""What a chart consists of. Lengths are user units of the drawing's view box, y growing downwards.

What there are hundreds of is a tuple: it is made in a third of the time that a frozen dataclass takes.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Mark(StrEnum):
    """How a score is marked: by what became of the score before it, or that it stands apart from its baseline."""

    PLAIN = ""
    UP = "up"
    DOWN = "down"
    APART = "apart"


class Glyph(StrEnum):
    """The mark of an event below the time axis."""

    BETTER = "better"
    WORSE = "worse"
    OUT = "out"
    BACK = "back"
    START = "start"
    OTHER = "other"


class Reading(NamedTuple):
    """One score to draw: the day it was taken and its exact value.

    `is_joined`: it may be compared with the one before it, so that a line joins the two. `is_better` gives the colour of
    an arrow, whose direction is the number's.
    """

    on: dt.date
    value: Decimal
    is_joined: bool = True
    mark: Mark = Mark.PLAIN
    is_better: bool = False


@dataclass(frozen=True, kw_only=True)
class Corridor:
    """Between which values a score is within measurement error of a baseline, from its day on; `until` None: to the end.

    `words` say it in full, `short` where there is little room.
    """

    on: dt.date
    until: dt.date | None
    baseline: Decimal
    low: Decimal
    high: Decimal
    words: str
    short: str


@dataclass(frozen=True, kw_only=True)
class Aim:
    """The value from which a change since a baseline matters to people."""

    on: dt.date
    value: Decimal
    words: str
    short: str


@dataclass(frozen=True)
class Event:
    """Something that happened on a day. `number` is its number in the list beside the chart, `short` its name here."""

    on: dt.date
    glyph: Glyph
    number: int
    short: str = ""


@dataclass(frozen=True)
class Start:
    """The first day of an episode, and what it is called."""

    on: dt.date
    words: str


class Text(NamedTuple):
    """Words at a place; y is the baseline, anchor one of start, middle, end."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    is_last: bool = False


class Line(NamedTuple):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float


class Zone(NamedTuple):
    """The background of one band; step 1 is the darkest and the worst, 5 the lightest."""

    step: int
    x: float
    y: float
    width: float
    height: float


class Dot(NamedTuple):
    """One score; r is the radius of its mark, kind how it is marked, and `path` the outline of an arrow."""

    x: float
    y: float
    r: float
    kind: str = ""

    @property
    def path(self) -> str:
        """Its outline as SVG writes it: a circle, or an arrow."""
        if self.kind in {"", Mark.APART}:
            r = self.r
            return f"M{self.x - r:.1f} {self.y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 -{2 * r} 0z"
        return arrow(self.x, self.y, self.r * 1.45, is_up=self.kind.startswith(Mark.UP))


def arrow(x: float, y: float, size: float, *, is_up: bool) -> str:
    """The outline of a triangle around a point."""
    way = 1 if is_up else -1
    return f"M{x:.1f} {y - way * size:.1f}l{size:.1f} {way * size * 1.75:.1f}h{-2 * size:.1f}z"


@dataclass(frozen=True, kw_only=True)
class Tag:
    """One event, or some that lie too close together to tell apart: a glyph below the axis, and its number or name."""

    glyph: str
    path: str
    stem: Line
    text: Text


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One chart at one width, in the order in which it is drawn.

    `line` has the place of every score; `joined` are the runs of scores that a line joins, as SVG writes them; `marks` are
    their circles and arrows. `corridors` and their `edges` are where a score is within measurement error of its baseline.
    """

    width: int
    height: int
    zones: tuple[Zone, ...]
    grid: tuple[Line, ...]
    value_ticks: tuple[Text, ...]
    axis: tuple[Line, ...]
    time_ticks: tuple[Text, ...]
    zone_labels: tuple[Text, ...]
    corridors: tuple[Zone, ...] = ()
    edges: tuple[Line, ...] = ()
    baselines: tuple[Line, ...] = ()
    aims: tuple[Line, ...] = ()
    starts: tuple[Line, ...] = ()
    corridor_labels: tuple[Text, ...] = ()
    aim_labels: tuple[Text, ...] = ()
    start_labels: tuple[Text, ...] = ()
    tags: tuple[Tag, ...] = ()
    line: tuple[Dot, ...]
    joined: tuple[str, ...]
    marks: tuple[Dot, ...]
    value_labels: tuple[Text, ...]

    # Everything of one kind as one outline: a template takes as long for one as for another, however long it is.

    @property
    def grid_path(self) -> str:
        return _lines(self.grid)

    @property
    def axis_path(self) -> str:
        return _lines(self.axis)

    @property
    def edge_path(self) -> str:
        return _lines(self.edges)

    @property
    def baseline_path(self) -> str:
        return _lines(self.baselines)

    @property
    def aim_path(self) -> str:
        return _lines(self.aims)

    @property
    def start_path(self) -> str:
        return _lines(self.starts)

    @property
    def stem_path(self) -> str:
        return _lines([one.stem for one in self.tags])

    @property
    def mark_paths(self) -> dict[str, str]:
        """The outlines of the marks by kind; what is not plain lies on top."""
        found: dict[str, str] = {}
        for one in sorted(self.marks, key=lambda dot: bool(dot.kind)):
            found[one.kind] = found.get(one.kind, "") + one.path
        return found


def _lines(found: Iterable[Line]) -> str:
    return "".join(f"M{one.x1:g} {one.y1:g}L{one.x2:g} {one.y2:g}" for one in found)


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


@dataclass(frozen=True, kw_only=True)
class SmallChart:
    """A trend beside others that share its time axis, each on the whole of its own scale: its places as SVG writes them.

    `corridor` is x, y, width and height, or None without a threshold. `apart` is the outline of the scores that cannot be
    compared with the baseline.
    """

    joined: tuple[str, ...]
    corridor: tuple[str, str, str, str] | None
    first: tuple[str, str]
    last: tuple[str, str]
    apart: str
