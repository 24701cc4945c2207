"""When a session was: a clinic's day and clock time as a moment, on nights when clocks change as well."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import timezone

from ui import dates

NOON = dt.time(12)


def moment_of(day: dt.date, start: dt.time | None, *, recorded_at: dt.datetime) -> dt.datetime:
    """The moment to sort a session by, in the clinic's time zone.

    Without a start time it is the moment of recording for a session of that day, else noon. In the hour that a clock
    shows twice it is the later of the two that is not after the recording. Raises ValidationError for a time that the
    clock skipped.
    """
    if start is None and timezone.localtime(recorded_at).date() == day:
        return recorded_at
    try:
        return dates.moment_of(day, start or NOON, latest=recorded_at)
    except ValidationError as skipped:
        raise ValidationError({"start_time": skipped}) from skipped
