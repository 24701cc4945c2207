"""The scores of a patient as trends: series of like with like, the baseline of each episode, what became of each score.

A series holds the live scores of one instrument, version, scale and required context such as the hand. Others are listed,
but never drawn on its axis nor compared with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from mobility import catalogue, populations
from mobility.catalogue import Context, Instrument, Scale, Threshold
from mobility.change import Measured, Size, Verdict, choose, compare, judged, plain_change, rounded
from mobility.querysets import TrendRow
from mobility.verdicts import Moved, moved
from patients.course import Course

NO_COURSE = Course(())
KINDS = frozenset(Context)


Name = tuple[str, str]  # instrument and series


class Series:
    """Live scores that may stand on one axis, oldest first and not none."""

    def __init__(self, instrument: Instrument, rows: Sequence[TrendRow], course: Course, group: str) -> None:
        self.instrument, self.rows = instrument, rows
        self.scale: Scale = instrument.scale(rows[0].scale or None)
        self.choice = populations.choice(group, instrument, self.scale.id)
        self.group = group
        # Nothing was said of any of the scores that could keep two of them apart.
        self.is_plain = not (instrument.requires or self.scale.unordered) and not any(map(_is_special, rows))
        self.days = [row.score_date for row in rows]
        self.values = [row.score_value for row in rows]
        self._known: dict[tuple[Decimal, Decimal], Verdict] = {}
        self._moves: dict[tuple[Decimal, Size | None, Size | None], Moved] = {}
        self._texts: dict[Decimal, tuple[str, str]] = {}
        self.episodes = course.episodes_of(self.days)
        # The first place of each: what is said last of an episode stands.
        self._baselines = dict(zip(reversed(self.episodes), range(len(rows) - 1, -1, -1), strict=True))

    @property
    def name(self) -> Name:
        return self.instrument.id, self.rows[0].series

    @property
    def last(self) -> TrendRow:
        return self.rows[-1]

    @cached_property
    def places(self) -> dict[int, int]:
        """Where each score stands in this series, by its key."""
        return {row.pk: place for place, row in enumerate(self.rows)}

    @property
    def label(self) -> str:
        """What tells this series from others of its instrument: the hand, the wound, the scale; "" for none."""
        parts = [str(self.rows[0].context.get(kind, "")) for kind in self.instrument.requires]
        if self.rows[0].scale and self.scale.id != self.instrument.default_scale.id:
            parts.append(str(self.scale.label))
        return ", ".join(part for part in parts if part)

    @cached_property
    def missing(self) -> str:
        """Why no threshold was used where there was none."""
        return populations.missing(self.group, self.instrument)

    @property
    def current(self) -> slice:
        """The scores of the episode that the newest one belongs to."""
        return slice(self._baselines[self.episodes[-1]], None)

    def baseline_of(self, place: int) -> int:
        """The place of the first score of the same episode."""
        return self._baselines[self.episodes[place]]

    def baselines(self) -> list[int]:
        """The places of all baselines, oldest first."""
        return sorted(self._baselines.values())

    def since_last(self, place: int) -> Verdict | None:
        """What became of the score before; None for the first."""
        return self._compared(place - 1, place) if place else None

    def since_baseline(self, place: int) -> Verdict | None:
        """What became of the baseline of the episode; None for a baseline."""
        baseline = self.baseline_of(place)
        return None if baseline == place else self._compared(baseline, place)

    def moved(self, verdict: Verdict) -> Moved:
        """A verdict of this series in short words; put together once for changes of one size, because lists have many."""
        if verdict.change is None:
            return moved(self.instrument, verdict)
        error, meaning = (one.size if one else None for one in (verdict.mdc, verdict.mcid))
        key = (verdict.change.amount, error, meaning)
        if key not in self._moves:
            self._moves[key] = moved(self.instrument, verdict)
        return self._moves[key]

    def text_of(self, value: Decimal) -> tuple[str, str]:
        """A value in words and the band that it is in, each put together once; "" for no band."""
        if value not in self._texts:
            band = self.instrument.band_for(value, self.scale.id)
            self._texts[value] = (self.scale.format(value), str(band.label) if band else "")
        return self._texts[value]

    def is_joined(self, place: int) -> bool:
        """Whether a line may lead here from the score before: of one episode, and measured alike."""
        if not place or self.episodes[place] != self.episodes[place - 1]:
            return False
        return self.are_alike(place - 1, place)

    def is_apart(self, place: int) -> bool:
        """Whether a score cannot be compared with the baseline of its episode."""
        baseline = self.baseline_of(place)
        return place != baseline and not self.are_alike(baseline, place)

    def are_alike(self, one: int, other: int) -> bool:
        """Whether two scores are comparable; without a whole verdict wherever their circumstances are the same."""
        if self.is_plain:
            return True
        a, b = self.rows[one], self.rows[other]
        is_same = a.context_words == b.context_words and a.is_recoded is b.is_recoded
        if is_same and not self.scale.unordered and all(map(a.context.get, self.instrument.requires)):
            return True
        return self._compared(one, other).is_comparable

    def error_of(self, place: int) -> Threshold | None:
        """The measurement error that applies to a baseline; None where no threshold may be used."""
        return self._threshold(self.instrument.mdc, self.choice.mdc or self.instrument.default_change.mdc, place)

    def meaning_of(self, place: int) -> Threshold | None:
        """The change from a baseline that matters to people; None where no threshold may be used."""
        return self._threshold(self.instrument.mcid, self.choice.mcid or self.instrument.default_change.mcid, place)

    def _threshold(self, found: Sequence[Threshold], name: str, place: int) -> Threshold | None:
        return choose(found, name, self.scale, rounded(self.rows[place].score_value, self.scale))

    def _compared(self, earlier: int, later: int) -> Verdict:
        """The verdict on a change; the same as of other scores of these values, where they were measured alike."""
        if not self.is_plain and (_is_special(self.rows[earlier]) or _is_special(self.rows[later])):
            return self._compare(earlier, later)
        key = (self.values[earlier], self.values[later])
        if key not in self._known:
            self._known[key] = self._judged(*key) if self.is_plain else self._compare(earlier, later)
        return self._known[key]

    def _compare(self, earlier: int, later: int) -> Verdict:
        return compare(self.instrument, self._measured(earlier), self._measured(later), choice=self.choice)

    def _judged(self, earlier: Decimal, later: Decimal) -> Verdict:
        """Nothing can keep these apart: they are of one instrument, version and scale, and that is all that was said."""
        before = rounded(earlier, self.scale)
        change = plain_change(self.instrument, earlier, later, self.scale)
        return judged(self.instrument, change, before, choice=self.choice)

    def _measured(self, place: int) -> Measured:
        row = self.rows[place]
        return Measured(
            value=row.score_value,
            scale_id=self.scale.id,
            version=row.instrument_version,
            instrument_id=row.score_type,
            context={Context(kind): words for kind, words in row.context.items() if kind in KINDS},
            is_legacy_recode=row.is_recoded,
        )


def series_of(rows: Iterable[TrendRow], course: Course = NO_COURSE, *, group: str = "") -> dict[Name, Series]:
    """The series that these scores, oldest first, make up, judged as the diagnosis group of their patient asks for.

    Those in error, and of instruments, versions and scales that the catalogue no longer has, are in none.
    """
    found: dict[Name, list[TrendRow]] = {}
    known: dict[tuple[str, ...], list[TrendRow] | None] = {}
    for row in rows:
        measure = row[1:5]
        if measure not in known:
            is_known = _is_known(row.score_type, row.instrument_version, row.scale)
            known[measure] = found.setdefault((row.score_type, row.series), []) if is_known else None
        those = known[measure]
        if those is not None and not row.entered_in_error_at:
            those.append(row)
    return {name: Series(catalogue.get(name[0]), those, course, group) for name, those in found.items() if those}


def _is_special(row: TrendRow) -> bool:
    """Whether something was said of a score that may keep it apart from others."""
    return row.is_recoded or row.context_words != "{}"


def _is_known(score_type: str, version: str, scale: str) -> bool:
    instrument = catalogue.find(score_type)
    if instrument is None or instrument.version != version:
        return False
    return not scale or scale in {one.id for one in instrument.scales}


@dataclass(frozen=True)
class Reach:
    """How far from a value a threshold lies, in the unit of the scale."""

    low: Decimal
    high: Decimal


def reach(threshold: Threshold, baseline: Decimal) -> Reach:
    """The values that lie a threshold below and above a baseline; a percentage is one of the baseline."""
    size = threshold.value * (baseline / 100 if threshold.is_percent else 1)
    return Reach(baseline - size, baseline + size)
