"""What the pages about measures are made of. Held facts are counted, never shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from mobility import catalogue, verdicts
from mobility.catalogue import Band, Instrument, Threshold, plain
from mobility.catalogue.items import Item, TimeRule
from mobility.reference import words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Row:
    """One measure of the list."""

    instrument: Instrument
    values: str
    entry: "StrOrPromise"


def matching(text: str) -> list[Row]:
    """The measures of which name, domain, items or populations hold every word of the text, in the order of the domains."""
    wanted = text[:LONGEST_SEARCH].casefold().split()
    order = list(catalogue.Domain)
    found = [one for one in catalogue.everything() if all(word in _searched(one) for word in wanted)]
    found.sort(key=lambda one: order.index(one.domain))
    return [Row(one, words.values_of(one.default_scale), words.entry(one)) for one in found]


def _searched(one: Instrument) -> str:
    """What the page of a measure says that people look for it by; nothing that is not shown there."""
    found_in = [fact.population for fact in one.bands] + [fact.population for fact in (*one.mdc, *one.mcid)]
    said = [one.name, one.abbreviation, one.domain.label, one.id, *found_in]
    said += [item.label for item in one.questions.items if one.licence.item_level]
    return " ".join(map(str, said)).casefold()


@dataclass(frozen=True)
class ScaleFacts:
    """One scale: what it is called and which values it has."""

    label: "StrOrPromise"
    values: str


@dataclass(frozen=True)
class ItemFacts:
    """One item with the answers that it takes, each as points and what they stand for."""

    label: "StrOrPromise"
    answers: Sequence[tuple[str, "StrOrPromise"]]
    notes: Sequence[str]


@dataclass(frozen=True)
class ItemGroup:
    """The items of one scale; the label is "" where the measure has one scale only."""

    label: "StrOrPromise"
    items: Sequence[ItemFacts]


@dataclass(frozen=True)
class BandFacts:
    """One published set of ranges."""

    kind: "StrOrPromise"
    scale: "StrOrPromise"  # "" where the measure has one scale only
    about: str
    ranges: Sequence[tuple[str, "StrOrPromise"]]
    source: str
    trust: str


@dataclass(frozen=True)
class ThresholdFacts:
    """One published size of change."""

    amount: str
    scale: "StrOrPromise"
    population: "StrOrPromise"
    notes: Sequence[str]
    source: str
    trust: str
    is_default: bool


@dataclass(frozen=True)
class TimeFacts:
    """Which points a time earns."""

    label: "StrOrPromise"
    points: Sequence[tuple[str, str]]
    source: str
    trust: str


@dataclass(frozen=True)
class CodeFacts:
    """A terminology code and what it stands for."""

    system: str
    code: str
    display: str
    stands_for: "StrOrPromise"
    checked: "StrOrPromise"


@dataclass(frozen=True)
class MeasurePage:
    """Everything that may be shown of one measure; `held` is how many facts wait for a check."""

    instrument: Instrument
    entry: "StrOrPromise"
    scoring: "StrOrPromise"
    definition_trust: str
    scales: Sequence[ScaleFacts]
    context: Sequence["StrOrPromise"]
    items: Sequence[ItemGroup]
    shared_answers: Sequence[tuple[str, "StrOrPromise"]]  # of every item, where all take the same
    times: Sequence[TimeFacts]
    conversion: Sequence[tuple[str, str]]
    bands: Sequence[BandFacts]
    mdc: Sequence[ThresholdFacts]
    mcid: Sequence[ThresholdFacts]
    licence: "StrOrPromise"
    licence_confidence: "StrOrPromise"
    reassessment_trust: str
    codes: Sequence[CodeFacts]
    held: int

    @property
    def has_item_list(self) -> bool:
        """Whether the licence allows the items to be listed, and there are some."""
        return bool(self.items)


def page_of(one: Instrument) -> MeasurePage:
    """The facts of one measure, ready to be shown."""
    asked = one.questions
    items = _groups(one) if one.licence.item_level else []
    conversion = asked.conversion if asked.conversion and asked.conversion.may_be_shown else None
    return MeasurePage(
        instrument=one,
        entry=words.entry(one),
        scoring=words.SCORING[one.scoring],
        definition_trust=words.trust(one.definition),
        scales=[ScaleFacts(scale.label, words.values_of(scale)) for scale in one.scales],
        context=[kind.label for kind in dict.fromkeys((*one.requires, *one.context))],
        items=items,
        shared_answers=_shared_answers([item for group in items for item in group.items]),
        times=[_time(one, rule) for rule in asked.times if rule.may_be_shown],
        conversion=[(plain(raw), plain(to)) for raw, to in conversion.table.items()] if conversion else [],
        bands=[_band(one, band) for band in one.bands],
        mdc=[_threshold(one, found, one.default_change.mdc) for found in one.mdc],
        mcid=[_threshold(one, found, one.default_change.mcid) for found in one.mcid],
        licence=words.LICENCES[one.licence.status],
        licence_confidence=words.CONFIDENCE[one.licence.confidence],
        reassessment_trust=words.trust(one.reassessment) if one.reassessment else "",
        codes=_codes(one),
        held=_held(one),
    )


def _held(one: Instrument) -> int:
    """How many facts are on file and wait for somebody to check them against their source."""
    rules = [rule for rule in one.questions.times if not rule.may_be_shown]
    conversion = one.questions.conversion
    waiting = [one.held_reassessment, conversion if conversion and not conversion.may_be_shown else None]
    return len(one.held_bands + one.held_mdc + one.held_mcid) + len(rules) + len([fact for fact in waiting if fact])


def _scale_of(one: Instrument, scale_id: str) -> "StrOrPromise":
    return one.scale(scale_id).label if len(one.scales) > 1 else ""


def _groups(one: Instrument) -> list[ItemGroup]:
    """The items in the order of the form, under the scales that they count for."""
    found: dict[str, list[ItemFacts]] = {}
    for item in one.questions.items:
        found.setdefault(item.scale_id, []).append(_item(item))
    return [ItemGroup(_scale_of(one, scale_id) if len(found) > 1 else "", items) for scale_id, items in found.items()]


def _item(item: Item) -> ItemFacts:
    notes = [str(item.only_if)] if item.only_if else []
    if item.is_alternate:
        notes.append(_("Counted in place of another item only") if item.replaces else _("Not counted"))
    if item.counts_if:
        notes.append(_("Counts 0 until what comes before it is reached"))
    if item.repeats:
        notes.append(_("Once for each goal"))
    return ItemFacts(item.label, [(plain(value), item.levels.get(value, "")) for value in item.allowed], notes)


def _shared_answers(items: Sequence[ItemFacts]) -> Sequence[tuple[str, "StrOrPromise"]]:
    first = items[0].answers if items else ()
    return first if len(items) > 1 and all(item.answers == first for item in items) else ()


def _time(one: Instrument, rule: TimeRule) -> TimeFacts:
    item = one.questions.item(rule.item)
    found = [(_seconds(stretch.low, stretch.low_included, stretch.high, stretch.high_included), plain(stretch.points))
             for stretch in rule.ranges]  # fmt: skip
    if rule.unable is not None:
        found.append((_("Not able"), plain(rule.unable)))
    return TimeFacts(item.label if item else rule.id, found, rule.source, words.trust(rule))


def _seconds(low: object, low_in: bool, high: object, high_in: bool) -> str:
    """A stretch of seconds with its exact bounds."""
    bounds = {"low": low, "high": high}
    if low is None or low == 0:
        return (_("up to %(high)s s") if high_in else _("under %(high)s s")) % bounds
    if high is None:
        return (_("%(low)s s or more") if low_in else _("over %(low)s s")) % bounds
    if low_in:
        return (_("%(low)s to %(high)s s") if high_in else _("%(low)s to under %(high)s s")) % bounds
    return (_("over %(low)s to %(high)s s") if high_in else _("over %(low)s to under %(high)s s")) % bounds


def _band(one: Instrument, band: Band) -> BandFacts:
    scale = one.scale(band.scale_id)
    who = [str(words.SEXES[band.sex])] if band.sex else []
    who += [words.ages(band.age)] if band.age else []
    return BandFacts(
        kind=words.BAND_KINDS[band.kind],
        scale=_scale_of(one, band.scale_id),
        about=", ".join([str(band.population), *who]),
        ranges=[(stretch.cutoffs(scale), stretch.label) for stretch in band.ranges],
        source=band.source,
        trust=words.trust(band),
    )


def _threshold(one: Instrument, found: Threshold, default: str) -> ThresholdFacts:
    notes = [words.earlier_score(found.baseline)] if found.baseline else []
    if found.level:
        notes.append(_("%(n)s%% confidence level") % {"n": found.level})
    notes += [str(words.MAGNITUDES[found.magnitude])] if found.magnitude else []
    notes += [str(words.METHODS[found.method])] if found.method else []
    return ThresholdFacts(
        amount=verdicts.amount(found, one.scale(found.scale_id)),
        scale=_scale_of(one, found.scale_id),
        population=found.population,
        notes=notes,
        source=found.source,
        trust=words.trust(found),
        is_default=found.answers_to(default),
    )


def _codes(one: Instrument) -> list[CodeFacts]:
    systems = (("LOINC", one.codes), ("SNOMED CT", one.snomed))
    return [
        CodeFacts(system, code.code, code.display, words.TARGETS[code.target], words.VERIFIED[code.verified])
        for system, codes in systems
        for code in codes
        if code.verified is not catalogue.Verified.NONE
    ]
