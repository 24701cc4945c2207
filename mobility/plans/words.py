"""Intervals in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WEEK = 7


def interval(days: int | None) -> str:
    """Every day, every 10 days, every week, every 4 weeks; not planned."""
    if days is None:
        return _("Not planned")
    if days == 1:
        return _("Every day")
    if days == WEEK:
        return _("Every week")
    if days % WEEK:
        return ngettext("Every %(n)s day", "Every %(n)s days", days) % {"n": days}
    return ngettext("Every %(n)s week", "Every %(n)s weeks", days // WEEK) % {"n": days // WEEK}
