"""Log lines as JSON: one object a line, with what caused it, and nothing that a person entered.

No package: what matters here is what is left out, and that is ours. A path can hold what somebody typed into the address
bar, so a line names the route; query strings, bodies, messages of exceptions and names of people are never written.
"""

import contextvars
import datetime as dt
import json
import logging
import re
import traceback
from types import TracebackType
from typing import Any

from django.http import HttpRequest

current: contextvars.ContextVar[HttpRequest | None] = contextvars.ContextVar("request", default=None)

FIELDS = ("request_id", "route", "method", "status", "duration_ms", "user")
# gunicorn quotes a request that it cannot read.
QUOTING = re.compile(r"(?s)^(Invalid request from ip=\S+?):.*")


class RequestFilter(logging.Filter):
    """Gives every log line the id, the route and the account of the request that caused it."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs an answer of 4xx when the middlewares are done, and names the request; a live server's, its socket.
        request = getattr(record, "request", None)
        request = request if isinstance(request, HttpRequest) else current.get()
        record.request_id = str(getattr(request, "request_id", "-"))
        record.route = route_of(request)
        record.method = getattr(record, "method", request.method if request else None)
        record.status = getattr(record, "status", getattr(record, "status_code", None))
        record.user = account_of(request)
        return True


def route_of(request: HttpRequest | None) -> str:
    """The name of the view's address; empty where nothing was found at it."""
    match = getattr(request, "resolver_match", None)
    return str(match.view_name or "") if match else ""


def account_of(request: HttpRequest | None) -> int | None:
    """The key of the account that is signed in, where this is known: a log line asks the database nothing."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None else None


class SparseFormatter(logging.Formatter):
    """Log lines with the place and the kind of an exception but not its message.

    Messages of the database and of converters quote what was entered: "Key (patient_id)=(…) already exists".
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        record.message = message_of(record)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's name)
        return places_of(ei[1])

    def formatStack(self, stack_info: str) -> str:  # noqa: N802  (logging's name)
        return ""


class JsonFormatter(SparseFormatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": at, "level": record.levelname, "logger": record.name}
        line |= {"message": message_of(record)}
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) not in {None, "", "-"}}
        if record.exc_info and record.exc_info[1]:
            line["exception"] = places_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=type_name)


def type_name(value: Any) -> str:
    return type(value).__name__


def message_of(record: logging.LogRecord) -> str:
    """The message, without the path that Django puts into those about a request."""
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
        paths = {request.path, request.path_info, request.get_full_path()}
        parts = tuple("…" if part in paths else part for part in record.args)
        return str(record.msg) % parts if parts else str(record.msg)
    return QUOTING.sub(r"\1", record.getMessage())


def places_of(error: BaseException | None) -> str:
    """Where an exception came from and of which kind it is, and those that caused it."""
    parts: list[str] = []
    while error is not None and len(parts) < 10:
        parts.append(_place(error, error.__traceback__))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\ncaused by\n".join(parts)


def _place(error: BaseException, trace: TracebackType | None) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    diagnosis = getattr(error, "diag", None)  # psycopg: the rule that was broken, by name
    rule = getattr(diagnosis, "constraint_name", None) or getattr(error, "sqlstate", None) or ""
    return f"{''.join(traceback.format_tb(trace))}{kind} {rule}".rstrip()
