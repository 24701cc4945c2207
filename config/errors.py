"""Plain error pages of our own, and exception reports without values.

Django's own 400 and CSRF pages read the form again and show settings; a bad charset turns the former into a 500.
"""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import loader
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

from config.logs import places_of, route_of


def _page(request: HttpRequest, name: str, status: int, more: dict[str, Any] | None = None) -> HttpResponse:
    now = timezone.localtime().replace(second=0, microsecond=0)
    context = {"request_id": getattr(request, "request_id", "-"), "now": now, **(more or {})}
    try:
        # Rendered without a request: an error page must not depend on the session, the user or the body.
        return HttpResponse(loader.render_to_string(f"errors/{name}.html", context), status=status)
    except Exception:  # a static file that collectstatic has not seen, a broken translation: still answer
        logging.getLogger(__name__).exception("error page %s", name)
        text = f"{status}. Reference {context['request_id']}"
        return HttpResponse(text, status=status, content_type="text/plain")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return _page(request, "400", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: for people who may know that the record exists."""
    return _page(request, "403", 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same page whether a record does not exist or may not be known."""
    return _page(request, "404", 404, _asking(request, exception))


def _asking(request: HttpRequest, exception: Exception | None) -> dict[str, Any]:
    """What the page of a chart that was refused, or is none, adds for a clinician: a form to ask for access."""
    # Not above: logging is set up with this module before there are models.
    from accounts.access import ChartRefused
    from accounts.roles import TREATING
    from patients.access_forms import AskForm

    user: Any = getattr(request, "user", None)
    if not isinstance(exception, ChartRefused) or not user.is_clinical:
        return {}
    form = AskForm(initial={"chart": exception.asked_for})
    return {"form": form, "csrf_token": get_token(request), "may_open_in_emergency": user.role in TREATING}


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """405: the address exists, and takes no such request."""
    return _page(request, "405", 405)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than any form of this site holds."""
    return _page(request, "413", 413)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: a limit on attempts."""
    return _page(request, "429", 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a reference to quote, and what happened to the entry."""
    return _page(request, "500", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old, or did not come from here."""
    return _page(request, "csrf", 403)


class SparseExceptionReporter(ExceptionReporter):
    """For mails to administrators and Django's own page about an error, should anybody turn them on: the place alone.

    Django's report quotes messages, local variables, form fields, cookies and the address with its query.
    """

    def get_traceback_text(self) -> SafeString:
        where = f"Request {getattr(self.request, 'request_id', '-')}, route {route_of(self.request) or '-'}"
        return SafeString(f"{where}\n{places_of(self.exc_value)}\n")

    def get_traceback_html(self) -> SafeString:
        return format_html("<!doctype html><title>Error</title><pre>{}</pre>", str(self.get_traceback_text()))
