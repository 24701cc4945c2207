"""What waits for a person, or is news to them: one statement for the caseload and the dashboard alike."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.access import Perm
from accounts.models import User
from accounts.roles import Role
from patients.access_requests import HEARD_FOR, AccessRequest
from patients.emergencies import EmergencyAccess
from patients.models import RegistrationCheck
from patients.querysets import care_rows, lead_rows
from patients.registry import Notice, registry
from ui.prepared import Prepared, Read, together

if TYPE_CHECKING:
    Chart = tuple[uuid.UUID, str]


@dataclass(frozen=True)
class Notices:
    emergencies: "list[Chart]"  # charts that this person has open in an emergency
    granted: "list[Chart]"  # charts to which access was granted lately
    has_emergencies: bool  # emergency accesses to charts of this person's, not reviewed yet
    has_requests: bool  # somebody asks for access to one
    checks: int  # registrations that a lead has to decide about
    others: "list[tuple[Notice, int]]"  # what other apps registered, and how many of it wait


def _for_person(reader: Any, today: dt.date, now: dt.datetime, heard_since: dt.datetime) -> QuerySet[Any]:
    return _about(reader, today, now, heard_since, Q(patient__primary_therapist=reader)).values(
        "opened", "opened_names", "heard", "heard_names", "has_emergencies", "has_requests", *_registered()
    )


def _for_lead(reader: Any, today: dt.date, now: dt.datetime, heard_since: dt.datetime) -> QuerySet[Any]:
    led = lead_rows(reader).filter(permission__codename=Perm.REASSIGN).values("content_object")
    mine = Q(patient__primary_therapist=reader) | Q(patient__in=led)
    checks = RegistrationCheck.objects.filter(state=RegistrationCheck.State.OPEN, match__in=led).order_by()
    number = Coalesce(Subquery(checks.values("state").annotate(n=Count("pk")).values("n")), 0)
    return _about(reader, today, now, heard_since, mine).values(
        "opened",
        "opened_names",
        "heard",
        "heard_names",
        "has_emergencies",
        "has_requests",
        *_registered(),
        checks=number,
    )


def _about(reader: Any, today: dt.date, now: dt.datetime, heard_since: dt.datetime, mine: Q) -> QuerySet[Any]:
    running = EmergencyAccess.objects.running(now).filter(user=reader).order_by("starts_at")
    held = care_rows(reader, today).filter(permission__codename=Perm.VIEW, content_object=OuterRef("patient"))
    granted = AccessRequest.objects.filter(
        Exists(held), asked_by=reader, state=AccessRequest.State.GRANTED, decided_at__gte=heard_since
    )
    # One of each chart: all that a person asked for it is granted at once.
    granted = granted.order_by("patient", "pk").distinct("patient")
    return apps.get_model("accounts", "User").objects.filter(pk=reader).annotate(
        opened=ArraySubquery(running.values("patient")),
        opened_names=ArraySubquery(running.values("patient__display_name")),
        heard=ArraySubquery(granted.values("patient")),
        heard_names=ArraySubquery(granted.values("patient__display_name")),
        has_emergencies=Exists(EmergencyAccess.objects.unreviewed().filter(mine).exclude(user=reader)),
        has_requests=Exists(AccessRequest.objects.open().filter(mine).exclude(asked_by=reader)),
        **{name: notice.count(mine, today) for name, notice in _registered().items()},
    )  # fmt: skip


def _registered() -> "dict[str, Notice]":
    return {f"waiting_{notice.key}": notice for notice in registry.of(Notice)}


_of_person = Prepared(_for_person)
_of_lead = Prepared(_for_lead)


def read(user: User) -> Notices:
    """What this person is to be told now: one statement."""
    (rows,) = together([ask(user)])
    return tell(rows)


def ask(user: User) -> Read:
    """The statement, for a page that has others to ask for at the same time."""
    query = _of_lead if user.role == Role.LEAD else _of_person
    now = timezone.now()
    return query.bind(reader=user.pk, today=timezone.localdate(), now=now, heard_since=now - HEARD_FOR)


def tell(rows: list[Any]) -> Notices:
    """What its answer says."""
    (row,) = rows
    return Notices(
        emergencies=list(zip(row["opened"], row["opened_names"], strict=True)),
        granted=list(zip(row["heard"], row["heard_names"], strict=True)),
        has_emergencies=row["has_emergencies"],
        has_requests=row["has_requests"],
        checks=row.get("checks", 0),
        others=[(notice, row[name]) for name, notice in _registered().items() if row[name]],
    )
