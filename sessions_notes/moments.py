"""When a session was: a clinic's day and clock time as a moment, on nights when clocks change as well."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

NOON = dt.time(12)


def moment_of(day: dt.date, start: dt.time | None, *, recorded_at: dt.datetime) -> dt.datetime:
    """The moment to sort a session by, in the clinic's time zone.

    Without a start time it is the moment of recording for a session of that day, else noon. In the hour that a clock
    shows twice it is the later of the two that is not after the recording. Raises ValidationError for a time that the
    clock skipped.
    """
    zone = timezone.get_default_timezone()
    if start is None:
        if recorded_at.astimezone(zone).date() == day:
            return recorded_at
        start = NOON
    wall = dt.datetime.combine(day, start)
    later, earlier = (wall.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (1, 0))
    if later.astimezone(zone).replace(tzinfo=None) != wall:
        raise ValidationError({"start_time": _("The clocks went forward that night: this time did not exist")})
    return later if later <= recorded_at else earlier
