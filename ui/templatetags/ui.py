"""Template tags and filters that every page may use: dates, icons, levels, changes."""

import datetime as dt
import functools
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_htmx import jinja

from ui import dates, parts
from ui.escaping import shown

register = template.Library()


@register.simple_tag
def part(name: str, **values: Any) -> SafeString:
    """What a page repeats, from a Jinja2 template that knows these values and no others: ui/parts.py."""
    return parts.render(name, **values)


@register.simple_tag
def part_macro(name: str, wanted: str, *values: Any) -> SafeString:
    """What parts and pages show alike: a macro of a part with these values."""
    return SafeString(parts.macro(name, wanted)(*values))


@register.simple_tag
@functools.cache  # the same on each page: it took as long as a panel of the chart
def htmx_script() -> SafeString:
    """The script tag of django-htmx; under DEBUG also the one that shows Django's error pages."""
    return jinja.htmx_script()


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A decorative icon; a word or an aria-label stands beside it."""
    return _icon(name, size)


@functools.cache  # a page draws a hundred of them, of forty kinds
def _icon(name: str, size: int) -> SafeString:
    href = f"{static('img/icons.svg')}#{name}"
    return format_html(
        '<svg width="{0}" height="{0}" aria-hidden="true" focusable="false"><use href="{1}"/></svg>', size, href
    )


MOVES = {
    "improved": ("move move--up", "i-up3"),
    "declined": ("move move--down", "i-dn3"),
    "up": ("move", "i-up3"),
    "down": ("move", "i-dn3"),
    # Of a measure where less is better: the arrow is the number's, the colour the patient's.
    "down-improved": ("move move--up", "i-dn3"),
    "up-declined": ("move move--down", "i-up3"),
}


@register.simple_tag
def move(kind: str, label: Any, when: SafeString | str = "") -> SafeString:
    """A change with its glyph and its words: improved, declined, up, down or the same; `when` stands after them."""
    classes, glyph = MOVES.get(kind, ("move move--same", "i-same"))
    after = f" {shown(when)}" if when else ""
    return SafeString(f'<span class="{classes}">{_icon(glyph, 10)}{shown(label)}{after}</span>')


@register.simple_tag
def level_icon(level: int) -> SafeString:
    """The six-step ladder of mobility status; level 1 (hoist) to 6 (independent)."""
    return _level_icon(level)


@functools.cache
def _level_icon(level: int) -> SafeString:
    return format_html(
        '<svg width="26" height="12" aria-hidden="true" focusable="false"><use href="{}#lvl-{}"/></svg>',
        static("img/icons.svg"),
        level,
    )


@register.filter
def day(value: dt.date | dt.datetime | None) -> str | SafeString:
    """<time>21-Nov-2026</time>"""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    return _time(local, dates.show_date(local))


@register.filter
def weekday(value: dt.date | dt.datetime) -> str:
    """Saturday. What date:"l" says, in a tenth of the time."""
    local = timezone.localtime(value) if isinstance(value, dt.datetime) else value
    return str(WEEKDAYS[local.weekday()])


@register.filter
def clock(value: dt.datetime | None) -> str | SafeString:
    """<time>14:05</time>"""
    if value is None:
        return ""
    return _time(value, dates.show_time(value))


@register.filter
def moment(value: dt.datetime | None) -> str | SafeString:
    """<time>21-Nov-2026 14:05</time>"""
    if value is None:
        return ""
    return _time(value, f"{dates.show_date(value)} {dates.show_time(value)}")


@register.filter
def exact_moment(value: dt.datetime | None) -> str | SafeString:
    """<time>14-Mar-2026 09:30:12</time>, as ui.dates.show_moment says it."""
    if value is None:
        return ""
    return _time(value, dates.show_moment(value))


def _time(value: dt.date | dt.datetime, words: str) -> SafeString:
    # What format_html would make of it, in a quarter of the time: lists show hundreds of dates.
    return SafeString(f'<time datetime="{value.isoformat()}">{shown(words)}</time>')


@register.filter
def age(born: dt.date | None, on: dt.date | None = None) -> str:
    """The age of somebody born then, today or on the day given (a death)."""
    return "" if born is None else dates.age(born, on or timezone.localdate())


@register.filter
def split_words(text: str) -> list[str]:
    """The words of a text, to loop over."""
    return text.split()


@register.filter
def at(items: list[Any], index: int) -> Any:
    """The item with this number, from 0."""
    return items[index]


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's query string with some parameters changed, None removing one; paging starts anew."""
    request: HttpRequest = context["request"]
    params = {k: v for k, v in request.GET.items() if k != "page"} | {k: v for k, v in changes.items() if v is not None}
    for name in [k for k, v in changes.items() if v is None]:
        params.pop(name, None)
    return "?" + urlencode(params) if params else "?"
