"""The months of the audit trail: made ahead, dropped when their retention is over. As the owner."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit import checkpoints
from audit.api import record_event
from audit.models import ChainSegment, Checkpoint

CHAIN = "audit_auditevent"
AHEAD = 3  # months
LOCK = 20_417_003
# Attaching and dropping want locks for a moment; a long transaction in the way must not hold everybody up behind us.
LOCK_TIMEOUT = "5s"


def is_there() -> bool:
    """Whether audit events are partitioned: not before migration 0004."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('audit_partitions.audit_auditevent_default') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def add_coming() -> int:
    """Make this month's partition and the next ones, where they are missing. How many were made."""
    this_month = _month(timezone.now())
    return add([_later(this_month, number) for number in range(AHEAD + 1)])


def add_past(since: dt.datetime) -> int:
    """Make the partitions from then on: for a past that is loaded or invented."""
    month, months = _month(since), []
    while month < _month(timezone.now()):
        months.append(month)
        month = _later(month, 1)
    return add(months)


@transaction.atomic
def add(months: list[dt.date]) -> int:
    """Make the partitions of these months, and move there what waits for them in the default one."""
    made = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s)", [LOCK_TIMEOUT, LOCK])
        for month in months:
            cursor.execute("SELECT audit_add_partition(%s)", [month])
            made += cursor.fetchone()[0]
    return made


def waiting() -> list[dt.date]:
    """Months of rows in the default partition."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT date_trunc('month', created_at AT TIME ZONE 'UTC')::date
                FROM audit_partitions.audit_auditevent_default ORDER BY 1"""
        )
        return [month for (month,) in cursor.fetchall()]


def over(now: dt.datetime) -> list[str]:
    """Periods (2019_04) all of whose rows are older than OT_AUDIT_RETENTION_YEARS."""
    today = now.astimezone(dt.UTC).date()
    first_kept = f"{today.year - settings.OT_AUDIT_RETENTION_YEARS:04}_{today.month:02}"
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT substr(c.relname, 18) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'audit_auditevent'::regclass AND c.relname <> 'audit_auditevent_default'
                ORDER BY 1"""
        )
        return [period for (period,) in cursor.fetchall() if period < first_kept]


@transaction.atomic
def expire(period: str) -> dict[str, Any]:
    """Drop a month of audit events, and leave on record how many there were and where their chains ended."""
    table = f"audit_partitions.audit_auditevent_{period}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s)", [LOCK_TIMEOUT, LOCK])
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 (a name from the catalogue)
        rows = cursor.fetchone()[0]
        checkpoints.make()  # the heads of what goes, whatever was written there last
        segments = ChainSegment.objects.filter(chain=CHAIN, period=period)
        details = {"period": period, "rows": rows, "segments": segments.count()}
        segments.update(expired_at=timezone.now(), is_open=False)
        cursor.execute(f"DROP TABLE {table}")
    checkpoints.make(Checkpoint.Kind.EXPIRY, details)
    record_event("audit.expired", by=None, details=details)
    return details


def _month(when: dt.datetime) -> dt.date:
    return when.astimezone(dt.UTC).date().replace(day=1)


def _later(month: dt.date, number: int) -> dt.date:
    years, month_index = divmod(month.month - 1 + number, 12)
    return dt.date(month.year + years, month_index + 1, 1)
