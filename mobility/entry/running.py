"""The total as it stands while a form is filled in: a range and what is left, until nothing is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mobility.catalogue import BandRange, Instrument, Scale, plain
from mobility.entry.reading import Entered, labels
from mobility.scoring import AnswersRefused, Kind, Result, Sitting, kind_of, open_items, score_sitting

NAMED = 3  # so many open items are named; more are counted


@dataclass(frozen=True)
class Total:
    """One scale: its value or the range that is still possible, in digits, and how far it is answered."""

    label: str
    value: str
    of: str
    done: int
    asked: int
    band: BandRange | None
    population: str = ""
    source: str = ""

    @property
    def is_final(self) -> bool:
        """Whether nothing of it is left."""
        return self.done >= self.asked


@dataclass(frozen=True)
class Running:
    """What the footer of the form says."""

    totals: Sequence[Total]
    left: str
    is_complete: bool
    is_recoded: bool = False
    problem: str = ""
    # Which items keep a total from being, because they were not assessed.
    unassessed: str = ""


def running(found: Entered) -> Running:
    """What the form comes to by now."""
    result = found.result
    if result is None:
        return Running(totals=(), left="", is_complete=False, problem=next(iter(found.problems.values()), ""))
    missing = open_items(result, found.sitting)
    totals = [one for scale in found.instrument.scored_scales if (one := _total(found, result, scale))]
    is_complete = bool(result.scored) and not missing
    return Running(
        totals=totals, left=_left(found, missing, is_complete), is_complete=is_complete,
        is_recoded=any(result.recoded.get(scale.id) for scale in result.scored),
        unassessed=", ".join(_names(found.instrument, found.unassessed)),
    )  # fmt: skip


def _total(found: Entered, result: Result, scale: Scale) -> Total | None:
    instrument, value = found.instrument, result.totals.get(scale.id)
    missing = result.missing.get(scale.id, ())
    asked = len(result.counted.get(scale.id, ())) or 1
    done = asked - len(missing) if asked > 1 else int(value is not None)
    several = len(instrument.scored_scales) > 1
    if value is None and (not done or _is_unlooked(found, missing)) and several:
        return None
    text = _range(found, scale, missing) if value is None else plain(value)
    band = instrument.band_for(value, scale.id) if value is not None else None
    chosen = instrument.descriptive(scale.id) if band else None
    of = (
        _("of %(max)s") % {"max": plain(scale.max)}
        if scale.quantity.is_of_maximum and scale.max is not None
        else scale.unit
    )
    return Total(
        label=str(scale.label) if several else "",
        value=text,
        of=of if text else "",
        done=done,
        asked=asked,
        band=band,
        population=str(chosen.population) if chosen else "",
        source=chosen.source if chosen else "",
    )


def _is_unlooked(found: Entered, missing: Sequence[str]) -> bool:
    """Whether all that is missing was answered by "not assessed": there will be no total."""
    return bool(missing) and all(name in found.answers for name in missing)


def _range(found: Entered, scale: Scale, missing: Sequence[str]) -> str:
    """What the total can still become: the least and the most that the open items can add. "" where nothing bounds it."""
    if kind_of(found.instrument) not in {Kind.ITEMS, Kind.SUBTOTALS} or any(name in found.answers for name in missing):
        return ""
    ends = [_filled(found, scale, missing, is_most=most) for most in (False, True)]
    if any(one is None for one in ends):
        return ""
    low, high = (plain(one) for one in ends if one is not None)
    return low if low == high else f"{low}\N{EN DASH}{high}"


def _filled(found: Entered, scale: Scale, missing: Sequence[str], *, is_most: bool) -> Decimal | None:
    """The total if every open item had its lowest, or its highest, answer."""
    asked, place = found.instrument.questions, -1 if is_most else 0
    ends = {one.id: one.allowed[place] for one in asked.items}
    ends |= {one.id: one.max if is_most else one.min for one in asked.subtotals}
    answers = {**found.answers, **{name: plain(ends[name]) for name in missing}}
    context = dict.fromkeys(found.instrument.requires, "?")
    sitting = Sitting(answers=answers, inputs=found.inputs, context=context)
    try:
        return score_sitting(found.instrument, sitting).totals.get(scale.id)
    except AnswersRefused:
        return None


def _left(found: Entered, missing: Sequence[str], is_complete: bool) -> str:
    if is_complete:
        return ""
    names = _names(found.instrument, missing)
    if not names:
        return ""
    if len(names) <= NAMED:
        return _("Left: %(items)s") % {"items": ", ".join(names)}
    return ngettext("%(count)d item left", "%(count)d items left", len(names)) % {"count": len(names)}


def _names(instrument: Instrument, missing: Sequence[str]) -> list[str]:
    known = labels(instrument)
    found = [Truncator(known[name]).chars(40) for name in missing if name in known]
    return [] if kind_of(instrument) in {Kind.GOALS, Kind.RATINGS, Kind.SPEED} else found
