"""Sentences with numbers in them that several apps say."""

from django.utils.translation import ngettext


def overdue_by(days: int) -> str:
    """Overdue by 3 days."""
    return ngettext("Overdue by %(n)s day", "Overdue by %(n)s days", days) % {"n": days}


def overdue(number: int) -> str:
    """3 overdue."""
    return ngettext("%(n)s overdue", "%(n)s overdue", number) % {"n": number}
