import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from audit import checkpoints, verification
from audit.api import record_event
from audit.models import AuditEvent


@pytest.fixture
def events(db: None, therapist: Any, patient: Any) -> list[AuditEvent]:
    """Five openings of a chart, one after the other."""
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    for number in range(5):
        record_event("chart.viewed", by=therapist, patient=patient, details={"number": number})
    return list(AuditEvent.objects.exclude(pk__in=before).order_by("pk"))


@pytest.fixture
def tamper(db: None) -> Callable[..., None]:
    """Do to a table what its owner can do: with its triggers switched off."""

    def run(table: str, *statements: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET session_replication_role = replica")
            for statement in statements:
                cursor.execute(statement.replace("TABLE", table))
            cursor.execute("SET session_replication_role = DEFAULT; SET CONSTRAINTS ALL DEFERRED")

    return run


@pytest.fixture
def faults(db: None) -> Callable[..., list[verification.Fault]]:
    return lambda **options: verification.verify(**options).faults


@pytest.fixture
def intact(faults: Any) -> Iterator[Any]:
    """Nothing is wrong before the test, and a checkpoint has been made."""
    assert faults() == []
    return checkpoints.make()


@contextlib.contextmanager
def savepoint_rolled_back() -> Iterator[None]:
    from django.db import transaction

    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        yield
        raise ZeroDivisionError
