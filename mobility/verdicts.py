"""A verdict on a change in plain words, each sentence with the population and the source of its threshold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mobility import wording
from mobility.catalogue import Instrument, Outcome, Scale, Threshold, plain
from mobility.change import Judgement, Obstacle, Size, Verdict

if TYPE_CHECKING:
    from decimal import Decimal

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Line:
    """One sentence; population and source are "" where no threshold is behind it."""

    text: str
    population: "StrOrPromise" = ""
    source: str = ""
    note: str = ""


def lines(verdict: Verdict, missing: str) -> tuple[Line, ...]:
    """What may be said of a change; `missing` where no threshold was used: unknown, never "no real change"."""
    if verdict.change is None:
        return tuple(Line(one) for one in _obstacles(verdict))
    if verdict.outcome is Outcome.SAME:
        return ()
    scale = verdict.change.scale
    if verdict.mdc is None and verdict.mcid is None:
        return (Line(missing),)
    error = _error(verdict.mdc, scale) if verdict.mdc else Line(_("Measurement error is not on file: it may be chance"))
    return (error, _matter(verdict.mcid, scale)) if verdict.mcid else (error,)


@dataclass(frozen=True)
class Moved:
    """A change for lists: `kind` and `label` as the tag `move` takes them ("" where there is none to tell), and what may be
    said of it in short. Coloured only where it is more than measurement error. `is_judged`: a threshold was there to use.
    """

    kind: str
    label: str
    short: str
    is_judged: bool = True


def moved(instrument: Instrument, verdict: Verdict) -> Moved:
    """▲ Up 10, improved beyond measurement error; or why two scores cannot be compared."""
    if verdict.change is None:
        return Moved("", "", _obstacles(verdict)[0])
    label = wording.change(instrument, verdict.change)
    if verdict.outcome is Outcome.SAME:
        return Moved("same", label, "")
    kind = "up" if verdict.change.is_up else "down"
    if verdict.is_beyond_error:
        kind = _COLOURED[kind, verdict.outcome is Outcome.IMPROVED]
    return Moved(kind, label, short(verdict), is_judged=verdict.mdc is not None or verdict.mcid is not None)


_COLOURED = {
    ("up", True): "improved",
    ("down", True): "down-improved",
    ("up", False): "up-declined",
    ("down", False): "declined",
}


def short(verdict: Verdict) -> str:
    """The verdict on a change of two comparable scores that differ, in a few words."""
    better = verdict.outcome is Outcome.IMPROVED
    matter = verdict.mcid.size if verdict.mcid else None
    if verdict.is_beyond_error is None and matter is None:
        return _("Improved") if better else _("Worse")
    if verdict.is_beyond_error is None:
        return _mattering(better, matter)
    if not verdict.is_beyond_error:
        if verdict.may_matter_but_may_be_noise:
            return _("Within measurement error, though large enough to matter")
        return _("Within measurement error")
    words = _("Improved beyond measurement error") if better else _("Worse beyond measurement error")
    if matter is None:
        return words
    if matter is Size.BELOW:
        return _("%(verdict)s, by less than matters to people") % {"verdict": words}
    return _("%(verdict)s, by as much as matters to people") % {"verdict": words}


def _mattering(better: bool, size: Size | None) -> str:
    if size is Size.BELOW:
        if better:
            return _("Improved by less than matters to people")
        return _("Worse by less than matters to people")
    if better:
        return _("Improved by as much as matters to people")
    return _("Worse by as much as matters to people")


def _error(judged: Judgement, scale: Scale) -> Line:
    facts = {"amount": amount(judged.threshold, scale)}
    if judged.size is not Size.BELOW:
        text = _("More than measurement error: a real change is %(amount)s") % facts
    else:
        text = _("Within measurement error, so it may be chance: a real change is %(amount)s") % facts
    return Line(text, judged.threshold.population, judged.threshold.source)


def _matter(judged: Judgement, scale: Scale) -> Line:
    facts = {"amount": amount(judged.threshold, scale)}
    words = {
        Size.BELOW: _("Smaller than a change that matters to people: %(amount)s"),
        Size.WITHIN_RANGE: _("Within the published range of changes that matter to people: %(amount)s"),
        Size.BEYOND: _("As large as a change that matters to people: %(amount)s"),
    }
    if judged.threshold.value_high is not None:
        words[Size.BEYOND] = _("Beyond the published range of changes that matter to people: %(amount)s")
    note = (
        _("Found in people who improved; whether it holds for a decline is not known")
        if judged.is_about_worsening
        else ""
    )
    return Line(words[judged.size] % facts, judged.threshold.population, judged.threshold.source, note)


def amount(threshold: Threshold, scale: Scale) -> str:
    """The size of a threshold: 9 points or more; more than 9 points; 5 to 6.5 kg; 19.4 % of the earlier score or more."""
    if threshold.value_high is not None:
        words = _("%(low)s to %(high)s")
        return words % {"low": plain(threshold.value), "high": _counted(threshold.value_high, threshold, scale)}
    words = _("more than %(amount)s") if threshold.is_strict else _("%(amount)s or more")
    return words % {"amount": _counted(threshold.value, threshold, scale)}


def _counted(value: "Decimal", threshold: Threshold, scale: Scale) -> str:
    number = plain(value)
    if threshold.is_percent:
        return _("%(number)s%% of the earlier score") % {"number": number}
    if scale.unit or threshold.unit != "points":
        return scale.with_unit(number)
    return ngettext("%(number)s point", "%(number)s points", 1 if value == 1 else 2) % {"number": number}


def _obstacles(verdict: Verdict) -> list[str]:
    words = {
        Obstacle.INSTRUMENT: _("Not comparable: another measure"),
        Obstacle.VERSION: _("Not comparable: another version of the measure"),
        Obstacle.SCALE: _("Not comparable: another scale of the measure"),
        Obstacle.ITEMS: _("Not comparable: other items were scored"),
        Obstacle.RECODE: _("Not comparable: one of the scores counts activities that were not attempted"),
        Obstacle.ORDER: _("Not comparable: one of the levels is no further step of the scale"),
    }
    context = [
        _("Not comparable: %(context)s differs or is not known") % {"context": one.label} for one in verdict.differing
    ]
    return [words[one] for one in verdict.obstacles if one in words] + context
