"""What tables of scores say in every row. An include would take ten times as long."""

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
    arrow = move(found.kind, found.label) if found.kind else ""
    if not found.short:
        return format_html("{}", arrow)
    return format_html('{} <span class="moved">{}</span>', arrow, found.short)


SPARK = (
    '<svg class="spark" viewBox="0 0 76 24" aria-hidden="true" focusable="false">'
    '<line class="base" x1="3" y1="21" x2="73" y2="21" /><polyline points="{}" />'
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
