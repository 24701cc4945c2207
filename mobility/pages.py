"""What the pages of scores are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from mobility import catalogue, wording
from mobility.catalogue import Domain, Entry, Instrument
from mobility.charts import Reading, TrendChart, trend_chart
from ui.addresses import reverse
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


@dataclass(frozen=True)
class OfferGroup:
    """Instruments under one heading; `key` is for ids on the page."""

    key: str
    heading: str
    offers: Sequence[Offer]


@dataclass(frozen=True)
class Menu:
    """What can be scored: the usual measures in sight, the others folded away by domain, open if one of them is chosen."""

    first: Sequence[OfferGroup]
    folded: Sequence[OfferGroup]
    is_open: bool


def choices() -> list[tuple[str, str]]:
    """The ids that a form may name, with what they are called."""
    return [(one.id, str(one.name)) for one in catalogue.recordable()]


def menu(patient: "Patient", *, chosen: object) -> Menu:
    """This patient's own measures, most used first, then the common ones; the others by domain: one query."""
    counts = patient.mobility_scores.counts_by_type()
    found = [Offer(one, wording.range_of(one.default_scale), counts.get(one.id, 0)) for one in catalogue.recordable()]
    used = sorted((one for one in found if one.used), key=lambda offer: -offer.used)
    common = [one for one in found if not one.used and one.instrument.entry is Entry.COMMON]
    others = [one for one in found if not one.used and one.instrument.entry is not Entry.COMMON]
    first = [OfferGroup("used", _("Used with this patient"), used), OfferGroup("common", _("Often used"), common)]
    by_domain = [
        OfferGroup(domain, str(domain.label), [one for one in others if one.instrument.domain is domain])
        for domain in Domain
    ]
    return Menu(
        first=[group for group in first if group.offers],
        folded=[group for group in by_domain if group.offers],
        is_open=any(one.instrument.id == chosen for one in others),
    )


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

    @property
    def newest(self) -> "MobilityScore | None":
        """The first of the rows that is not in error: on the first page the score that counts now."""
        return next((score for score in self.rows if not score.is_in_error), None)


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
    ids = [one.id for one in catalogue.everything()]
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


def recorded_words(score: "MobilityScore") -> str:
    """What is said of a score (`with_previous`) once it is recorded: the value, the change since last, the verdict."""
    words = [_("Recorded: %(name)s %(value)s.") % {"name": score.measure, "value": score.value_text}]
    if score.change:
        words.append(_("%(change)s since the last score.") % {"change": score.move_label})
    words += [f"{line.text}." for line in score.verdict_lines]
    return " ".join(words)
