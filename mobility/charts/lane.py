"""Events below the time axis: a glyph and a number for each, or for those that lie too close together to tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from mobility.charts.labels import text_width
from mobility.charts.shapes import Event, Glyph, Line, Tag, Text, arrow

HEIGHT = 34
SIZE = 12
_GLYPH_AT, _WORDS_AT = 33.0, 52.0
_CLOSEST = 15.0
_APART = 7.0
# With more of them the lines would hide the scores.
_STEMS = 12


@dataclass(frozen=True)
class _Group:
    """Events at one place, in order of time."""

    events: tuple[Event, ...]
    x: float

    @property
    def number(self) -> str:
        first, last = self.events[0].number, self.events[-1].number
        return str(first) if first == last else f"{first}\N{EN DASH}{last}"

    @property
    def glyph(self) -> Glyph:
        kinds = {one.glyph for one in self.events}
        return kinds.pop() if len(kinds) == 1 else Glyph.OTHER

    def named(self) -> str:
        """The number with the name of the event, if it is one."""
        short = self.events[0].short if len(self.events) == 1 else ""
        return f"{self.number} {short}" if short else self.number


def tags(
    events: Sequence[tuple[float, Event]], top: float, bottom: float, left: float, right: float
) -> tuple[Tag, ...]:
    """The marks of events, given with their places in order of time, between the edges of the drawing."""
    groups = _apart(_close_ones(events), left, right)
    texts = [one.number for one in groups]
    for place, group in enumerate(groups):
        wanted = [*texts[:place], group.named(), *texts[place + 1 :]]
        if _fits(groups, wanted, place, left, right):
            texts = wanted
    high = top if len(groups) <= _STEMS else bottom
    return tuple(
        Tag(
            glyph=group.glyph,
            path=outline(group.glyph, group.x, bottom + _GLYPH_AT),
            stem=Line(group.x, high, group.x, round(bottom + _GLYPH_AT - 7, 1)),
            text=Text(round(_middle(group.x, text, left, right), 1), bottom + _WORDS_AT, text, "middle"),
        )
        for group, text in zip(groups, texts, strict=True)
    )


def _close_ones(events: Sequence[tuple[float, Event]]) -> list[_Group]:
    groups: list[_Group] = []
    for x, event in events:
        if groups and x - groups[-1].x < _CLOSEST:
            groups[-1] = _Group((*groups[-1].events, event), groups[-1].x)
        else:
            groups.append(_Group((event,), round(x, 1)))
    return groups


def _apart(groups: list[_Group], left: float, right: float) -> list[_Group]:
    """Groups whose numbers do not touch: those that would are made one."""
    found: list[_Group] = []
    for group in groups:
        found.append(group)
        while len(found) > 1 and _overlap(found[-2], found[-2].number, found[-1], found[-1].number, left, right):
            last = found.pop()
            found[-1] = _Group((*found[-1].events, *last.events), found[-1].x)
    return found


def _fits(groups: list[_Group], texts: list[str], place: int, left: float, right: float) -> bool:
    return not any(
        _overlap(groups[a], texts[a], groups[b], texts[b], left, right)
        for a, b in ((place - 1, place), (place, place + 1))
        if a >= 0 and b < len(groups)
    )


def _overlap(one: _Group, text: str, other: _Group, words: str, left: float, right: float) -> bool:
    end = _middle(one.x, text, left, right) + text_width(text, SIZE) / 2
    start = _middle(other.x, words, left, right) - text_width(words, SIZE) / 2
    return start - end < _APART


def _middle(x: float, text: str, left: float, right: float) -> float:
    half = text_width(text, SIZE) / 2
    return min(max(x, left + half), right - half)


def outline(glyph: Glyph, x: float, y: float) -> str:
    """The mark of an event around a point, as SVG writes it."""
    if glyph in {Glyph.BETTER, Glyph.WORSE}:
        return arrow(x, y, 5.5, is_up=glyph is Glyph.BETTER)
    if glyph in {Glyph.OUT, Glyph.BACK}:
        return f"M{x - 4:.1f} {y - 4:.1f}h8v8h-8z"
    if glyph is Glyph.START:
        return f"M{x - 4:.1f} {y + 5:.1f}v-10l9 3.5l-9 3.5z"
    return f"M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z"
