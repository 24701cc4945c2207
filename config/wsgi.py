"""WSGI entry point. The environment names the database; nothing is started from here."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

# Browsers send forms in the page's encoding, which is UTF-8. Django decodes the address with whatever is named here,
# before any middleware, and some of Python's codecs (punycode, idna) raise on it.
CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252"})


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, for requests in an encoding that browsers use; 400 for others."""
    named = environ.get("CONTENT_TYPE", "").lower().partition("charset=")[2].split(";")[0].strip(" \"'")
    if named and named not in CHARSETS:
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"This request is in an encoding that cannot be read."]
    answer: Iterable[bytes] = _django(environ, start_response)
    return answer
