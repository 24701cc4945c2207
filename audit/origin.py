"""Through what something is being recorded: a page of the site, or a command. Events name it without being told."""

import contextlib
import contextvars
from collections.abc import Iterator

from django.http import HttpRequest

_origin: contextvars.ContextVar[HttpRequest | str | None] = contextvars.ContextVar("origin", default=None)


@contextlib.contextmanager
def coming_through(origin: HttpRequest | str) -> Iterator[None]:
    """What is recorded in this block comes through this request, or through the command of that name."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def current_request() -> HttpRequest | None:
    """The request that is being answered; None in a command."""
    found = _origin.get()
    return found if isinstance(found, HttpRequest) else None


def current_command() -> str:
    """The command that is running, if it said so."""
    found = _origin.get()
    return found if isinstance(found, str) else ""
