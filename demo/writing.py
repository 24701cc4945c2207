"""Texts of notes and reasons, put together from the phrases in data/: by diagnosis, phase and level, without repeats."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from demo.course import Visit
from demo.people import Person, read
from mobility import catalogue
from sessions_notes.vocabulary import SessionType

# A change of ability that can be told in words.
NOTICEABLE = 0.3


class Writer:
    """Writes about one person, and remembers which phrases were used last."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.condition = read("conditions")[person.condition]
        self.phrases = read("phrases")
        self.home = person.rng.choice(self.phrases["homes"])
        self.goal = person.rng.choice(self.phrases["goals"])
        self.before: float = person.start
        self._used: list[str] = []

    def pick(self, choices: Sequence[str]) -> str:
        """One of these, if possible one that was not used lately."""
        fresh = [text for text in choices if text not in self._used] or list(choices)
        found = self.person.rng.choice(fresh)
        self._used = [*self._used[-8:], found]
        return found

    def phrase(self, kind: str) -> str:
        return self.pick(self.phrases[kind])

    def follow_up(self) -> str:
        return self.pick(self.condition["follow_up"])

    def status_reason(self, visit: Visit) -> str:
        """Why the status is another one from this visit on."""
        kind = "improved" if visit.level > visit.before else "declined"
        return self.pick(self.phrases[kind][visit.level])

    def note(self, visit: Visit, kind: str, scores: Sequence[tuple[str, Decimal, Decimal | None]]) -> str:
        """A session's note: what was said, done, seen and measured, what it means, what comes next."""
        parts = [self._opening(visit, kind), self._middle(visit, kind), self._findings(scores), self._closing(kind)]
        self.before = visit.ability
        return "\n\n".join(part for part in parts if part)

    def _opening(self, visit: Visit, kind: str) -> str:
        said = self.pick(self.condition["says"][self._phase(visit)])
        if kind == SessionType.INITIAL_ASSESSMENT:
            return f"{self.home} Goal in their own words: {self.goal}.\n{said}"
        return said

    def _phase(self, visit: Visit) -> str:
        if visit.ability < self.before - NOTICEABLE or visit.level < visit.before:
            return "worse"
        is_early = visit.index < 3 and self.person.course not in {"plateau"}
        return "early" if visit.index == 0 or is_early else "later"

    def _middle(self, visit: Visit, kind: str) -> str:
        if kind in self.phrases:  # home_visit, contact, case_discussion, equipment_review, discharge
            return self.phrase(kind)
        done = self.pick(self.condition["does"]["low" if visit.level <= 3 else "high"])
        return f"{done}\n{self.pick(self.phrases['observed'][visit.level])}"

    def _findings(self, scores: Sequence[tuple[str, Decimal, Decimal | None]]) -> str:
        return " ".join(self._finding(*score) for score in scores)

    @staticmethod
    def _finding(instrument_id: str, now: Decimal, before: Decimal | None) -> str:
        instrument = catalogue.get(instrument_id)
        words = f"{instrument.abbreviation} {instrument.format_value(now)}"
        if before is None:
            return f"{words}."
        change = instrument.change(before, now).text
        return f"{words} ({change[0].lower()}{change[1:]})."

    def _closing(self, kind: str) -> str:
        if kind in {SessionType.DISCHARGE, SessionType.CASE_DISCUSSION}:
            return ""
        course = {"discharged": "improving", "new": "", "inactive": "plateau", "deceased": "declining"}
        meaning = course.get(self.person.course, self.person.course)
        judged = self.phrase_of("assessments", meaning) if meaning else ""
        plan = self.pick(self.condition["plan"])
        return "\n".join(part for part in (judged, f"Plan: {plan} {self.phrase('closing')}") if part)

    def phrase_of(self, kind: str, which: Any) -> str:
        return self.pick(self.phrases[kind][which])
