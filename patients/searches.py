"""What lists are searched for: a name or an identifier, which stands in no address. It is kept in the session under a key."""

import secrets

from django.http import HttpRequest

from audit.api import record_event

KEPT_SEARCHES = 20


def keep_search(request: HttpRequest, text: str) -> str:
    """Keep what was searched for in the session; returns the key for the address, "" for no text."""
    text = " ".join(text.split())[:100]
    if not text:
        return ""
    searches = dict(request.session.get("searches", {}))
    key = next((k for k, v in searches.items() if v == text), None) or secrets.token_urlsafe(6)
    searches.pop(key, None)
    searches[key] = text
    request.session["searches"] = dict(list(searches.items())[-KEPT_SEARCHES:])
    return key


def record_search(request: HttpRequest) -> None:
    """Leave in the audit trail that somebody searched for a patient; not for whom, which nobody may read there."""
    record_event("list.searched", by=request.user, request=request)
