"""Fences around the views: sessions end when they should, and no view is called unless the gate has marked it."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from accounts import kept, lapses, second_factor
from accounts.access import Access
from accounts.models import User
from accounts.sessions import STANDING, standing
from audit.api import client_address, record_event
from ui import restoring

Handler = Callable[[HttpRequest], HttpResponse]


def is_activity(request: HttpRequest) -> bool:
    """Whether somebody did something: a page opened, a form sent.

    What a script asks for by itself (polling, autosave, the clock of the warning) keeps no session alive. A script's
    request counts if it says that its user typed or pointed since the last one: app.js adds `X-Active` then.
    """
    if request.headers.get("X-Active") == "1":
        return True
    is_by_script = "HX-Request" in request.headers or request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return not is_by_script and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


class SessionClockMiddleware:
    """Ends sessions that ran out, keeps what their owners had typed, and gives it back after signing in again."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lapses.notice(request)
        owner = request.session.owner()  # type: ignore[attr-defined]
        if owner is not None:  # the account itself, in the place of what would look for it when it is asked for
            request.user = request._cached_user = owner  # type: ignore[attr-defined]
        if is_activity(request):
            request.session.note_activity(  # type: ignore[attr-defined]
                address=client_address(request), user_agent=request.headers.get("User-Agent", "")
            )
        token = restoring.current.set(None)
        try:
            response = self.get_response(request)
        finally:
            restoring.current.reset(token)
        is_of_kept_form = request.method == "POST" and request.path in request.session.get(kept.IN_SESSION, ())
        if is_of_kept_form and _is_saved(response) and not hasattr(request, "was_kept"):
            kept.drop(request, request.path)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method in {"GET", "HEAD"}:
            if request.path in request.session.get(kept.IN_SESSION, ()) and request.user.is_authenticated:
                restoring.current.set(kept.waiting(request))
            return None
        owner = lapses.owner_of(request)
        if owner is None or request.user.is_authenticated or not _is_sent_by_hand(request):
            return None
        if not kept.keep(request, User(pk=owner)):
            return None
        answer = redirect_to_login(_page_of(request))
        return HttpResponseClientRedirect(answer.url) if "HX-Request" in request.headers else answer


class AccessMiddleware:
    """Refuses views without an access mark, and keeps accounts on the pages that they may see so far."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "htmx", False) and _leads_to_sign_in(response):
            # htmx would follow and put the sign-in page into the middle of this one.
            if request.method == "POST":  # leaving the page would lose what was typed: app.js says what to do
                return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
            back = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(redirect_to_login(back).url)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        access = getattr(view, "access", None)
        if not isinstance(access, Access):
            raise ImproperlyConfigured(f"{view.__module__}.{view.__qualname__} has no access mark (accounts/access.py)")
        if access.kind == "public":
            return None
        user: Any = request.user
        if access.kind != "account" and not getattr(user, "is_approved", False):
            return redirect("awaiting_approval")
        if not user.is_authenticated:
            return None  # LoginRequiredMiddleware has answered already; a view that lifts that answers for itself
        _renew(request, user)
        request.owes_second_factor = second_factor.is_missing(request, user)  # type: ignore[attr-defined]
        if request.owes_second_factor and not access.is_way_in:  # type: ignore[attr-defined]
            return redirect("mfa_index")  # until then the menu leads nowhere
        return None


def _renew(request: HttpRequest, user: User) -> None:
    if request.session.get(STANDING) == standing(user):
        return
    is_first = STANDING not in request.session
    request.session[STANDING] = standing(user)
    request.session.cycle_key()
    if not is_first:
        record_event("account.session_renewed", by=user, target=user, request=request)


def _is_saved(response: HttpResponse) -> bool:
    moved_on = {"HX-Redirect", "HX-Refresh", "HX-Location"} & set(response.headers)
    return response.status_code in {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER} or bool(moved_on)


def _is_sent_by_hand(request: HttpRequest) -> bool:
    """A form that somebody sent, by itself or from a dialog; not a script's autosave, which tries again later."""
    return "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _page_of(request: HttpRequest) -> str:
    """Where to go on after signing in: the form's page, or the page that the form was a part of."""
    came_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    is_dialog = "HX-Request" in request.headers
    if not is_dialog and came_from.netloc == request.get_host() and came_from.path != request.path:
        return re.sub(r"^/+", "/", came_from.path) + (f"?{came_from.query}" if came_from.query else "")
    return request.get_full_path()


def _leads_to_sign_in(response: HttpResponse) -> bool:
    is_redirect = response.status_code == HTTPStatus.FOUND
    return is_redirect and response["Location"].partition("?")[0] == resolve_url(settings.LOGIN_URL)
