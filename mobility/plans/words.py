"""Intervals in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ui.words import overdue_by

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


def due_in(days: int) -> str:
    """Overdue by 3 days; Due today; Due in 3 days."""
    if days < 0:
        return overdue_by(-days)
    return ngettext("Due in %(n)s day", "Due in %(n)s days", days) % {"n": days} if days else _("Due today")


def and_more(number: int) -> str:
    """And 2 more."""
    return ngettext("and %(n)s more", "and %(n)s more", number) % {"n": number}
