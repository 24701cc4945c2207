"""Sessions that ran out: recorded once, and the browser remembered as their owner's for a while.

That is what lets a form which arrives too late be kept for the right person; it opens nothing.
"""

from typing import Any

from django.http import HttpRequest

from accounts.entries import Session
from accounts.sessions import why_over
from audit.api import record_event

OWNER = "lapsed"  # in the new, empty session of the same browser


def end(row: Session, *, reason: str, request: HttpRequest | None = None) -> None:
    """Empty a session that ran out, and record it: once, however many requests find it so."""
    if Session.objects.filter(pk=row.pk).exclude(session_data="").update(session_data=""):
        account = row.account
        record_event(
            "account.session_timed_out", by=account, target=account, request=request, details={"after": reason}
        )


def notice(request: HttpRequest) -> None:
    """End the session that this request's cookie was of, if it has run out."""
    session: Any = request.session
    session.seconds_left()  # reads the row
    if session.lapsed is not None:
        row = session.lapsed
        end(row, reason=why_over(row), request=request)
        session[OWNER] = row.account_id


def owner_of(request: HttpRequest) -> int | None:
    """Whose session ran out in this browser, if nobody has signed in since."""
    found = request.session.get(OWNER)
    return int(found) if found is not None else None
