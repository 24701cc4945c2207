"""Request ids, security headers, health checks and the refusal of input that no form should ever see."""

import logging
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import ClassVar

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError

from audit import rights
from audit.api import coming_through
from config import errors, logs

logger = logging.getLogger("ot.request")

Handler = Callable[[HttpRequest], HttpResponse]
NUL = "\x00"
LONGEST_COOKIE = 4096
UNREADABLE = (
    LookupError, ValueError, BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError,
    RawPostDataException,
)  # fmt: skip


class RequestIdMiddleware:
    """Names each request, so that a log line, an error page and an audit row can be put side by side; logs it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4()  # type: ignore[attr-defined]
        token = logs.current.set(request)
        started = time.perf_counter()
        try:
            with coming_through(request):
                response = self.get_response(request)
            taken = round((time.perf_counter() - started) * 1000, 1)
            logger.info("request", extra={"status": response.status_code, "duration_ms": taken})
        finally:
            logs.current.reset(token)
        response["X-Request-ID"] = str(request.request_id)  # type: ignore[attr-defined]
        return response


class HeadersMiddleware:
    """Security headers on every answer, those included that the middlewares below never saw or refused to give.

    Pages are kept nowhere. What a view or another middleware says about its own page stands.
    """

    ALWAYS: ClassVar = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
    }

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.ALWAYS.items():
            response.setdefault(name, value)
        if "Content-Security-Policy" not in response:
            response["Content-Security-Policy"] = build_policy()
        is_file = request.path.startswith(settings.STATIC_URL) and "Cache-Control" in response
        if not is_file and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
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
    Gives a refused method a page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = _refusal(request) or self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not getattr(response, "content", b"-"):
            response.content = errors.method_not_allowed(request).content
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
