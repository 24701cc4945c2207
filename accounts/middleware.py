"""The second fence: no view is called unless the gate has marked it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access import Access


class AccessMiddleware:
    """Refuses views without an access mark, and keeps accounts that wait for approval on their one page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        access = getattr(view, "access", None)
        if not isinstance(access, Access):
            raise ImproperlyConfigured(f"{view.__module__}.{view.__qualname__} has no access mark (accounts/access.py)")
        if access.kind in {"public", "account"}:
            return None
        if not request.user.is_approved:  # type: ignore[union-attr]
            return redirect("awaiting_approval")
        return None
