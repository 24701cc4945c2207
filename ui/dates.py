"""Dates, ages and times as clinicians read them (NHS CUI guides: DD-MMM-YYYY, age by how old the person is)."""

import datetime as dt
import functools
import re

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_ALT
from django.utils.translation import get_language
from django.utils.translation import gettext as _

ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
EARLIEST = dt.date(1850, 1, 1)
LATEST = dt.date(2200, 12, 31)


def show_date(value: dt.date | dt.datetime | None) -> str:
    """21-Nov-2026, in the clinic's time zone; an empty string for no date."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    # date_format(value, "d-M-Y") says the same in ten times the time, and lists show hundreds of dates.
    return f"{value.day:02}-{_month_name(value.month, get_language())}-{value.year}"


def show_day(value: dt.date) -> str:
    """21-Nov, where the year stands nearby."""
    return f"{value.day:02}-{_month_name(value.month, get_language())}"


@functools.cache
def _month_name(month: int, language: str) -> str:
    return str(MONTHS_3[month]).title()


def recorded_words(at: dt.datetime, on: dt.datetime | dt.date) -> str:
    """When something without a time was recorded: recorded 14:05, with the day where that is not the day it is about."""
    day = timezone.localdate(on) if isinstance(on, dt.datetime) else on
    if timezone.localdate(at) == day:
        return _("recorded %(time)s") % {"time": show_time(at)}
    return _("recorded %(date)s %(time)s") % {"date": show_date(at), "time": show_time(at)}


def month_names() -> list[str]:
    """The months as show_date writes them, January first: for the calendar of app.js."""
    return [_month_name(number, get_language()) for number in range(1, 13)]


def show_time(value: dt.datetime) -> str:
    """14:05, 24 hour, in the clinic's time zone."""
    local = timezone.localtime(value)
    return f"{local.hour:02}:{local.minute:02}"


def show_moment(value: dt.datetime) -> str:
    """14-Mar-2026 09:30, with seconds unless it is a whole minute or the end of one.

    In the hour that a DST night has twice it says which: 26-Oct-2025 01:30 BST.
    """
    local = timezone.localtime(value)
    words = f"{show_date(local)} {local:%H:%M}" if local.second in {0, 59} else f"{show_date(local)} {local:%H:%M:%S}"
    is_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{words} {local.tzname()}" if is_twice else words


def age(born: dt.date, on: dt.date) -> str:
    """How old somebody born on one day is on another: 78y; 17y 4m below 18 years; 5w 3d below 2 months.

    Source: NHS Common User Interface, patient banner and age display guides; shown units as in the design reference.
    """
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    years = months // 12
    if years >= 18:
        return _("%(years)sy") % {"years": years}
    if months >= 24:
        return _("%(years)sy %(months)sm") % {"years": years, "months": months % 12}
    if months >= 2:
        days = (on - _add_months(born, months)).days
        return _("%(months)sm %(weeks)sw") % {"months": months, "weeks": days // 7}
    days = (on - born).days
    return _("%(weeks)sw %(days)sd") % {"weeks": days // 7, "days": days % 7}


def _add_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))


def moment_of(day: dt.date, clock: dt.time, *, latest: dt.datetime | None = None) -> dt.datetime:
    """The moment that a clock in the clinic showed, for everything that people enter a time for.

    An hour that a DST night has twice is the later one, unless that is after `latest` (now if left out): nothing is
    recorded before it happened. One that it skips raises ValidationError.
    """
    wall = dt.datetime.combine(day, clock)
    # In UTC: Python finds a local time of a repeated hour equal to no moment of another zone.
    earlier, later = (timezone.make_aware(wall.replace(fold=fold)).astimezone(dt.UTC) for fold in (0, 1))
    if timezone.localtime(earlier).replace(tzinfo=None) != wall:
        raise ValidationError(_("The clocks went forward that night: enter a time that there was"), code="skipped")
    return earlier if later > (latest or timezone.now()) else later


_SPELLED = re.compile(r"^(\d{1,2})[\s\-./]*([^\W\d_]{2,15})\.?[\s\-./,]*(\d{4})$")
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")


def parse_date(text: str) -> dt.date:
    """Read 21-Nov-2026, 21 November 2026 or 2026-11-21.

    Raises ValidationError with an instruction for everything else, ambiguous 03/04/2026 included.
    """
    text = text.strip().replace("\N{NON-BREAKING HYPHEN}", "-")
    try:
        if match := _ISO.match(text):
            found = dt.date(int(match[1]), int(match[2]), int(match[3]))
        elif match := _SPELLED.match(text):
            found = dt.date(int(match[3]), _month(match[2]), int(match[1]))
        else:
            raise ValueError
    except ValueError:
        example = show_date(timezone.localdate())
        raise ValidationError(_("Enter a date like %(example)s") % {"example": example}, code="invalid") from None
    if not EARLIEST <= found <= LATEST:
        raise ValidationError(_("Enter a date with a year from 1850 to 2200"), code="invalid")
    return found


def _month(word: str) -> int:
    """The number of a month written in English or in the page's language, in full or short."""
    word = word.casefold()
    for number, english in enumerate(ENGLISH, start=1):
        shown = (str(names[number]).casefold().rstrip(".") for names in (MONTHS_3, MONTHS, MONTHS_ALT))
        if word in {english, english[:3], "sept" if number == 9 else english, *shown}:
            return number
    raise ValueError(word)
