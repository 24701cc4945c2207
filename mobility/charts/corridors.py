"""What a published threshold says of a baseline, drawn: the corridor of measurement error, and what matters to people."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mobility.charts.axes import TimeAxis
from mobility.charts.labels import Labels
from mobility.charts.shapes import Aim, Corridor, Line, Text, Zone

SIZE = 12


@dataclass(frozen=True)
class Stretch:
    """A corridor on the drawing: where it begins and ends, and its heights."""

    words: str
    left: float
    right: float
    top: float
    bottom: float
    baseline: float
    is_cut_above: bool
    is_cut_below: bool

    def zone(self) -> Zone:
        return Zone(0, self.left, self.top, round(self.right - self.left, 1), round(self.bottom - self.top, 1))

    def edges(self) -> Iterator[Line]:
        """The two edges; none where the scale ends before the corridor does."""
        if not self.is_cut_above:
            yield Line(self.left, self.top, self.right, self.top)
        if not self.is_cut_below:
            yield Line(self.left, self.bottom, self.right, self.bottom)

    def baseline_line(self) -> Line:
        return Line(self.left, self.baseline, self.right, self.baseline)


def stretches(
    corridors: Sequence[Corridor], y: Callable[[Decimal], float], time: TimeAxis, bounds: tuple[Decimal, Decimal], *,
    is_short: bool,
) -> tuple[Stretch, ...]:  # fmt: skip
    """The corridors on this drawing. A baseline of the last day has none: there is nothing after it to compare."""
    found = []
    for one in corridors:
        left = round(time.x(one.on), 1)
        right = round(time.x(one.until), 1) if one.until else round(time.right, 1)
        if right - left < 1:
            continue
        found.append(
            Stretch(
                one.short if is_short else one.words,
                left,
                right,
                round(y(one.high), 1),
                round(y(one.low), 1),
                round(y(one.baseline), 1),
                one.high > bounds[1],
                one.low < bounds[0],
            )
        )
    return tuple(found)


def name(found: Sequence[Stretch], labels: Labels) -> tuple[Text, ...]:
    """The words of each corridor where there is room for them; the last one always has its own."""
    texts = []
    for number, one in enumerate(reversed(found)):
        text = labels.place(_places(one), SIZE, must=number == 0)
        if text is not None:
            texts.append(text)
    return tuple(texts)


def _places(one: Stretch) -> Iterator[Text]:
    """Inside at the right end, if it is high enough; then above and below it; then the same at its left end."""
    is_roomy = one.bottom - one.top >= SIZE + 6
    rows = [one.top + 14, one.bottom - 5] if is_roomy else []
    rows += [one.top - 5, one.bottom + 14]
    for row in rows:
        yield Text(one.right - 6, round(row, 1), one.words, "end")
    for row in rows:
        yield Text(one.left + 12, round(row, 1), one.words, "start")


def aim_line(
    aim: Aim | None, y: Callable[[Decimal], float], time: TimeAxis, labels: Labels, *, is_short: bool
) -> tuple[Line, Text] | None:
    """The line from which a change matters, with its words; None where there is no room for the words."""
    if aim is None:
        return None
    left, height = round(time.x(aim.on), 1), round(y(aim.value), 1)
    right = round(time.right, 1)
    words = aim.short if is_short else aim.words
    places = [Text(right - 6, height - 5, words, "end"), Text(right - 6, height + 14, words, "end")]
    places += [Text(left + 12, height - 5, words, "start"), Text(left + 12, height + 14, words, "start")]
    text = labels.place(iter(places), SIZE)
    return None if text is None or right - left < 1 else (Line(left, height, right, height), text)
