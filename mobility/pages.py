"""What the pages of scores are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from mobility import catalogue, wording
from mobility.catalogue import Domain, Entry, Instrument
from mobility.vocabulary import EntryWay
from ui.addresses import reverse

if TYPE_CHECKING:
    from django.http import HttpRequest

    from mobility.models import MobilityScore
    from patients.models import Patient


@dataclass(frozen=True)
class Offer:
    """An instrument to score with; `used` is how often this patient was scored with it."""

    instrument: Instrument
    range: str
    used: int
    url: str

    @property
    def is_typed(self) -> bool:
        """Whether a total of it is typed beside the list."""
        return is_typed(self.instrument)

    @property
    def action(self) -> str:
        """What its own page is for."""
        return _("Score item by item") if self.instrument.has_item_form else _("Enter the result")

    @property
    def words(self) -> str:
        """What a search finds it by."""
        one = self.instrument
        return f"{one.name} {one.abbreviation} {one.domain.label}"


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
    found = [
        Offer(one, wording.range_of(one.default_scale), counts.get(one.id, 0), assess_url(patient.pk, one.id))
        for one in catalogue.everything()
    ]
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


def assess_url(patient_id: Any, score_type: str) -> str:
    """The address of the form of a measure."""
    return reverse("mobility:assess", kwargs={"patient_id": patient_id, "measure": score_type})


def is_typed(instrument: Instrument) -> bool:
    """Whether one value of it is a score by itself; a walking aid, a pace or a hand is asked for on its own page."""
    return instrument.may_be_recorded and not instrument.context


def own_page(patient: "Patient", request: "HttpRequest") -> str:
    """The page of the measure in the address, where one value alone would say too little; "" for the form of a total."""
    known = catalogue.find(request.GET.get("type", "")) if request.method != "POST" else None
    if known is None or is_typed(known):
        return ""
    query = urlencode({name: request.GET[name] for name in ("next", "corrects") if name in request.GET})
    return f"{assess_url(patient.pk, known.id)}{'?' if query else ''}{query}"


def correct_url(wrong: "MobilityScore") -> str:
    """Where the correct score is entered in place of a wrong one: as that one was entered."""
    known = catalogue.find(wrong.score_type)
    if known and (wrong.entry == EntryWay.ITEMS or known.requires or known.context or not known.may_be_recorded):
        return f"{assess_url(wrong.patient_id, wrong.score_type)}?corrects={wrong.pk}"
    return f"{reverse('mobility:record_score', kwargs={'patient_id': wrong.patient_id})}?corrects={wrong.pk}"


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
