"""From a series of scores to its charts: corridors, marks, events and the finding in words."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mobility import verdicts
from mobility.catalogue import Direction, Threshold, plain
from mobility.charts import (
    Aim,
    Context,
    Corridor,
    Event,
    Glyph,
    Mark,
    Reading,
    SmallChart,
    Start,
    TimeAxis,
    TrendChart,
    small_chart,
    time_axis,
    trend_chart,
)
from mobility.charts.lane import outline
from mobility.trends import Series, reach
from patients.course import Course
from patients.registry import CourseEvent

# What happened shortly before the first score belongs to its story.
LEAD = dt.timedelta(days=30)
FOLDED = 15  # more events than these are listed when they are asked for


@dataclass(frozen=True)
class ListedEvent:
    """An event in the list beside a chart, with the number and the glyph that it has on the axis."""

    number: int
    glyph: str
    path: str
    on: dt.date
    words: str


@dataclass(frozen=True)
class Trend:
    """A chart, the events that it marks, and where its corridor and its line of meaningful change come from."""

    chart: TrendChart
    events: Sequence[ListedEvent]
    notes: Sequence[verdicts.Line]
    has_apart: bool
    has_arrows: bool

    @property
    def event_count(self) -> str:
        """How many events there are, where they are too many to list at once: 16 events; "" for few."""
        number = len(self.events)
        return ngettext("%(n)s event", "%(n)s events", number) % {"n": number} if number > FOLDED else ""


def trend(series: Series, course: Course, *, uid: str = "trend", is_paged: bool = False) -> Trend:
    """The trend chart of a series with everything that surrounds it."""
    readings = [_marked(series, place, one) for place, one in enumerate(_readings(series))]
    events = _events(series, course)
    baseline = series.current.start
    error, meaning = series.error_of(baseline), series.meaning_of(baseline)
    context = Context(
        heading=heading(series),
        corridors=tuple(
            found for place in series.baselines() if (found := _corridor(series, place, course)) is not None
        ),
        aim=_aim(series, meaning, baseline),
        events=tuple(
            Event(_day(one.at), Glyph(one.glyph), number, str(one.short)) for number, one in enumerate(events, 1)
        ),
        starts=_starts(events, course),
    )
    chart = trend_chart(
        series.instrument, readings, uid=uid, scale_id=series.scale.id, is_paged=is_paged, context=context
    )
    if chart is None:
        raise ValueError("a series has scores")
    return Trend(
        chart,
        [
            ListedEvent(number, one.glyph, outline(Glyph(one.glyph), 7, 7), _day(one.at), str(one.words))
            for number, one in enumerate(events, 1)
        ],
        tuple(_notes(series, error, meaning)),
        has_apart=any(one.mark is Mark.APART for one in readings),
        has_arrows=any(one.mark in {Mark.UP, Mark.DOWN} for one in readings),
    )


def small(all_series: Collection[Series]) -> dict[tuple[str, str], SmallChart]:
    """The current episode of each series; those of one episode share its time axis."""
    by_episode: dict[int, list[dt.date]] = {}
    for one in all_series:
        by_episode.setdefault(one.episodes[-1], []).extend(one.days[one.current])
    axes = {episode: time_axis(those) for episode, those in by_episode.items()}
    return {one.name: _small(one, axes[one.episodes[-1]]) for one in all_series}


def _small(series: Series, time: TimeAxis) -> SmallChart:
    since, corridor = series.current.start, _corridor(series, series.current.start)
    days, values = series.days[since:], series.values[since:]
    if series.is_plain and len(set(series.episodes[since:])) == 1:
        return small_chart(series.scale, days, values, corridor, time)
    places = range(since, len(series.rows))
    unjoined = [place - since for place in places if not series.is_joined(place)]
    apart = [place - since for place in places if series.is_apart(place)]
    return small_chart(series.scale, days, values, corridor, time, unjoined=unjoined, apart=apart)


def heading(series: Series) -> str:
    """The finding: Up 35 since baseline. Improved beyond measurement error."""
    last = len(series.rows) - 1
    value = series.scale.format(series.last.score_value)
    if not last:
        return _("One score: %(value)s") % {"value": value}
    verdict = series.since_baseline(last)
    if verdict is None:
        return _("First score of this episode: %(value)s") % {"value": value}
    if verdict.change is None:
        return _("%(value)s, not comparable with the baseline") % {"value": value}
    if not verdict.change.amount:
        return _("No change since baseline")
    moved = verdicts.moved(series.instrument, verdict)
    return _("%(change)s since baseline. %(verdict)s") % {"change": verdict.change.text, "verdict": moved.short}


def _readings(series: Series) -> list[Reading]:
    """The scores, without arrows."""
    if series.is_plain:
        joined = [False, *(one == other for one, other in pairwise(series.episodes))]
        return list(map(Reading, series.days, series.values, joined))
    return [
        Reading(day, value, series.is_joined(n), Mark.APART if series.is_apart(n) else Mark.PLAIN)
        for n, (day, value) in enumerate(zip(series.days, series.values, strict=True))
    ]


def _marked(series: Series, place: int, found: Reading) -> Reading:
    """With an arrow where the score before was left by more than measurement error."""
    verdict = series.since_last(place) if found.mark is Mark.PLAIN else None
    if verdict is None or not verdict.is_beyond_error or not verdict.change or not found.is_joined:
        return found
    mark = Mark.UP if verdict.change.is_up else Mark.DOWN
    return found._replace(mark=mark, is_better=verdict.outcome == "improved")


def _corridor(series: Series, place: int, course: Course | None = None) -> Corridor | None:
    threshold = series.error_of(place)
    if threshold is None:
        return None
    row, scale, episode = series.rows[place], series.scale, series.episodes[place]
    around = reach(threshold, row.score_value)
    ends = course.starts[episode : episode + 1] if course else []
    is_low, is_high = around.low < scale.min, scale.max is not None and around.high > scale.max
    low, high = plain(around.low), plain(around.high)
    if is_low and is_high:
        short = _("the whole scale")
    elif is_low:
        short = _("under %(high)s") % {"high": scale.with_unit(high)}
    elif is_high:
        short = _("over %(low)s") % {"low": scale.with_unit(low)}
    else:
        short = _("between %(low)s and %(high)s") % {"low": low, "high": scale.with_unit(high)}
    return Corridor(
        on=row.score_date,
        until=_day(ends[0].at) if ends else None,
        baseline=row.score_value,
        low=around.low,
        high=around.high,
        words=_("Within measurement error of the baseline: %(values)s") % {"values": short},
        short=_("Error: %(values)s") % {"values": short},
    )


def _aim(series: Series, threshold: Threshold | None, place: int) -> Aim | None:
    """None where no score of the scale is so much better."""
    if threshold is None:
        return None
    row, scale = series.rows[place], series.scale
    is_up = series.instrument.direction is Direction.HIGHER
    around = reach(threshold, row.score_value)
    value = around.high if is_up else around.low
    if value < scale.min or (scale.max is not None and value > scale.max):
        return None
    number = {"value": scale.with_unit(plain(value))}
    words = _("Matters to people: %(value)s or more") if is_up else _("Matters to people: %(value)s or less")
    short = _("Matters: %(value)s or more") if is_up else _("Matters: %(value)s or less")
    return Aim(on=row.score_date, value=value, words=words % number, short=short % number)


def _notes(series: Series, error: Threshold | None, meaning: Threshold | None) -> list[verdicts.Line]:
    lines = []
    if error:
        words = _("Measurement error (MDC): a real change is %(amount)s") % {
            "amount": verdicts.amount(error, series.scale)
        }
        lines.append(verdicts.Line(words, error.population, error.source))
    if meaning:
        words = _("Meaningful change (MCID): %(amount)s") % {"amount": verdicts.amount(meaning, series.scale)}
        lines.append(verdicts.Line(words, meaning.population, meaning.source))
    return lines


def _events(series: Series, course: Course) -> list[CourseEvent]:
    since = series.rows[0].score_date - LEAD
    return [one for one in course.events if _day(one.at) >= since]


def _starts(events: Sequence[CourseEvent], course: Course) -> tuple[Start, ...]:
    return tuple(
        Start(_day(one.at), _("Episode %(number)s") % {"number": number})
        for number, one in enumerate(course.starts, 2)
        if one in events
    )


def _day(at: dt.datetime) -> dt.date:
    return timezone.localdate(at)
