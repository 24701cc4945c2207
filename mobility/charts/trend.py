"""The trend chart of one instrument: the whole scale, time to scale, every value in place."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format

from mobility.catalogue import Instrument, Scale, plain
from mobility.charts import wording, zones
from mobility.charts.axes import TimeAxis, axis_top, value_ticks
from mobility.charts.labels import Box, Labels, text_width
from mobility.charts.shapes import Dot, Drawing, Line, Reading, Text, TrendChart
from ui.dates import show_date

TICK_SIZE = 12
VALUE_SIZE = 13
LAST_SIZE = 18
# Above this many scores only the first, last, lowest and highest carry their value; the table has the rest.
ALL_LABELLED = 30
# Marks need about this much room each; with this many times too little room only labelled scores keep theirs.
MARK = 16
CROWDED = 4


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Size and margins of a drawing. A gutter beside the plot holds band names; without one they go inside."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    gutter: int
    pad: int


WIDE = Frame(width=860, height=380, left=38, right=24, top=28, bottom=30, gutter=172, pad=26)
NARROW = Frame(width=340, height=320, left=30, right=10, top=26, bottom=30, gutter=0, pad=18)


def trend_chart(
    instrument: Instrument,
    readings: Iterable[Reading],
    *,
    uid: str = "",
    scale_id: str | None = None,
    is_paged: bool = False,
) -> TrendChart | None:
    """Words and geometry of the chart of one instrument for one person; None if there are no scores.

    `is_paged` where the table of the same figures shows them a page at a time. Scores are drawn by day; those of one day keep the order given, the last given being the newest. A value outside the
    scale, which only an older catalogue could have let in, is drawn at the edge with its true number.
    """
    ordered = tuple(sorted(readings, key=lambda one: one.on))
    if not ordered:
        return None
    scale = instrument.scale(scale_id)
    return TrendChart(
        uid=uid or f"trend-{instrument.id}-{scale.id}",
        heading=wording.finding(instrument, scale, ordered),
        summary=wording.summary(instrument, ordered),
        title=wording.title(instrument, ordered),
        description=wording.description(instrument, scale, ordered, is_paged=is_paged),
        band_note=wording.band_note(instrument, scale),
        wide=_Plot(instrument, scale, ordered, WIDE).drawing(),
        narrow=_Plot(instrument, scale, ordered, NARROW).drawing(),
    )


class _Plot:
    """The layout of one drawing."""

    def __init__(self, instrument: Instrument, scale: Scale, readings: tuple[Reading, ...], frame: Frame) -> None:
        self.frame, self.scale, self.readings = frame, scale, readings
        self.highest = axis_top(scale, [one.value for one in readings])
        self.ticks = value_ticks(scale.min, self.highest)
        self.tick_words = [*(plain(one) for one in self.ticks[:-1]), scale.with_unit(plain(self.ticks[-1]))]
        self.top, self.bottom = float(frame.top), float(frame.height - frame.bottom)
        self.left = max(float(frame.left), 10 + max(text_width(one, TICK_SIZE) for one in self.tick_words))
        self.bands = zones.stretches(instrument, scale, self.highest, self.y)
        self.right = float(frame.width - (frame.gutter if frame.gutter and self.bands else frame.right))
        self.time = TimeAxis(readings[0].on, readings[-1].on, self.left, self.right, frame.pad)
        self.crowd = len(readings) * MARK / (self.right - self.left)
        self.is_crowded = self.crowd > CROWDED
        self.dots = self._dots()
        self.labels = Labels(self.dots, Box(self.left, 1, self.right, self.bottom - 1))

    def y(self, value: Decimal) -> float:
        """The height of a value, kept inside the plot."""
        part = (value - self.scale.min) / (self.highest - self.scale.min)
        return self.bottom - float(min(max(part, Decimal(0)), Decimal(1))) * (self.bottom - self.top)

    def drawing(self) -> Drawing:
        values, names = self._words()
        time_lines, time_words = self._time_ticks()
        return Drawing(
            width=self.frame.width,
            height=self.frame.height,
            zones=zones.backgrounds(self.bands, round(self.left, 1), round(self.right, 1)),
            grid=tuple(self._across(one) for one in self.ticks[1:]),
            value_ticks=tuple(
                _rounded(Text(self.left - 8, self.y(one) + 4, words, "end"))
                for one, words in zip(self.ticks, self.tick_words, strict=True)
            ),
            axis=(self._across(self.scale.min), *time_lines),
            time_ticks=time_words,
            zone_labels=tuple(_rounded(one) for one in names),
            line=self.dots,
            marks=tuple(self.dots[one] for one in sorted(values)) if self.is_crowded else self.dots,
            value_labels=tuple(_rounded(one) for one in values.values()),
        )

    def _across(self, value: Decimal) -> Line:
        height = round(self.y(value), 1)
        return Line(round(self.left, 1), height, round(self.right, 1), height)

    def _dots(self) -> tuple[Dot, ...]:
        radius = 5.5 if self.crowd <= 1 or self.is_crowded else 4.0 if self.crowd <= 2 else 2.5
        return tuple(Dot(round(self.time.x(one.on), 1), round(self.y(one.value), 1), radius) for one in self.readings)

    def _words(self) -> tuple[dict[int, Text], list[Text]]:
        """Values by the index of their score, and band names. The values that matter most are placed before the names."""
        values: dict[int, Text] = {}
        last = len(self.dots) - 1
        self._label(values, last, LAST_SIZE, must=True)
        self._label(values, 0, VALUE_SIZE, must=True)
        inner = range(1, last)
        if inner:
            self._label(values, max(inner, key=self._value), VALUE_SIZE)
            self._label(values, min(inner, key=self._value), VALUE_SIZE)
        names = self._zone_labels()
        if len(self.dots) <= ALL_LABELLED:
            for index in sorted(inner, key=lambda one: (not self._turns(one), -one)):
                self._label(values, index, VALUE_SIZE)
        return values, names

    def _label(self, values: dict[int, Text], index: int, size: int, *, must: bool = False) -> None:
        if index in values:
            return
        places = self.labels.value_places(index, plain(self.readings[index].value), size)
        text = self.labels.place(places, size, must=must)
        if text is not None:
            values[index] = Text(text.x, text.y, text.text, text.anchor, is_last=size == LAST_SIZE)

    def _value(self, index: int) -> Decimal:
        return self.readings[index].value

    def _turns(self, index: int) -> bool:
        before, here, after = (self._value(one) for one in (index - 1, index, index + 1))
        return (here - before) * (after - here) < 0

    def _zone_labels(self) -> list[Text]:
        if self.frame.gutter:
            room = self.frame.gutter - 14
            return zones.labels_beside(self.bands, self.scale, self.right + 10, room, 4, self.bottom)
        must = not self.is_crowded
        return zones.labels_inside(self.bands, self.scale, self.labels, self.left, self.right, must=must)

    def _time_ticks(self) -> tuple[tuple[Line, ...], tuple[Text, ...]]:
        """Ticks with day and month; the year stands on the first tick and on the first of each later year."""
        spacing = text_width(show_date(self.readings[0].on), TICK_SIZE) + 10
        lines, words, year = [], [], None
        for day in self.time.ticks(spacing):
            x = round(self.time.x(day), 1)
            text = show_date(day) if day.year != year else date_format(day, "d-M")
            half = text_width(text, TICK_SIZE) / 2
            if not half <= x <= self.frame.width - half:
                continue
            lines.append(Line(x, self.bottom, x, self.bottom + 5))
            words.append(Text(x, self.bottom + 19, text, "middle"))
            year = day.year
        return tuple(lines), tuple(words)


def _rounded(text: Text) -> Text:
    return Text(round(text.x, 1), round(text.y, 1), text.text, text.anchor, text.is_last)
