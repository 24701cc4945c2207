"""What the pages of scores are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from mobility import catalogue, wording
from mobility.catalogue import Instrument
from mobility.charts import Reading, TrendChart, trend_chart
from ui.paging import Key

if TYPE_CHECKING:
    from mobility.models import MobilityScore
    from patients.models import Patient

# Few patients have more scores of one instrument: the table then holds every figure of the chart.
PAGE_SIZE = 50


@dataclass(frozen=True)
class Offer:
    """An instrument to score with; `used` is how often this patient was scored with it."""

    instrument: Instrument
    range: str
    used: int


def offers(patient: "Patient") -> list[Offer]:
    """Every instrument, those that this patient was scored with most first: one query."""
    counts = patient.mobility_scores.counts_by_type()
    found = [Offer(one, wording.range_of(one.default_scale), counts.get(one.id, 0)) for one in catalogue.instruments()]
    return sorted(found, key=lambda offer: -offer.used)


@dataclass(frozen=True)
class Measure:
    """A link to another instrument's scores."""

    url: str
    label: str
    is_current: bool


@dataclass(frozen=True)
class ScoresPage:
    """The scores of one instrument of a patient, and the last ones of the others."""

    score_type: str
    instrument: Instrument | None
    name: str
    measures: Sequence[Measure]
    chart: TrendChart | None
    rows: "Sequence[MobilityScore]"
    next_url: str
    others: "Sequence[MobilityScore]"


def read(patient: "Patient", *, wanted: str, before: Key | None) -> ScoresPage | None:
    """The wanted instrument's scores, the one's used last if there are none of it; None for no scores: three queries."""
    latest = list(patient.mobility_scores.latest_per_instrument().with_previous())
    if not latest:
        return None
    chosen = _choose(latest, wanted)
    instrument = catalogue.find(chosen.score_type)
    rows = patient.mobility_scores.of_type(chosen.score_type).with_people().with_previous()
    shown = rows.page(before, PAGE_SIZE + 1)
    is_paged = before is not None or len(shown) > PAGE_SIZE
    readings = patient.mobility_scores.readings(instrument) if instrument else []
    return ScoresPage(
        score_type=chosen.score_type,
        instrument=instrument,
        name=instrument.short_name if instrument else chosen.score_type,
        measures=[_measure(score, score is chosen) for score in sorted(latest, key=_place)],
        chart=trend_chart(instrument, (Reading(*one) for one in readings), is_paged=is_paged) if instrument else None,
        rows=shown[:PAGE_SIZE],
        next_url=_next_url(shown),
        others=[score for score in latest if score is not chosen],
    )


def scores_url(patient: "Patient", score_type: str = "") -> str:
    """The address of the tab, with an instrument chosen."""
    url = reverse("mobility:show_scores", kwargs={"patient_id": patient.pk})
    return f"{url}?{urlencode({'type': score_type})}" if score_type else url


def _choose(latest: "list[MobilityScore]", wanted: str) -> "MobilityScore":
    latest.sort(key=lambda score: (not score.is_in_error, score.occurred_at, score.pk), reverse=True)
    return next((score for score in latest if score.score_type == wanted), latest[0])


def _place(score: "MobilityScore") -> int:
    """In the order of the catalogue, so that links stay where they were; what it does not have any more is last."""
    ids = [one.id for one in catalogue.instruments()]
    return ids.index(score.score_type) if score.score_type in ids else len(ids)


def _measure(score: "MobilityScore", is_current: bool) -> Measure:
    instrument = catalogue.find(score.score_type)
    label = instrument.short_name if instrument else score.score_type
    return Measure(f"?{urlencode({'type': score.score_type})}", label, is_current)


def _next_url(shown: "Sequence[MobilityScore]") -> str:
    if len(shown) <= PAGE_SIZE:
        return ""
    last = shown[PAGE_SIZE - 1]
    key = Key(last.occurred_at, ("score", last.pk)).encode()
    return f"?{urlencode({'type': last.score_type, 'before': key})}"


def initial(patient: "Patient", *, wanted: str, corrects: str) -> dict[str, object]:
    """What the form starts with: today; of a score entered in error its instrument, day and time, not its value."""
    wrong = None
    if corrects.isdecimal() and len(corrects) < 19:
        wrong = patient.mobility_scores.in_error().filter(pk=int(corrects)).first()
    if wrong is None:
        return {"score_type": wanted, "score_date": timezone.localdate()}
    return {
        "score_type": wrong.score_type,
        "score_date": wrong.score_date,
        "score_time": timezone.localtime(wrong.occurred_at).strftime("%H:%M") if wrong.has_time else "",
        "corrects": wrong.pk,
    }
