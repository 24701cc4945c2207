"""Request ids, health checks and the refusal of input that no form should ever see."""

import contextvars
import logging
import uuid
from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError

_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")

Handler = Callable[[HttpRequest], HttpResponse]


class RequestIdFilter(logging.Filter):
    """Gives every log line the id of the request that caused it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True


class RequestIdMiddleware:
    """Names each request, so that a log line, an error page and an audit row can be put side by side."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4()  # type: ignore[attr-defined]
        token = _request_id.set(str(request.request_id))  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response["X-Request-Id"] = str(request.request_id)  # type: ignore[attr-defined]
        return response


class HealthMiddleware:
    """`/healthz`: the process answers. `/readyz`: the database answers and no migration is missing.

    Before the host check, because load balancers ask by address.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.is_migrated = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok", content_type="text/plain")
        if request.path == "/readyz":
            return self.ready()
        return self.get_response(request)

    def ready(self) -> HttpResponse:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            if not self.is_migrated:
                executor = MigrationExecutor(connection)
                self.is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return HttpResponse("database unavailable", content_type="text/plain", status=503)
        if not self.is_migrated:
            return HttpResponse("migrations missing", content_type="text/plain", status=503)
        return HttpResponse("ok", content_type="text/plain")


class BadInputMiddleware:
    """Answers 400 to bodies and paths that PostgreSQL text or Django's form parser cannot hold.

    NUL bytes (PostgreSQL refuses them in text), and a charset that Python does not know
    (Django raises LookupError while it reads the form, and again in its own 400 page).
    Keeps caches away from every page that is not a static file.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from config.errors import bad_request

        try:
            if request.encoding:
                "".encode(request.encoding)
            if _has_nul(request):
                return bad_request(request)
        except (LookupError, UnicodeError, BadRequest, UnreadablePostError, RawPostDataException):
            request.encoding = "utf-8"
            return bad_request(request)
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response


def _has_nul(request: HttpRequest) -> bool:
    if "\x00" in request.path or any("\x00" in v for values in request.GET.lists() for v in (values[0], *values[1])):
        return True
    if request.method not in {"POST", "PUT", "PATCH"}:
        return False
    return any("\x00" in v for values in request.POST.lists() for v in (values[0], *values[1]))
