"""What tables of scores say in every row. An include would take ten times as long."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

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
