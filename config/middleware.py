"""Request ids, health checks and the refusal of input that no form should ever see."""

import contextvars
import logging
import uuid
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError

from audit import rights
from audit.api import coming_through
from config import errors

_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")

Handler = Callable[[HttpRequest], HttpResponse]
NUL = "\x00"
LONGEST_COOKIE = 4096
UNREADABLE = (
    LookupError, ValueError, BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError,
    RawPostDataException,
)  # fmt: skip


class RequestIdFilter(logging.Filter):
    """Gives every log line the id of the request that caused it."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs an answer of 4xx when the middlewares are done, and names the request.
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "request_id", None) or _request_id.get()
        return True


class RequestIdMiddleware:
    """Names each request, so that a log line, an error page and an audit row can be put side by side."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4()  # type: ignore[attr-defined]
        token = _request_id.set(str(request.request_id))  # type: ignore[attr-defined]
        try:
            with coming_through(request):
                response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response["X-Request-Id"] = str(request.request_id)  # type: ignore[attr-defined]
        return response


class HealthMiddleware:
    """`/healthz`: the process answers. `/readyz`: the database answers, no migration is missing, and the site's role
    cannot change what has been recorded.

    Before the host check, because load balancers ask by address.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.is_migrated = False
        self.is_guarded = settings.DEBUG or settings.OT_OWNER_ROLE_ALLOWED

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
            if self.is_migrated and not self.is_guarded:
                self.is_guarded = not rights.shortcomings()
        except Error:
            return HttpResponse("database unavailable", content_type="text/plain", status=503)
        if not self.is_migrated:
            return HttpResponse("migrations missing", content_type="text/plain", status=503)
        if not self.is_guarded:
            return HttpResponse("database role not limited", content_type="text/plain", status=503)
        return HttpResponse("ok", content_type="text/plain")


class BadInputMiddleware:
    """Answers 4xx to requests that no page of this site makes, before anything is done with them.

    NUL bytes (PostgreSQL refuses them in text), bodies that cannot be parsed or are too large, and charsets that
    Python does not know: Django raises LookupError while it reads such a form, and again in its own 400 page.
    Gives a refused method a page, and keeps caches away from every page that is not a static file.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = _refusal(request) or self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not getattr(response, "content", b"-"):
            response.content = errors.method_not_allowed(request).content
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        return response


def _refusal(request: HttpRequest) -> HttpResponse | None:
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return errors.too_large(request)
        if request.encoding:
            "".encode(request.encoding)
        if _has_nul(request):
            return errors.bad_request(request)
    except UNREADABLE:
        request.encoding = "utf-8"
        return errors.bad_request(request)
    # An old or broken cookie is no reason to lock its owner out; it counts as none.
    request.COOKIES = {name: value for name, value in request.COOKIES.items() if _is_cookie(name, value)}
    return None


def _is_cookie(name: str, value: str) -> bool:
    return NUL not in name and NUL not in value and len(value) <= LONGEST_COOKIE


def _has_nul(request: HttpRequest) -> bool:
    headers = (value for key, value in request.META.items() if key.startswith("HTTP_") and isinstance(value, str))
    if NUL in request.path or any(NUL in value for value in headers) or _any_nul(request.GET):
        return True
    return request.method in {"POST", "PUT", "PATCH"} and _any_nul(request.POST)


def _any_nul(values: QueryDict) -> bool:
    return any(_is_nul(name) or any(map(_is_nul, found)) for name, found in values.lists())


def _is_nul(text: str) -> bool:
    """Whether a text holds NUL. Raises ValueError for half a character, which charsets like UTF-7 can smuggle in."""
    text.encode()
    return NUL in text
