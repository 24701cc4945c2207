"""The trend chart of one instrument: the whole scale, time to scale, every value in place."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from mobility.catalogue import Instrument, Scale, plain
from mobility.charts import corridors, lane, wording, zones
from mobility.charts.axes import TimeAxis, axis_top, value_ticks
from mobility.charts.labels import Box, Labels, text_width
from mobility.charts.shapes import Aim, Corridor, Dot, Drawing, Event, Line, Mark, Reading, Start, Text, TrendChart
from mobility.charts.small import runs
from ui.dates import show_date, show_day

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


@dataclass(frozen=True, kw_only=True)
class Context:
    """What is drawn beside the scores: episodes, corridors around their baselines, and what happened meanwhile.

    `heading` is the finding, "" for the change since the first score alone.
    """

    heading: str = ""
    corridors: tuple[Corridor, ...] = ()
    aim: Aim | None = None
    events: tuple[Event, ...] = ()
    starts: tuple[Start, ...] = ()


ALONE = Context()


def trend_chart(
    instrument: Instrument,
    readings: Iterable[Reading],
    *,
    uid: str = "",
    scale_id: str | None = None,
    is_paged: bool = False,
    context: Context = ALONE,
) -> TrendChart | None:
    """Words and geometry of the chart of one instrument for one person; None if there are no scores.

    `is_paged` where the table of the same figures shows them a page at a time. Scores are drawn by day; those of one day
    keep the order given, the last given being the newest. A value outside the scale, which only an older catalogue could
    have let in, is drawn at the edge with its true number.
    """
    ordered = tuple(sorted(readings, key=lambda one: one.on))
    if not ordered:
        return None
    scale = instrument.scale(scale_id)
    heading = context.heading or wording.finding(instrument, scale, ordered)
    return TrendChart(
        uid=uid or f"trend-{instrument.id}-{scale.id}",
        heading=heading,
        summary=wording.summary(instrument, ordered),
        title=wording.title(instrument, ordered),
        description=wording.description(instrument, scale, ordered, heading, context, is_paged=is_paged),
        band_note=wording.band_note(instrument, scale),
        wide=_Plot(instrument, scale, ordered, WIDE, context).drawing(),
        narrow=_Plot(instrument, scale, ordered, NARROW, context).drawing(),
    )


class _Plot:
    """The layout of one drawing."""

    def __init__(
        self, instrument: Instrument, scale: Scale, readings: tuple[Reading, ...], frame: Frame, context: Context
    ) -> None:
        self.frame, self.scale, self.readings, self.context = frame, scale, readings, context
        self.highest = axis_top(scale, [one.value for one in readings])
        self.lowest, self.span = float(scale.min), float(self.highest - scale.min)
        self.ticks = value_ticks(scale.min, self.highest)
        self.tick_words = [*(plain(one) for one in self.ticks[:-1]), scale.with_unit(plain(self.ticks[-1]))]
        self.top, self.bottom = float(frame.top), float(frame.height - frame.bottom)
        self.left = max(float(frame.left), 10 + max(text_width(one, TICK_SIZE) for one in self.tick_words))
        self.bands = zones.stretches(instrument, scale, self.highest, self.y)
        self.right = float(frame.width - (frame.gutter if frame.gutter and self.bands else frame.right))
        days = [readings[0].on, readings[-1].on, *(one.on for one in context.events)]
        self.time = TimeAxis(min(days), max(days), self.left, self.right, frame.pad)
        self.crowd = len(readings) * MARK / (self.right - self.left)
        self.is_crowded = self.crowd > CROWDED
        self.unjoined = [place for place, one in enumerate(readings) if not one.is_joined]
        self.dots = self._dots()
        self.labels = Labels(self.dots, Box(self.left, 1, self.right, self.bottom - 1))

    def y(self, value: Decimal) -> float:
        """The height of a value, kept inside the plot."""
        part = (float(value) - self.lowest) / self.span
        return self.bottom - min(max(part, 0.0), 1.0) * (self.bottom - self.top)

    def drawing(self) -> Drawing:
        values, names = self._words()
        time_lines, time_words = self._time_ticks()
        events = tuple((self.time.x(one.on), one) for one in self.context.events)
        corridors, aim = self.corridors, self.aim
        return Drawing(
            width=self.frame.width,
            height=self.frame.height + (lane.HEIGHT if events else 0),
            corridors=tuple(one.zone() for one in corridors),
            edges=tuple(edge for one in corridors for edge in one.edges()),
            baselines=tuple(one.baseline_line() for one in corridors),
            corridor_labels=self.corridor_names,
            aims=(aim[0],) if aim else (),
            aim_labels=(aim[1],) if aim else (),
            starts=tuple(line for line, _ in self.starts),
            start_labels=tuple(text for _, text in self.starts if text),
            tags=lane.tags(events, self.top, self.bottom, 2, self.frame.width - 2),
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
            joined=tuple(runs([f"{one.x},{one.y}" for one in self.dots], self.unjoined)),
            marks=tuple(self.dots[one] for one in sorted(values)) if self.is_crowded else self.dots,
            value_labels=tuple(_rounded(one) for one in values.values()),
        )

    def _across(self, value: Decimal) -> Line:
        height = round(self.y(value), 1)
        return Line(round(self.left, 1), height, round(self.right, 1), height)

    def _dots(self) -> tuple[Dot, ...]:
        radius = 5.5 if self.crowd <= 1 or self.is_crowded else 4.0 if self.crowd <= 2 else 2.5
        xs = self.time.places([one.on for one in self.readings])
        return tuple(
            Dot(round(x, 1), round(self.y(one.value), 1), radius, kind(one))
            for x, one in zip(xs, self.readings, strict=True)
        )

    def _words(self) -> tuple[dict[int, Text], list[Text]]:
        """Values by the index of their score, and band names. What matters most is placed first: the first and the last
        value, what the corridor is, the highest and the lowest value, the bands.
        """
        values: dict[int, Text] = {}
        last = len(self.dots) - 1
        self._label(values, last, LAST_SIZE, must=True)
        self._label(values, 0, VALUE_SIZE, must=True)
        self._label_surroundings()
        inner = range(1, last)
        if inner:
            self._label(values, max(inner, key=self._value), VALUE_SIZE)
            self._label(values, min(inner, key=self._value), VALUE_SIZE)
        names = self._zone_labels()
        if len(self.dots) <= ALL_LABELLED:
            for index in sorted(inner, key=lambda one: (not self._turns(one), -one)):
                self._label(values, index, VALUE_SIZE)
        return values, names

    def _label_surroundings(self) -> None:
        """Corridors, the line from which a change matters, and episodes, with their words."""
        is_short = not self.frame.gutter
        bounds = (self.scale.min, self.highest)
        self.corridors = corridors.stretches(self.context.corridors, self.y, self.time, bounds, is_short=is_short)
        self.corridor_names = corridors.name(self.corridors, self.labels)
        self.aim = corridors.aim_line(self.context.aim, self.y, self.time, self.labels, is_short=is_short)
        self.starts = [self._start(one) for one in self.context.starts]

    def _start(self, start: Start) -> tuple[Line, Text | None]:
        x = round(self.time.x(start.on), 1)
        places = (
            Text(x + way * 5, height, start.words, anchor)
            for height in (self.top + 12, self.bottom - 6)
            for way, anchor in ((1, "start"), (-1, "end"))
        )
        return Line(x, self.top, x, self.bottom), self.labels.place(places, TICK_SIZE)

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
            text = show_date(day) if day.year != year else show_day(day)
            half = text_width(text, TICK_SIZE) / 2
            if not half <= x <= self.frame.width - half:
                continue
            lines.append(Line(x, self.bottom, x, self.bottom + 5))
            words.append(Text(x, self.bottom + 19, text, "middle"))
            year = day.year
        return tuple(lines), tuple(words)


def kind(reading: Reading) -> str:
    """How a score is drawn: "", up-good, up-bad, down-good, down-bad or apart."""
    if reading.mark in {Mark.PLAIN, Mark.APART}:
        return reading.mark.value
    return f"{reading.mark}-{'good' if reading.is_better else 'bad'}"


def _rounded(text: Text) -> Text:
    return Text(round(text.x, 1), round(text.y, 1), text.text, text.anchor, text.is_last)
