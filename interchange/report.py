"""What came of an import: counts, reasons, failures; and the lines that say so."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from interchange.records import Failure, Kind, Skip

CREATED, UNCHANGED, SKIPPED, FAILED = "created", "unchanged", "skipped", "failed"
_WORDS = {
    Kind.PATIENT: "patients",
    Kind.SCORE: "scores",
    Kind.EQUIPMENT: "equipment",
    Kind.OTHER: "other",
    Kind.ASSESSMENT: "assessments",
    Kind.GOALS: "goals",
}


@dataclass
class Report:
    """`notes` are things that were left out of records that did enter, with their counts."""

    is_dry_run: bool = False
    is_interrupted: bool = False
    counts: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[Kind, str]] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def count(self, kind: Kind, what: str) -> None:
        self.counts[kind, what] += 1

    def skip(self, skip: Skip) -> None:
        self.count(skip.kind, SKIPPED)
        self.reasons[skip.kind, skip.reason] += 1

    def fail(self, failure: Failure) -> None:
        self.count(failure.kind, FAILED)
        self.failures.append(failure)

    def totals(self) -> dict[str, dict[str, int]]:
        """The counts by kind, as the audit keeps them."""
        return {
            word: {what: self.counts[kind, what] for what in (CREATED, UNCHANGED, SKIPPED, FAILED)}
            for kind, word in _WORDS.items()
        }

    def lines(self) -> Iterator[str]:
        """Counts by kind; then reasons, most frequent first; then failures in the order met; then what was left out."""
        for word, counts in self.totals().items():
            yield f"{word}: {', '.join(f'{what} {number}' for what, number in counts.items())}"
        for (kind, reason), number in sorted(self.reasons.items(), key=lambda item: (-item[1], item[0])):
            yield f"skipped {number} {_WORDS[kind]}: {reason}"
        for failure in self.failures:
            yield f"failed {_WORDS[failure.kind]}: {failure.origin}: {failure.message}"
        for note, number in sorted(self.notes.items(), key=lambda item: (-item[1], item[0])):
            yield f"note for {number} of those created: {note}"
        if self.is_interrupted:
            yield "Interrupted: what is counted as created is in. Run it again for the rest."
        if self.is_dry_run:
            yield "Dry run: nothing was written."
