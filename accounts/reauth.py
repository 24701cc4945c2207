"""Showing again who one is before a sensitive act: account security here, break-glass and exports elsewhere.

`@recently_authenticated` goes inside the gate's decorator. Signing in counts, so nobody is asked twice in a row.
`is_password_of` is for what is asked each time, in the middle of a form, however lately somebody signed in.
"""

import functools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts import kept, limits, second_factor
from accounts.entries import Scope
from accounts.models import User
from audit.api import record_event

View = Callable[..., HttpResponse]


def is_recent(request: HttpRequest, *, max_age: int | None = None) -> bool:
    """Whether the person at this browser has shown who they are within `max_age` seconds (OT_REAUTH_SECONDS)."""
    user: Any = request.user
    age = time.time() - second_factor.last_shown_at(request, user)
    return 0 <= age < (settings.OT_REAUTH_SECONDS if max_age is None else max_age)


def recently_authenticated(max_age: int | None = None) -> Callable[[View], View]:
    """For views: ask for the password or the second factor first where the last time is too long ago.

    A form that was sent too late is kept and comes back filled in (accounts.kept).
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if is_recent(request, max_age=max_age):
                return view(request, *args, **kwargs)
            return ask(request)

        guarded.reauthenticates = True  # type: ignore[attr-defined]
        return guarded

    return decorate


def ask(request: HttpRequest) -> HttpResponse:
    """On to the page that asks who this is, and back here afterwards."""
    kept.keep(request, request.user)
    query = urlencode({"next": request.get_full_path()})
    address = f"{reverse('account_reauthenticate')}?{query}"
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", False) else redirect(address)


def is_password_of(request: HttpRequest, user: User, password: str) -> bool:
    """Whether this is the password of the person at this browser. Raises limits.TooMany.

    Failures count as failed sign-ins of this account, so that the same lockout stops both.
    """
    trial = limits.begin(request, Scope.PASSWORD, account=user)
    if user.check_password(password):
        trial.succeeded()
        return True
    trial.failed()
    record_event("account.password_refused", by=user, target=user, request=request)
    return False
