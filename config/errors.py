"""Plain error pages of our own, and exception reports without values.

Django's own 400 and CSRF pages read the form again and show settings; a bad charset turns the former into a 500.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import timezone
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter


def _page(request: HttpRequest, name: str, status: int) -> HttpResponse:
    context = {"request_id": getattr(request, "request_id", "-"), "now": timezone.localtime()}
    # Rendered without a request: an error page must not depend on the session, the user or the body.
    return HttpResponse(loader.render_to_string(f"errors/{name}.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return _page(request, "400", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: for people who may know that the record exists."""
    return _page(request, "403", 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same page whether a record does not exist or may not be known."""
    return _page(request, "404", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a reference to quote, and what happened to the entry."""
    return _page(request, "500", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old, or did not come from here."""
    return _page(request, "csrf", 403)


class SparseReporterFilter(SafeExceptionReporterFilter):
    """Health data has no safe field names: every form value and local variable is left out."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> list[tuple[str, Any]]:
        return []


class SparseExceptionReporter(ExceptionReporter):
    """A report of where it happened, never of whom it concerned."""

    def get_traceback_data(self) -> dict[str, Any]:
        data = super().get_traceback_data()
        data["filtered_POST_items"] = [(name, "…") for name, _value in data.get("filtered_POST_items", [])]
        data["request_GET_items"] = data["request_COOKIES_items"] = []
        return data
