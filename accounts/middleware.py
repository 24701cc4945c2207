"""The second fence: no view is called unless the gate has marked it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import Access


class AccessMiddleware:
    """Refuses views without an access mark, and keeps accounts that wait for approval on their one page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
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
        if access.kind in {"public", "account"}:
            return None
        if not getattr(request.user, "is_approved", False):
            return redirect("awaiting_approval")
        return None


def _leads_to_sign_in(response: HttpResponse) -> bool:
    is_redirect = response.status_code == HTTPStatus.FOUND
    return is_redirect and response["Location"].partition("?")[0] == resolve_url(settings.LOGIN_URL)
