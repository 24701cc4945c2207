"""All that other apps may use of the audit: who acts and why, what time it is, recording an event, reading a few."""

import contextlib
import contextvars
import datetime as dt
import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from simple_history.models import HistoricalRecords

from audit.events import Event
from audit.origin import coming_through, current_command, current_request
from audit.provenance import Trace, origins_of, people_who_looked, trace
from audit.recorded import as_of, as_recorded
from audit.relationships import Relationship
from audit.writing import add_event

__all__ = [
    "Acting",
    "Event",
    "FieldHistory",
    "NoActor",
    "Relationship",
    "Trace",
    "acting",
    "as_of",
    "as_recorded",
    "client_address",
    "coming_through",
    "current_acting",
    "current_actor",
    "during_emergency",
    "origins_of",
    "people_who_looked",
    "record_event",
    "replaying",
    "stamp",
    "trace",
]


class NoActor(RuntimeError):
    """A tracked status was about to change outside `acting(...)`: nobody would have been named for it."""


@dataclass(frozen=True)
class Acting:
    by: Any
    reason: str = ""
    # When what is being recorded happened, if that was before now (shown beside the time of recording).
    effective_at: dt.datetime | None = None


_acting: contextvars.ContextVar[Acting | None] = contextvars.ContextVar("acting", default=None)
_replayed: contextvars.ContextVar[dt.datetime | None] = contextvars.ContextVar("replayed", default=None)


@contextlib.contextmanager
def acting(*, by: Any, reason: str = "", effective_at: dt.datetime | None = None) -> Iterator[None]:
    """Name who changes tracked statuses in this block, and why."""
    token = _acting.set(Acting(by, reason, effective_at))
    try:
        yield
    finally:
        _acting.reset(token)


def current_acting() -> Acting:
    """Who acts, and why. Raises NoActor outside `acting(...)`."""
    found = _acting.get()
    if found is None or found.by is None:
        raise NoActor("Wrap the change in audit.api.acting(by=..., reason=...)")
    return found


def current_actor(*args: Any, **kwargs: Any) -> Any:
    """For simple-history: the acting user, or None where a service changes something that is not tracked."""
    found = _acting.get()
    return found.by if found else None


@contextlib.contextmanager
def replaying(at: dt.datetime) -> Iterator[None]:
    """Stamp rows with a past moment. For the invented history of the demo clinic and of benchmarks only.

    Works for the database's owner alone: of the site's role, the database takes no other time than now.
    """
    token = _replayed.set(at)
    try:
        yield
    finally:
        _replayed.reset(token)


def stamp() -> dt.datetime:
    """The moment of recording: now, unless an invented history is being replayed."""
    return _replayed.get() or timezone.now()


class FieldHistory(HistoricalRecords):
    """simple-history as this project uses it: 64-bit keys, the acting user, the moment of recording."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "history_id_field": models.BigAutoField(),
            "history_change_reason_field": models.TextField(null=True),
            "get_user": current_actor,
            "custom_model_name": lambda name: f"{name}FieldHistory",
        }
        super().__init__(**(defaults | kwargs))

    def create_historical_record(self, instance: Any, history_type: str, *args: Any, **kwargs: Any) -> Any:
        instance._history_date = stamp()
        found = _acting.get()
        instance._change_reason = found.reason if found else None
        return super().create_historical_record(instance, history_type, *args, **kwargs)


def record_event(
    event_type: str,
    *,
    by: Any,
    patient: Any = None,
    target: Any = None,
    request: HttpRequest | None = None,
    details: Mapping[str, Any] | None = None,
    relationship: str | None = None,
) -> None:
    """Add one AuditEvent: who did what to which patient and record, from where, when.

    `event_type` is one of audit.events. `details` says which fields and how many, never the values of identifiers.
    `relationship` is the person's to the patient at this moment, where the event is about opening a chart. The request
    is the one being answered where none is given. Runs in the caller's transaction; the database says when.
    """
    request = request or current_request()
    replayed = _replayed.get()
    add_event(
        event_type=str(Event(event_type)),
        actor_id=getattr(by, "pk", None),
        patient_id=getattr(patient, "pk", None),
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        route=_route(request) or current_command()[:120],
        method=(request.method or "")[:8] if request else "",
        details=dict(details or {}),
        address=client_address(request) if request else None,
        user_agent=request.headers.get("User-Agent", "")[:300] if request else "",
        request_id=getattr(request, "request_id", None),
        relationship=str(Relationship(relationship)) if relationship else None,
        actor_role=str(role) if (role := getattr(by, "role", None)) else None,
        **({"created_at": replayed} if replayed else {}),
    )


def during_emergency(access: Any) -> list[Any]:
    """What was opened and written during an emergency access, oldest first, for whoever reviews it: one query."""
    return list(apps.get_model("audit", "AuditEvent").objects.during_emergency(access))


def _route(request: HttpRequest | None) -> str:
    match = getattr(request, "resolver_match", None)
    return (match.view_name or "")[:120] if match else ""


def client_address(request: HttpRequest) -> str | None:
    """The client's address: the connection's, or what the last trusted proxy wrote (OT_TRUSTED_PROXIES)."""
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    trusted: int = settings.OT_TRUSTED_PROXIES
    found = hops[-trusted] if trusted and len(hops) >= trusted else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(found))
    except ValueError:
        return None
