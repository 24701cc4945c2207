"""Days and hours of the demo clinic: working days, and sessions that do not overlap in anybody's day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

OPENS = 8 * 60 + 30  # minutes after midnight
CLOSES = 16 * 60 + 30
LATEST = 18 * 60 + 30  # on a crowded day
STEP = 5


@dataclass
class Clock:
    """Moments counted back from one day, in the clinic's time zone. Nothing is ever planned on that day itself."""

    today: dt.date
    zone: ZoneInfo
    taken: dict[tuple[str, dt.date], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def day(self, ago: int) -> dt.date:
        """The working day at or before that many days ago; yesterday's at the latest."""
        return self.settle(self.today - dt.timedelta(days=max(ago, 1)))

    @staticmethod
    def settle(day: dt.date) -> dt.date:
        """The day itself, or the Friday before it."""
        return day - dt.timedelta(days=max(day.weekday() - 4, 0))

    def working_day(self, ago: int) -> dt.date:
        """The day of that many working days ago."""
        found = self.today
        for _ in range(ago):
            found = self._before(found)
        return found

    @staticmethod
    def _before(day: dt.date) -> dt.date:
        return day - dt.timedelta(days={0: 3, 6: 2}.get(day.weekday(), 1))

    @staticmethod
    def next_working_day(day: dt.date) -> dt.date:
        """The day itself, or the Monday after it."""
        return day + dt.timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)

    def at(self, day: dt.date, minute: int) -> dt.datetime:
        """That minute of the clinic's day."""
        return dt.datetime.combine(day, dt.time(minute // 60, minute % 60), tzinfo=self.zone)

    def book(self, who: str, day: dt.date, minutes: int, *, wish: int) -> dt.datetime:
        """The free start nearest after `wish` in somebody's day; it is theirs from then on."""
        for start in self._starts(wish, minutes):
            if all(start >= end or start + minutes <= begin for begin, end in self.taken[who, day]):
                self.taken[who, day].append((start, start + minutes + STEP))
                return self.at(day, start)
        raise LookupError(f"{who} has no {minutes} minutes left on {day}")

    @staticmethod
    def _starts(wish: int, minutes: int) -> Iterator[int]:
        wish -= wish % STEP
        yield from range(max(wish, OPENS), CLOSES - minutes + 1, STEP)
        yield from range(OPENS, max(wish, OPENS), STEP)
        yield from range(CLOSES - minutes, LATEST - minutes + 1, STEP)
