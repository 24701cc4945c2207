"""Bands as the background of a chart: lightness steps, named in words with their cut-offs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from mobility.catalogue import Band, BandRange, Direction, Instrument, Scale
from mobility.charts.labels import Labels, spread, text_width
from mobility.charts.shapes import Text, Zone

SIZE = 12
LINE = 15
_THINNEST = 4.0
_APART = 3.0
_LIGHTEST = 5


@dataclass(frozen=True)
class Stretch:
    """One range of a band between two heights of the drawing, top < bottom; `step` is its lightness."""

    range: BandRange
    step: int
    top: float
    bottom: float

    @property
    def is_thin(self) -> bool:
        """Whether nothing could be seen of it."""
        return self.bottom - self.top < _THINNEST


def stretches(instrument: Instrument, scale: Scale, top: Decimal, y: Callable[[Decimal], float]) -> tuple[Stretch, ...]:
    """The ranges that may be shown on this axis, from the lowest values up; none without a band that may be shown."""
    band = instrument.shown_band
    if band is None or band.scale_id != scale.id:
        return ()
    edges = [*_edges(band, scale), top]
    count = len(band.ranges)
    found = []
    for number, one in enumerate(band.ranges):
        if edges[number] >= top:
            break
        rank = number if instrument.direction is Direction.HIGHER else count - 1 - number
        step = 1 + round(rank * (_LIGHTEST - 1) / max(count - 1, 1))
        found.append(Stretch(one, step, y(min(edges[number + 1], top)), y(edges[number])))
    return tuple(found)


def _edges(band: Band, scale: Scale) -> Iterator[Decimal]:
    """Lower edges. Between whole numbers the edge is half-way, so that a point never lies on it."""
    half = Decimal("0.5") if scale.decimals == 0 else Decimal(0)
    yield scale.min
    for one in band.ranges[1:]:
        low = one.low if one.low is not None else scale.min
        yield low - half if one.low_included else low + half


def backgrounds(found: tuple[Stretch, ...], left: float, right: float) -> tuple[Zone, ...]:
    """One rectangle for each stretch that can be seen; a stretch too thin leaves its place to the one below."""
    zones: list[Zone] = []
    for one in found:
        if one.is_thin and zones:
            below = zones.pop()
            height = round(below.y + below.height - one.top, 1)
            zones.append(Zone(below.step, below.x, round(one.top, 1), below.width, height))
        elif not one.is_thin:
            height = round(one.bottom - one.top, 1)
            zones.append(Zone(one.step, left, round(one.top, 1), round(right - left, 1), height))
    return tuple(zones)


def labels_beside(
    found: tuple[Stretch, ...], scale: Scale, x: float, room: float, low: float, high: float
) -> list[Text]:
    """Names and cut-offs in a gutter, each level with its stretch, in one or two lines; heights `low` to `high` are free."""
    blocks = [(one, _lines(one, scale, room)) for one in reversed(found)]
    wanted = [_level(one) for one, _ in blocks]
    heights = [float(LINE * len(lines) + _APART) for _, lines in blocks]
    texts = []
    for (_, lines), centre in zip(blocks, spread(wanted, heights, low, high), strict=True):
        first = centre - LINE * (len(lines) - 1) / 2 + SIZE * 0.36
        texts += [Text(x, round(first + LINE * number, 1), line) for number, line in enumerate(lines)]
    return texts


def _level(one: Stretch) -> float:
    return one.top - LINE / 2 if one.is_thin else (one.top + one.bottom) / 2


def _lines(one: Stretch, scale: Scale, room: float) -> tuple[str, ...]:
    words = (str(one.range.short), one.range.cutoffs(scale))
    together = " ".join(words)
    return (together,) if text_width(together, SIZE) <= room else words


def labels_inside(
    found: tuple[Stretch, ...], scale: Scale, labels: Labels, left: float, right: float, *, must: bool
) -> list[Text]:
    """Names and cut-offs inside their stretches, where it is clearest; with `must`, in every stretch of a line's height."""
    texts = []
    for one in found:
        tall = one.bottom - one.top >= LINE
        # The axis names the unit; on a phone each letter counts.
        words = f"{one.range.short} {one.range.cutoffs(scale, with_unit=False)}"
        text = labels.place(_corners(one, words, left, right), SIZE, must=must and tall)
        if text is not None:
            texts.append(text)
    return texts


def _corners(one: Stretch, words: str, left: float, right: float) -> Iterator[Text]:
    middle = (one.top + one.bottom) / 2 + SIZE * 0.36
    rows = [one.top - 6] if one.is_thin else [one.top + 13, one.bottom - 5, middle]
    for row in rows:
        yield Text(right - 6, round(row, 1), words, "end")
        yield Text(left + 6, round(row, 1), words, "start")
