"""What an assessment came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from mobility.catalogue import Context, Instrument, Scale


@dataclass(frozen=True, kw_only=True)
class Result:
    """The totals of one assessment. A scale with an item that is not answered is in `missing` and has no total.

    `counted` are the items that a total is made of: a sum is only comparable with one of the same items. `recoded` are
    the items whose not-attempted code an older rule counted as a fixed value: such a total must be labelled so.
    """

    instrument: Instrument
    totals: Mapping[str, Decimal]
    missing: Mapping[str, tuple[str, ...]]
    counted: Mapping[str, frozenset[str]]
    recoded: Mapping[str, tuple[str, ...]]
    context: Mapping[Context, str]

    @property
    def version(self) -> str:
        """The version of the instrument that was scored with."""
        return self.instrument.version

    @property
    def total(self) -> Decimal | None:
        """The total of the default scale; None where something is missing."""
        return self.totals.get(self.instrument.default_scale.id)

    @property
    def scored(self) -> dict[Scale, Decimal]:
        """The totals that are kept as scores, by scale."""
        return {one: self.totals[one.id] for one in self.instrument.scored_scales if one.id in self.totals}

    @property
    def raw(self) -> Decimal | None:
        """The sum that a conversion table turned into the total; None for other ways of scoring."""
        conversion = self.instrument.questions.conversion
        return self.totals.get(conversion.from_scale) if conversion else None

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing on any scale."""
        return not any(self.missing.values())

    @property
    def is_legacy_recode(self) -> bool:
        """Whether a total counts activities that were not attempted."""
        return any(self.recoded.values())
