"""What may be said of a score, whether it was read as a record or as a row of a list."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.functional import cached_property

from mobility import catalogue, details, editions, wording
from mobility.catalogue import Change, Context, Instrument
from mobility.change import Measured, between, plain_change
from mobility.querysets import ListRow, Previous, SeriesRow
from mobility.vocabulary import EntryWay

KINDS = frozenset(Context)


class Scored:
    """The words of a score, from what was recorded of it and from what the catalogue says.

    `previous`, where it was read (`with_previous`), is the score that a change is told from.
    """

    if TYPE_CHECKING:
        score_date: Any
        score_type: Any
        score_value: Any
        instrument_version: Any
        scale: Any
        context: Any
        is_recoded: Any
        edition_id: Any
        entry: Any
        entered_in_error_at: Any

    @property
    def is_in_error(self) -> bool:
        return self.entered_in_error_at is not None

    @cached_property
    def instrument(self) -> Instrument | None:
        """The instrument it was scored with; None if the catalogue no longer has it, its scale, or has another version."""
        known = catalogue.find(self.score_type)
        if known is None or known.version != self.instrument_version:
            return None
        return known if not self.scale or self.scale in {one.id for one in known.scales} else None

    @cached_property
    def wording(self) -> editions.Wording | None:
        """The wording of the time, where the catalogue says it otherwise by now; None where today's wording is right."""
        if self.edition_id is None or (self.instrument and editions.is_current(self.instrument, self.edition_id)):
            return None
        return editions.get(self.edition_id)

    @property
    def scale_id(self) -> str | None:
        """The scale as the catalogue takes it: None for the default one."""
        return self.scale or None

    @property
    def measure(self) -> str:
        """The name of the instrument as it was scored with, or its id if nothing knows it any more."""
        if self.wording:
            return self.wording.name
        return str(catalogue.find(self.score_type) or self.score_type)

    @property
    def scale_label(self) -> str:
        """Which scale of its measure, where it is not the default one, or the measure has several that are kept."""
        if self.wording:
            return str(self.wording.scale(self.scale)["label"]) if self.scale else ""
        known = self.instrument
        if known is None or len(known.scored_scales) == 1:
            return ""
        return str(known.scale(self.scale_id).label)

    @cached_property
    def series_label(self) -> str:
        """Which scale, hand or wound of its measure; "" where the measure has but one trend."""
        instrument = self.instrument
        kinds = instrument.requires if instrument else ()
        required = [details.words(one, self.context[one]) for one in kinds if self.context.get(one)]
        return ", ".join(part for part in (self.scale_label, *required) if part)

    @property
    def title(self) -> str:
        """The measure with its scale, hand or wound: Hand grip strength, left."""
        return ", ".join(part for part in (self.measure, self.series_label) if part)

    @property
    def version_label(self) -> str:
        """The version of the measure in words; its id where nothing knows it any more."""
        if self.wording:
            return self.wording.version_label
        return str(self.instrument.version_label) if self.instrument else self.instrument_version

    @property
    def value_text(self) -> str:
        """65 of 100; the bare number where nothing knows any more what it is of."""
        if self.wording:
            return self.wording.format(self.score_value, self.scale)
        if self.instrument:
            return self.instrument.format_value(self.score_value, self.scale_id)
        return catalogue.plain(self.score_value)

    @property
    def is_typed_total(self) -> bool:
        """Whether only a total was typed of a measure that is scored item by item here."""
        return self.entry == EntryWay.VALUE and bool(self.instrument and self.instrument.has_item_form)

    @property
    def context_lines(self) -> list[tuple[str, str]]:
        """What was said of how it was scored: (kind, words), in the order of the catalogue."""
        return wording.context_lines(self.context)

    @property
    def band_label(self) -> str:
        """What its value was called when it was scored; "" where no descriptive set was on file."""
        if self.wording and self.wording.has_bands:
            return self.wording.band(self.score_value, self.scale)
        found = self.instrument.band_for(self.score_value, self.scale_id) if self.instrument else None
        return str(found.label) if found else ""

    @cached_property
    def _previous(self) -> Previous | None:
        return Previous.read(getattr(self, "previous", None))

    @cached_property
    def change(self) -> Change | None:
        """Since the score before it (`with_previous`). None for a first one, for one entered in error, and where the two may
        not be compared.
        """
        previous = self._previous
        instrument = self.instrument
        if instrument is None or self.is_in_error or previous is None:
            return None
        scale = instrument.scale(self.scale_id)
        is_told = self.context or previous.context or self.is_recoded or previous.is_recoded
        if not (is_told or instrument.requires or scale.unordered):
            return plain_change(instrument, previous.value, self.score_value, scale)
        before = self._measured(previous.value, previous.context, previous.is_recoded)
        return between(instrument, before, self._measured(self.score_value, self.context, self.is_recoded)).change

    def _measured(self, value: Decimal, context: dict[str, str], is_recoded: bool) -> Measured:
        instrument = self.instrument
        return Measured(
            value=value,
            scale_id=self.scale or (instrument.default_scale.id if instrument else ""),
            version=self.instrument_version,
            instrument_id=self.score_type,
            context={Context(kind): words for kind, words in context.items() if kind in KINDS},
            is_legacy_recode=is_recoded,
        )

    @property
    def move(self) -> str:
        """The direction of the number, as the tag `move` takes it: up, down, same; "" where there is no change to tell."""
        change = self.change
        if change is None:
            return ""
        return "up" if change.is_up else "down" if change.is_down else "same"

    @property
    def move_label(self) -> str:
        """Up 10; Up 3.7 s (lower is better); Not comparable; First score."""
        if self.instrument is None or self.is_in_error:
            return ""
        if self._previous is None:
            return str(wording.FIRST)
        return wording.change(self.instrument, self.change) if self.change else str(wording.NOT_COMPARABLE)


class ListedScore(Scored):
    """A score of a list, which is no record: making one takes longer than reading it. It has what its row has."""

    if TYPE_CHECKING:
        pk: int
        occurred_at: Any

    entered_in_error_at = None

    def __init__(self, row: SeriesRow | ListRow, previous: Previous | None = None) -> None:
        self.__dict__.update(row._asdict(), previous=previous, context=row.context)
