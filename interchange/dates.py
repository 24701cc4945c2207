"""Days and times exactly as a source gives them; what is not a whole day is no date."""

import datetime as dt
import re

from interchange.records import Moment

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}):(\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})?")


def day(text: object) -> dt.date | None:
    """A whole day written YYYY-MM-DD; None for 1974, 1974-12, a day that does not exist, or no text."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def moment(text: object) -> Moment | None:
    """A whole day, or a time. A time keeps the offset that it was written with; without one it is UTC."""
    if not isinstance(text, str):
        return None
    match = _TIME.fullmatch(text)
    if not match:
        return day(text)
    minutes, seconds, fraction, offset = match.groups(default="")
    seconds = "59" if seconds == "60" else seconds  # a leap second, which FHIR allows and Python does not know
    try:
        return dt.datetime.fromisoformat(f"{minutes}:{seconds}{fraction}{offset or '+00:00'}")
    except ValueError:
        return None


def calendar_day(at: Moment) -> dt.date:
    """The day on the clock of the place where it was written down."""
    return at.date() if isinstance(at, dt.datetime) else at


def is_before(one: Moment, other: Moment) -> bool:
    """Whether one is certainly earlier; a day and a time of that day are not told apart."""
    if isinstance(one, dt.datetime) and isinstance(other, dt.datetime):
        return one < other
    return calendar_day(one) < calendar_day(other)
