"""What Django asks for hundreds of times a page, answered quicker: the language, its words, the time zone.

docs/adr/0016-quicker-django.md says what each of these costs a page, and what of Django they stand in for.
"""

import functools
import html
import threading
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.template import base as templates
from django.urls import base as urls
from django.utils import html as markup
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import trans_real

_escape: Any = markup.escape
_render_value: Any = templates.render_value_in_context
_display: Any = models.Model._get_FIELD_display  # type: ignore[attr-defined]
_resolve: Any = templates.FilterExpression.resolve
_look_up: Any = templates.Variable._resolve_lookup  # type: ignore[attr-defined]


ITEMS = frozenset({list, tuple})


def install() -> None:
    """Put them in place of Django's own, once, when the project's apps are ready."""
    _put(trans_real, DjangoTranslation=OneTable, _translations={}, _default=None)
    # asgiref's Local follows async code around, which takes ten times as long; this site is served by threads alone.
    _put(trans_real, _active=threading.local())
    _put(timezone, _active=threading.local())
    _put(urls, _prefixes=threading.local(), _urlconfs=threading.local())
    _put(markup, escape=escape)
    _put(templates, render_value_in_context=render_value)
    _put(templates.Variable, _resolve_lookup=look_up)
    _put(templates.FilterExpression, resolve=resolve)
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            name = f"get_{field.name}_display"
            if getattr(model.__dict__.get(name), "func", None) is _display:
                setattr(model, name, functools.partialmethod(display, field=field))


def _put(module: Any, **names: Any) -> None:
    for name, value in names.items():
        if not hasattr(module, name):
            raise AttributeError(f"{module.__name__} has no {name} any more: docs/adr/0016-quicker-django.md")
        setattr(module, name, value)


def escape(text: Any) -> SafeString:
    """django.utils.html.escape, which asks each text whether it is lazy in a way that takes longer than escaping it."""
    if isinstance(text, str):
        return SafeString(html.escape(text))
    escaped: SafeString = _escape(text)
    return escaped


def render_value(value: Any, context: Any) -> str:
    """{{ value }}: plain and safe text, which most is, needs no asking whether it is a date or a number."""
    kind = type(value)
    if kind is SafeString or (kind is str and not context.autoescape):
        text: str = value
        return text
    if kind is str:
        return SafeString(html.escape(value))
    if kind is int and not settings.USE_THOUSAND_SEPARATOR:
        return str(value)
    rendered: str = _render_value(value, context)
    return rendered


def resolve(self: Any, context: Any, ignore_failures: bool = False) -> Any:
    """A name without filters, which most expressions are, is looked up and no more."""
    name = self.var
    if self.filters or not self.is_var or name.lookups is None or name.translate:
        return _resolve(self, context, ignore_failures)
    try:
        return name._resolve_lookup(context)
    except templates.VariableDoesNotExist:
        if ignore_failures:
            return None
        return _resolve(self, context)


def look_up(self: Any, context: Any) -> Any:
    """{{ a.b.c }}: a name of the page, then keys of dictionaries, numbers of items and attributes.

    What is anything else, or fails, is left to Django, which tries all of them at each step, by way of exceptions.
    """
    try:
        found = context[self.lookups[0]]
        if callable(found):
            return _look_up(self, context)
        for bit in self.lookups[1:]:
            kind = found.__class__  # of a lazy object, of what it stands for
            if kind is dict:
                found = found[bit]
            elif kind in ITEMS and bit.isdecimal():
                found = found[int(bit)]
            elif hasattr(kind, "__getitem__"):
                return _look_up(self, context)
            else:
                found = getattr(found, bit)
            if callable(found):
                return _look_up(self, context)
    except Exception:
        return _look_up(self, context)
    return found


def display(self: models.Model, field: Any) -> Any:
    """get_status_display() and its like: Django puts the choices into a table anew each time."""
    value, labels = getattr(self, field.attname), field.__dict__.get("_labels")
    if not isinstance(value, str) or not isinstance(field.choices, list):
        return _display(self, field)
    if labels is None:
        labels = field._labels = dict(field.flatchoices)
    return str(labels.get(value, value))


class OneTable(trans_real.DjangoTranslation):
    """A language with the words of all catalogues that it falls back to in one table.

    Django asks one after the other: most words of this project, which are in none, it looked up twelve times.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._words: dict[str, str] = {}
        self._counted: set[str] = set()
        source: Any = self
        while source is not None:
            self._words = _singular(source) | self._words
            self._counted |= {key[0] for key, _words in source._catalog.items() if isinstance(key, tuple)}
            source = source._fallback

    def gettext(self, message: str) -> str:
        return self._words.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        if msgid1 in self._counted:
            return super().ngettext(msgid1, msgid2, n)
        return msgid1 if n == 1 else msgid2


def _singular(source: Any) -> dict[str, str]:
    """What one catalogue says to gettext(): its plain messages, and else what it has for one of a number of things."""
    of_one = source.plural(1)
    items = list(source._catalog.items())
    found = {key[0]: words for key, words in reversed(items) if isinstance(key, tuple) and key[1] == of_one}
    return found | {key: words for key, words in reversed(items) if isinstance(key, str)}
