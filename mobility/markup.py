"""What parts of pages say of scores in markup."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from mobility.verdicts import Moved
from ui.templatetags.ui import move


def moved(found: Moved) -> SafeString:
    """A change with its glyph and its words, and the verdict on it in short."""
    return _moved(found.kind, found.label, found.short)


@lru_cache(maxsize=2_000)  # words about sizes of change: they are the same again and again
def _moved(kind: str, label: str, short: str) -> SafeString:
    arrow = move(kind, label) if kind else ""
    return format_html('{} <span class="moved">{}</span>', arrow, short) if short else format_html("{}", arrow)
