"""The Mobility tab: all measures of a patient side by side, and the trend and the scores of one of them."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import QuerySet, Subquery

from mobility import catalogue, drawings, judging, populations, verdicts
from mobility.catalogue import Instrument
from mobility.charts import SmallChart
from mobility.models import MobilityScore
from mobility.querysets import ListRow, TrendRow, read_rows
from mobility.scored import ListedScore
from mobility.trends import Name, Series, series_of
from patients import course, timeline
from patients.registry import Mark
from ui.addresses import reverse
from ui.paging import Key
from ui.prepared import Prepared, once

if TYPE_CHECKING:
    from patients.models import Patient

# Few patients have more scores of one instrument: the table then holds every figure of the chart.
PAGE_SIZE = 50


@dataclass(frozen=True)
class Measure:
    """A link to the scores of one series."""

    url: str
    label: str
    is_current: bool


@dataclass(frozen=True)
class Card:
    """One of the small multiples: the last value of a series, what became of the one before and of the baseline."""

    link: Measure
    name: str
    label: str
    value: str
    on: dt.date
    count: int
    last: verdicts.Moved | None
    baseline: verdicts.Moved | None
    unjudged: str
    chart: SmallChart


@dataclass(frozen=True)
class Row:
    """A score in the table. `last` and `baseline` are None where there is nothing to compare it with."""

    score: ListedScore
    value: str
    band: str
    last: verdicts.Moved | None
    baseline: verdicts.Moved | None
    is_baseline: bool
    marks: Sequence[Mark]
    url: str


@dataclass(frozen=True)
class ScoresPage:
    """The scores of one series of a patient, and all series at a glance."""

    score_type: str
    instrument: Instrument | None
    name: str
    label: str
    measures: Sequence[Measure]
    cards: Sequence[Card]
    trend: drawings.Trend | None
    verdict: judging.SinceBoth | None
    basis: populations.Basis
    rows: Sequence[Row]
    url: str
    next_url: str

    @property
    def has_bands(self) -> bool:
        """Whether a descriptive set of bands may be shown beside the scores."""
        return self.instrument is not None and self.instrument.shown_band is not None


def _rows(patient: "Patient") -> QuerySet[Any]:
    found: QuerySet[Any] = MobilityScore.objects.filter(patient=patient).trend_rows()
    return found


def _first(patient: "Patient", score_type: str, series: str) -> QuerySet[Any]:
    scores = MobilityScore.objects.filter(patient=patient).of_type(score_type).of_series(series)
    found: QuerySet[Any] = scores.list_rows()[: PAGE_SIZE + 1]
    return found


def _last(patient: "Patient") -> QuerySet[Any]:
    used = MobilityScore.objects.filter(patient=patient).live().newest_first()
    name = {column: Subquery(used.values(column)[:1]) for column in ("score_type", "series")}
    found: QuerySet[Any] = MobilityScore.objects.filter(patient=patient, **name).list_rows()[: PAGE_SIZE + 1]
    return found


_read_all = Prepared(_rows)
_read_first = Prepared(_first)
_read_last = Prepared(_last)


def reads(wanted: str, before: Key | None) -> Sequence[Prepared]:
    """What `read` will ask first."""
    return [_read_all, _read_last] if _is_as_opened(wanted, before) else [_read_all]


def _is_as_opened(wanted: str, before: Key | None) -> bool:
    """Whether nothing was chosen: the tab then shows the series used last."""
    return not wanted and before is None


def _page(patient: "Patient", name: Name, wanted: str, before: Key | None) -> list[ListedScore]:
    """The newest scores of a series, one more than is shown."""
    rows = read_rows(ListRow, once(patient, _read_last)) if _is_as_opened(wanted, before) else []
    if not rows or (rows[0].score_type, rows[0].series) != name:
        rows = read_rows(ListRow, _rows_of(patient, name, before))
    return [ListedScore(row) for row in rows]


def _rows_of(patient: "Patient", name: Name, before: Key | None) -> list[Any]:
    if before is None:
        return _read_first(patient=patient, score_type=name[0], series=name[1])
    scores = patient.mobility_scores.of_type(name[0]).of_series(name[1])
    found: list[Any] = scores.list_rows().page(before, PAGE_SIZE + 1)
    return found


def read(patient: "Patient", *, wanted: str, series: str = "", before: Key | None) -> ScoresPage | None:
    """The wanted series, the one used last if there are no scores of it; None for no scores.

    One query for the scores of all measures, one for each source of events, one for the page of the table.
    """
    rows = read_rows(TrendRow, once(patient, _read_all))
    if not rows:
        return None
    taken = course.read(patient)
    all_series = series_of(rows, taken, group=patient.diagnosis_group)
    names = _names(rows)
    chosen = _choose(rows, names, wanted, series)
    instrument, found = catalogue.find(chosen[0]), all_series.get(chosen)
    shown = _page(patient, chosen, wanted, before)
    is_paged = before is not None or len(shown) > PAGE_SIZE
    links = {name: _measure(name, all_series, name == chosen) for name in names}
    marks = timeline.marks_of(patient)
    base = reverse("mobility:show_scores", kwargs={"patient_id": patient.pk})
    return ScoresPage(
        score_type=chosen[0],
        instrument=instrument,
        name=instrument.short_name if instrument else chosen[0],
        label=found.label if found else "",
        measures=list(links.values()),
        cards=_cards(all_series, links) if len(all_series) > 1 else [],
        trend=drawings.trend(found, taken, is_paged=is_paged) if found else None,
        verdict=judging.since_both(found, len(found.rows) - 1) if found else None,
        basis=populations.basis(patient),
        rows=[_row(score, found, marks, base) for score in shown[:PAGE_SIZE]],
        url=_address(chosen),
        next_url=_next_url(shown, chosen),
    )


def key_of(series: str) -> str:
    """A series as addresses name it: what tells it from others may say where a wound is."""
    return hashlib.sha256(series.encode()).hexdigest()[:8] if series else ""


def _names(rows: Sequence[TrendRow]) -> list[Name]:
    """Every series there is a score of, in the order of the catalogue, so that links stay where they were."""
    places = {one.id: number for number, one in enumerate(catalogue.everything())}
    found = {(row.score_type, row.series) for row in rows}
    return sorted(found, key=lambda name: (places.get(name[0], len(places)), *name))


def _choose(rows: Sequence[TrendRow], names: Sequence[Name], wanted: str, series: str) -> Name:
    """The wanted series; of a wanted instrument, or of all, the one used last."""
    if exact := [name for name in names if name[0] == wanted and series and key_of(name[1]) == series]:
        return exact[0]
    of_type = [row for row in rows if row.score_type == wanted] or rows
    live = [row for row in of_type if not row.entered_in_error_at] or of_type
    return live[-1].score_type, live[-1].series


def _measure(name: Name, all_series: Mapping[Name, Series], is_current: bool) -> Measure:
    instrument, series = catalogue.find(name[0]), all_series.get(name)
    label = instrument.short_name if instrument else name[0]
    if series and series.label:
        label = f"{label}, {series.label}"
    return Measure(f"{_address(name)}#trend", label, is_current)


def _address(name: Name, **more: str) -> str:
    return "?" + urlencode({"type": name[0]} | ({"series": key_of(name[1])} if name[1] else {}) | more)


def _cards(all_series: Mapping[Name, Series], links: Mapping[Name, Measure]) -> list[Card]:
    charts = drawings.small(all_series.values())
    return [_card(all_series[name], link, charts[name]) for name, link in links.items() if name in all_series]


def _card(series: Series, link: Measure, chart: SmallChart) -> Card:
    last, baseline = judging.moves(series, len(series.rows) - 1)
    return Card(
        link=link,
        name=series.instrument.short_name,
        label=series.label,
        value=series.text_of(series.last.score_value)[0],
        on=series.last.score_date,
        count=len(series.rows),
        last=last,
        baseline=baseline,
        unjudged=_unjudged(series, last, baseline),
        chart=chart,
    )


def _unjudged(series: Series, *moves: verdicts.Moved | None) -> str:
    """Said once where no threshold could be used for a change."""
    is_silent = any(one and one.kind not in {"", "same"} and not one.is_judged for one in moves)
    return series.missing if is_silent else ""


def _row(score: ListedScore, series: Series | None, marks: Mapping[tuple[str, int], Sequence[Mark]], base: str) -> Row:
    place = series.places.get(score.pk) if series else None
    last, baseline = judging.moves(series, place) if series and place is not None else (None, None)
    is_baseline = series is not None and place is not None and series.baseline_of(place) == place
    value, band = series.text_of(score.score_value) if series and place is not None else (score.value_text, "")
    return Row(
        score=score,
        value=value if score.wording is None else score.value_text,
        band=band if score.wording is None else score.band_label,
        last=last,
        baseline=baseline,
        is_baseline=is_baseline,
        marks=marks.get(("score", score.pk), ()),
        url=f"{base}{score.pk}/",
    )


def _next_url(shown: Sequence[ListedScore], name: Name) -> str:
    if len(shown) <= PAGE_SIZE:
        return ""
    last = shown[PAGE_SIZE - 1]
    return _address(name, before=Key(last.occurred_at, ("score", last.pk)).encode())
