"""Escaping, for what pages show by the hundred."""

from typing import Any

from django.utils.safestring import SafeString
from markupsafe import Markup, _escape_inner, escape


def shown(value: Any) -> str:
    """What escape() makes of a value. It makes a Markup of each, of which a page shows a thousand, only to join them."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is SafeString or kind is Markup:
        safe: str = value
        return safe
    return escape(value)
