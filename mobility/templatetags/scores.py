"""What tables of scores say in every row. An include would take ten times as long."""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mobility.charts import Sparkline
from mobility.verdicts import Moved
from ui.templatetags.ui import move

register = template.Library()


@register.simple_tag
def moved(found: Moved) -> SafeString:
    """A change with its glyph and its words, and the verdict on it in short."""
    return _moved(found.kind, found.label, found.short)


@lru_cache(maxsize=2_000)  # words about sizes of change: they are the same again and again
def _moved(kind: str, label: str, short: str) -> SafeString:
    arrow = move(kind, label) if kind else ""
    return format_html('{} <span class="moved">{}</span>', arrow, short) if short else format_html("{}", arrow)


SPARK = (
    '<svg class="spark" viewBox="0 0 76 24" aria-hidden="true" focusable="false">'
    '<line class="base" x1="3" y1="21" x2="73" y2="21" /><path d="{}" />'
    '<circle cx="{}" cy="{}" r="2.8" /></svg>'
)


@register.simple_tag
def spark(drawn: Sparkline | None) -> SafeString | str:
    """A trend at the size of a word; number and change stand beside it."""
    return format_html(SPARK, drawn.path, drawn.last_x, drawn.last_y) if drawn else ""


@register.simple_tag
def abbreviated(short: str, name: str) -> SafeString:
    """A measure by its short name, with the whole one to point at and to hear; by that alone where there is no other."""
    if not short:
        return format_html("{}", name)
    seen = '<span title="{}"><span aria-hidden="true">{}</span><span class="vh">{}</span></span>'
    return format_html(seen, name, short, name)
