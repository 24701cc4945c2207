"""How somebody's mobility goes over the months: when they are seen, how able they are, which status that makes."""

import datetime as dt
import math
from dataclasses import dataclass

from demo.clock import Clock
from demo.people import Person
from patients.vocabulary import MobilityStatus

# How far ability has to leave a level before the status follows: nobody changes it for one bad day.
INERTIA = 0.62
STATUS = {status.level: status for status in MobilityStatus}
REVIEW_EVERY = 5


@dataclass(frozen=True)
class Visit:
    """One session: how able the person is that day, and the level of mobility from that day on."""

    index: int
    day: dt.date
    ability: float
    level: int
    before: int  # the level until then
    is_last: bool

    @property
    def is_first(self) -> bool:
        return self.index == 0

    @property
    def is_review(self) -> bool:
        return self.is_first or self.is_last or self.index % REVIEW_EVERY == 0


def visits(person: Person, clock: Clock) -> list[Visit]:
    """Every session of a person so far, first to last."""
    days = _days(person, clock)
    found: list[Visit] = []
    level = person.start
    for index, day in enumerate(days):
        is_last = index == len(days) - 1
        through = index / max(len(days) - 1, 1)
        ability = _ability(person, through) + person.rng.gauss(0, 0.12)
        before = level
        if person.recent and is_last:
            level = before + (1 if person.recent == "improved" else -1)
            ability = level + 0.1
        elif abs(ability - level) > INERTIA:
            level += 1 if ability > level else -1
        level = min(max(level, 1), 6)
        found.append(Visit(index, day, ability, level, before, is_last))
    return found


def _days(person: Person, clock: Clock) -> list[dt.date]:
    """Weekly at first, then every three or four weeks; a few are seen more often."""
    rng = person.rng
    if person.course == "new":
        return [] if person.scores == 0 else [clock.day(person.days)]
    last = person.ended + rng.randint(3, 9) if person.ended else rng.randint(1, 16)
    if person.archived:
        last = person.archived
    ago, found = person.days, []
    while ago > last + 3:
        found.append(clock.day(ago))
        is_early = person.days - ago < 21
        ago -= rng.randint(5, 8) if is_early else rng.randint(9, 13) if person.often else rng.randint(17, 30)
    found.append(clock.working_day(rng.randint(1, 4)) if person.recent else clock.day(last))
    return sorted(set(found))


def _ability(person: Person, through: float) -> float:
    """On the scale of the six levels, `through` being how much of the time has passed (0 to 1)."""
    start, end = person.start, person.end
    if person.recent:  # the last step comes with the last visit
        end += -1 if person.recent == "improved" else 1
    if person.course in {"improving", "discharged"}:
        return start + (end - start) * (1 - (1 - through) ** 1.8)
    if person.course in {"declining", "deceased"}:
        return start + (end - start) * through**1.3
    if person.course == "fluctuating":
        swing = 0.8 * math.sin(2.4 * math.tau * through + 0.9)
        return (start + end) / 2 + swing
    return start + (end - start) * min(through / 0.35, 1)
