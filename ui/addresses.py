"""Addresses of pages, made quicker than Django makes them: a chart has fifty.

Django looks the name up, writes the address and matches it against its pattern, each time. Here each name is asked for
once in a process, and keys of rows are written into what came back.
"""

import re
import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django import urls
from django.urls.base import get_script_prefix, get_urlconf

# Keys that no row has, and a word that nothing is called, to be found again in the address that Django makes of them.
_SAMPLES: dict[type, Callable[[int], Any]] = {
    int: lambda place: 900_719_925_474_000 + place,
    uuid.UUID: lambda place: uuid.UUID(int=(0xFEDCBA98 << 96) + place),
    str: lambda place: f"zq-{place}-sample-qz",
}
_WORD = re.compile("[-a-zA-Z0-9_]+")  # what stands in an address as it is
_ODD_WORDS = ("-1", "A_b", "0")  # a route that does not take each of these is particular, and asked each time


def reverse(
    name: str, *, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None, current_app: str | None = None
) -> str:
    """As django.urls.reverse, which is asked itself where a value is no key of a row (an integer or a UUID) and no word."""
    values = (*args, *kwargs.values()) if kwargs else tuple(args)
    kinds = tuple(map(type, values))
    if not all(map(_is_known, kinds, values)):
        return urls.reverse(name, args=args, kwargs=kwargs, current_app=current_app)
    try:
        pattern = _pattern(name, kinds, tuple(kwargs or ()), current_app, get_script_prefix(), get_urlconf())
    except urls.NoReverseMatch:  # a word like any other is not what stands there
        return urls.reverse(name, args=args, kwargs=kwargs, current_app=current_app)
    return pattern.format(*values) if values else pattern


def _is_known(kind: type, value: Any) -> bool:
    return kind is uuid.UUID or (kind is int and value >= 0) or (kind is str and _WORD.fullmatch(value) is not None)


@lru_cache(2000)  # more than there are, so that an address which somebody makes up throws none out for long
def _pattern(
    name: str, kinds: tuple[type, ...], names: tuple[str, ...], current_app: str | None, _prefix: str, urlconf: Any
) -> str:
    """The address with {0}, {1} and so on in place of its values; `names` are those of the last ones."""
    samples = [_SAMPLES[kind](place) for place, kind in enumerate(kinds)]
    unnamed = len(samples) - len(names)
    kwargs = dict(zip(names, samples[unnamed:], strict=True))
    for word in _ODD_WORDS if str in kinds else ():
        odd = [word if kind is str else sample for kind, sample in zip(kinds, samples, strict=True)]
        odd_kwargs = dict(zip(names, odd[unnamed:], strict=True))
        urls.reverse(name, urlconf, args=odd[:unnamed], kwargs=odd_kwargs, current_app=current_app)
    found = urls.reverse(name, urlconf, args=samples[:unnamed], kwargs=kwargs, current_app=current_app)
    for place, sample in enumerate(samples):
        found = found.replace(str(sample), f"{{{place}}}")
    return found
