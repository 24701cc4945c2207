"""What happened to a patient, as the time axes of charts mark it, and the episodes of care that it makes up."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone

from patients.registry import CourseEvent, CourseSource, registry

if TYPE_CHECKING:
    from patients.models import Patient


@dataclass(frozen=True)
class Course:
    """The events of a patient's care, oldest first."""

    events: Sequence[CourseEvent]

    @cached_property
    def starts(self) -> list[CourseEvent]:
        """Where an episode began again. What was recorded before registration belongs to the first one."""
        return [event for event in self.events if event.is_start][1:]

    def episodes_of(self, days: Sequence[dt.date]) -> list[int]:
        """The number of the episode that each day belongs to, from 0; its first day belongs to it as a whole."""
        first_days = self._first_days
        return [bisect_right(first_days, day) for day in days] if first_days else [0] * len(days)

    @cached_property
    def _first_days(self) -> list[dt.date]:
        return [timezone.localdate(event.at) for event in self.starts]


def read(patient: "Patient") -> Course:
    """Everything that the apps tell of this patient's course: a query for each source."""
    found = [event for source in registry.of(CourseSource) for event in source.fetch(patient)]
    return Course(sorted(found, key=lambda event: event.at))
