"""An outcome measure as the rest of the app sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from mobility.catalogue.about import (
    Code,
    Context,
    Definition,
    Direction,
    Domain,
    Entry,
    Licence,
    Reassessment,
    Target,
)
from mobility.catalogue.bands import Band, BandKind, BandRange, Sex
from mobility.catalogue.items import Questions, Scoring
from mobility.catalogue.scale import Scale, plain
from mobility.catalogue.thresholds import DefaultChange, Threshold

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHORT_NAME = 30


class Outcome(StrEnum):
    """What a change in value is by the direction of the scale; no claim that it matters or exceeds measurement error."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    SAME = "same"


@dataclass(frozen=True, kw_only=True)
class Change:
    """The difference between two values of one scale: amount = new - old, exact."""

    amount: Decimal
    outcome: Outcome
    scale: Scale

    @property
    def is_up(self) -> bool:
        """Whether the number rose, whichever way is better."""
        return self.amount > 0

    @property
    def is_down(self) -> bool:
        """Whether the number fell."""
        return self.amount < 0

    @property
    def text(self) -> str:
        """Up 35, Down 3.7 s, Same."""
        if not self.amount:
            return _("Same")
        words = _("Up %(amount)s") if self.is_up else _("Down %(amount)s")
        return words % {"amount": self.scale.with_unit(plain(abs(self.amount)))}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What one published set says of a value. Show it with `band.population` and `band.source` beside it."""

    band: Band
    range: BandRange


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One outcome measure. Values are Decimals that `clean_value` returned; scale_id None means the default scale.

    What is `held` was compiled but not checked, or with low confidence: it is never shown and never judged by.
    """

    id: str
    name: "StrOrPromise"
    abbreviation: str
    domain: Domain
    direction: Direction
    version: str
    version_label: "StrOrPromise"
    entry_hint: "StrOrPromise"
    definition: Definition
    licence: Licence
    entry: Entry
    scoring: Scoring
    scales: tuple[Scale, ...]
    questions: Questions
    context: tuple[Context, ...]
    requires: tuple[Context, ...]
    codes: tuple[Code, ...]
    snomed: tuple[Code, ...]
    bands: tuple[Band, ...]
    held_bands: tuple[Band, ...]
    mdc: tuple[Threshold, ...]
    held_mdc: tuple[Threshold, ...]
    mcid: tuple[Threshold, ...]
    held_mcid: tuple[Threshold, ...]
    default_change: DefaultChange
    reassessment: Reassessment | None
    held_reassessment: Reassessment | None
    cautions: "tuple[StrOrPromise, ...]"

    @property
    def short_name(self) -> str:
        """The name where room is short: itself, or the abbreviation of a long one."""
        name = str(self.name)
        return name if len(name) <= SHORT_NAME else self.abbreviation

    @property
    def may_be_recorded(self) -> bool:
        """Whether one value of the default scale is a score that can be kept."""
        return self.entry is not Entry.NONE

    @property
    def loinc(self) -> tuple[Code, ...]:
        """The codes of the score itself, never of a panel, an item or a neighbouring test."""
        return tuple(one for one in self.codes if one.target is Target.TOTAL)

    @property
    def default_scale(self) -> Scale:
        """The scale of the result that people mean by this instrument's score."""
        return self.scales[0]

    @cached_property
    def scored_scales(self) -> tuple[Scale, ...]:
        """The scales whose totals are kept as scores: those that are no part and no raw sum of another one."""
        parts = {part for one in self.scales for part in one.sum_of}
        if self.questions.conversion:
            parts.add(self.questions.conversion.from_scale)
        return tuple(one for one in self.scales if one.id not in parts)

    @property
    def has_item_form(self) -> bool:
        """Whether a score is made of several answers here, so that a typed total says less."""
        asked = self.questions
        return bool(asked.items or asked.subtotals)

    def series(self, scale_id: str, context: Mapping[Context, str]) -> str:
        """The key of the trend that a score belongs to: its scale, unless it is the default one, and required context."""
        parts = [scale_id] if scale_id != self.default_scale.id else []
        parts += [f"{one}={' '.join(context.get(one, '').split()).casefold()}" for one in self.requires]
        return "|".join(parts)

    def scale(self, scale_id: str | None = None) -> Scale:
        """A scale by its id. Raises KeyError for an id that this instrument does not have."""
        if scale_id is None:
            return self.default_scale
        for one in self.scales:
            if one.id == scale_id:
                return one
        raise KeyError(scale_id)

    def clean_value(self, entered: str | Decimal, scale_id: str | None = None) -> Decimal:
        """The exact value for what was typed or imported. Raises ValidationError phrased as an instruction."""
        return self.scale(scale_id).clean(entered)

    def format_value(self, value: Decimal, scale_id: str | None = None) -> str:
        """65 of 100, 18.4 s, 0.82 m/s, with spaces that do not break."""
        return self.scale(scale_id).format(value)

    @property
    def shown_band(self) -> Band | None:
        """The descriptive set of the default scale that pages and charts may show, if there is one."""
        return self.descriptive(self.default_scale.id)

    def band_for(self, value: Decimal, scale_id: str | None = None) -> BandRange | None:
        """The descriptive range that holds a value; None without a descriptive set that may be shown."""
        value, band = _exact(value), self.descriptive(self.scale(scale_id).id)
        return band.range_of(value) if band else None

    def statements_for(
        self, value: Decimal, scale_id: str | None = None, *, sex: Sex | None = None, age: int | None = None
    ) -> tuple[Statement, ...]:
        """What every set that may be shown, risk and criterion sets included, says of a value; silent sets are left out.

        Norms for one sex or some ages speak only of somebody whose sex and age (in years, on the day) are given.
        """
        value, wanted = _exact(value), self.scale(scale_id).id
        fitting = (band for band in self.bands if band.scale_id == wanted and band.is_about(sex, age))
        found = ((band, band.range_of(value)) for band in fitting)
        return tuple(Statement(band=band, range=one) for band, one in found if one is not None)

    def change(self, before: Decimal, after: Decimal, scale_id: str | None = None) -> Change:
        """What became of one value in the next: amount = after - before, judged by direction alone."""
        amount = _exact(after) - _exact(before)
        better = amount if self.direction is Direction.HIGHER else -amount
        outcome = Outcome.SAME if not amount else Outcome.IMPROVED if better > 0 else Outcome.WORSENED
        return Change(amount=amount, outcome=outcome, scale=self.scale(scale_id))

    def descriptive(self, scale_id: str) -> Band | None:
        sets = (one for one in self.bands if one.kind is BandKind.DESCRIPTIVE and one.scale_id == scale_id)
        return next(sets, None)

    def __str__(self) -> str:
        return str(self.name)


def _exact(value: Decimal) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError(f"a score is a Decimal, not {type(value).__name__}")
    return value
