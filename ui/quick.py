"""What Django asks for hundreds of times a page, answered quicker: the language, its words, moments, the URLconf.

docs/adr/0016-quicker-django.md says what that is worth to a page, and what was tried besides.
"""

import datetime as dt
import threading
from typing import Any

import psycopg
from django import db
from django.db.backends.postgresql import psycopg_any
from django.urls import base as urls
from django.utils import timezone, translation
from django.utils.translation import trans_real
from psycopg.adapt import Loader


def install() -> None:
    """Put them in place of Django's own, once, when the project's apps are ready."""
    _put(trans_real, DjangoTranslation=OneTable, _translations={}, _default=None, gettext=_gettext)
    _put(translation, _trans=type(vars(translation)["_trans"])())  # the one there keeps functions once asked for
    # asgiref's Local follows async code around, which takes ten times as long; this site is served by threads alone.
    _put(trans_real, _active=threading.local())
    _put(timezone, _active=threading.local())
    _put(db.connections, _connections=threading.local())
    _put(psycopg_any, register_tzloader=_register_moments)
    _put(urls, _prefixes=threading.local(), _urlconfs=threading.local())


def _put(module: Any, **names: Any) -> None:
    for name, value in names.items():
        if not hasattr(module, name):
            raise AttributeError(f"{module!r} has no {name} any more: docs/adr/0016-quicker-django.md")
        setattr(module, name, value)


class OneTable(trans_real.DjangoTranslation):
    """A language with the words of all catalogues that it falls back to in one table.

    Django asks one after the other: most words of this project, which are in none, it looked up twelve times.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        messages: set[str] = set()
        self._counted: set[str] = set()
        source: Any = self
        while source is not None:
            keys = [key for key, _words in source._catalog.items()]
            messages.update(key for key in keys if isinstance(key, str))
            self._counted.update(key[0] for key in keys if isinstance(key, tuple))
            source = source._fallback
        # Asked for, because Pythons differ in what they say of a message that a catalogue has with a number alone.
        self._words = {message: super(OneTable, self).gettext(message) for message in messages | self._counted}

    def gettext(self, message: str) -> str:
        return self._words.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        if msgid1 in self._counted:
            return super().ngettext(msgid1, msgid2, n)
        return msgid1 if n == 1 else msgid2


_load: Any = psycopg.adapters.get_loader(psycopg.adapters.types["timestamptz"].oid, psycopg.pq.Format.TEXT)


class Moments(Loader):
    """Moments as psycopg's own loader reads them, which is C. Django's is made from the Python one: it takes 15 times as
    long, to say that the zone is UTC, which the connection has said.
    """

    timezone = dt.UTC

    def __init__(self, oid: int, context: Any = None) -> None:
        super().__init__(oid, context)
        self._load = _load(oid, context).load

    def load(self, data: Any) -> Any:
        return self._load(data)


def _register_moments(zone: dt.tzinfo | None, context: Any) -> None:
    if zone is dt.UTC:
        context.adapters.register_loader("timestamptz", Moments)
    else:
        _djangos_moments(zone, context)


_djangos_moments = psycopg_any.register_tzloader


def _gettext(message: str) -> str:
    """As trans_real.gettext, for the constants that all but every message is."""
    table = getattr(_real._active, "value", None)
    if type(table) is OneTable and type(message) is str and message and "\r" not in message:
        return table._words.get(message, message)
    return _djangos_gettext(message)


_real: Any = trans_real  # the stubs leave out what is private
_djangos_gettext = trans_real.gettext
