"""What the pages of scores are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from mobility import catalogue, wording
from mobility.catalogue import Domain, Entry, Instrument
from ui.addresses import reverse

if TYPE_CHECKING:
    from mobility.models import MobilityScore
    from patients.models import Patient


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


def scores_url(patient: "Patient", score_type: str = "") -> str:
    """The address of the tab, with an instrument chosen."""
    url = reverse("mobility:show_scores", kwargs={"patient_id": patient.pk})
    return f"{url}?{urlencode({'type': score_type})}" if score_type else url


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
