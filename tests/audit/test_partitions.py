"""Audit events by month: partitions are there ahead, pages touch few of them, and months go when they may."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit import partitions, verification
from audit.api import record_event, replaying
from audit.models import AuditEvent, ChainSegment, Checkpoint

NOW = timezone.now()
THIS_MONTH = NOW.astimezone(dt.UTC).date().replace(day=1)


def names():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_auditevent'::regclass"
        )
        return {name.removeprefix("audit_partitions.audit_auditevent_") for (name,) in cursor.fetchall()}


def in_default():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_partitions.audit_auditevent_default")
        return cursor.fetchone()[0]


def plan(queryset):
    """The plan that PostgreSQL makes, as it would with many rows: it may not read a table through."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    return json.loads(queryset.explain(format="json"))[0]["Plan"]


def nodes(plan):
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


@pytest.fixture
def years(db, therapist, patient):
    """An event in each of the last 24 months."""
    partitions.add_past(NOW - dt.timedelta(days=730))
    for number in range(24):
        with replaying(NOW - dt.timedelta(days=30 * number)):
            record_event("chart.viewed", by=therapist, patient=patient)


def among_many_others():
    """Events of nobody in the last months, and the statistics of all: the plan must not depend on when these were taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_auditevent (event_type, target_type, target_id, route, method, details, user_agent, created_at)
                SELECT 'list.viewed', '', '', '', 'GET', '{}', '', now() - i * interval '1 hour' FROM generate_series(1, 1500) i;
            ANALYZE audit_auditevent"""
        )


def test_partitions_are_there_for_the_months_to_come(db):
    coming = {f"{partitions._later(THIS_MONTH, number):%Y_%m}" for number in range(4)}
    assert coming | {"default"} <= names()
    assert partitions.add_coming() == 0


@pytest.mark.parametrize(
    ("facts", "order", "index"),
    [
        ({"patient": True}, ["-created_at", "-pk"], "patient_id"),
        ({"actor": True}, ["-created_at", "-pk"], "actor_id"),
        ({"event_type": "chart.viewed"}, ["-created_at", "-pk"], "event_type"),
    ],
)
def test_a_page_uses_an_index_and_only_the_months_it_asks_for(years, patient, therapist, facts, order, index):
    among_many_others()
    facts = {name: {"patient": patient, "actor": therapist}.get(name, value) for name, value in facts.items()}
    since = NOW - dt.timedelta(days=45)
    found = list(nodes(plan(AuditEvent.objects.filter(**facts, created_at__gte=since).order_by(*order)[:50])))
    scans = [node for node in found if "Relation Name" in node]
    assert 2 <= len({node["Relation Name"] for node in scans}) <= 7  # two or three months, those to come, the default
    assert {node["Node Type"] for node in scans} <= {"Index Scan", "Index Only Scan"}
    assert all(index in node.get("Index Cond", "") for node in scans)
    assert "Sort" not in {node["Node Type"] for node in found}


def test_a_page_without_a_range_reads_the_top_of_each_months_index(years, patient):
    found = list(nodes(plan(AuditEvent.objects.filter(patient=patient).newest_first()[:50])))
    assert {node["Node Type"] for node in found} <= {"Limit", "Merge Append", "Append", "Index Scan"}


def test_an_event_by_id_reads_no_table_through(years):
    event = AuditEvent.objects.latest("pk")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "Seq Scan" not in AuditEvent.objects.filter(pk=event.pk).explain()


def test_an_event_of_a_month_without_partition_is_taken_and_moves_there_later(db, therapist):
    old = NOW - dt.timedelta(days=1000)
    with replaying(old):
        record_event("chart.viewed", by=therapist)
        record_event("chart.viewed", by=therapist)
    assert in_default() == 2
    out = StringIO()
    call_command("maintain_audit", stdout=out)
    assert "1 partitions made" in out.getvalue()
    assert in_default() == 0
    assert f"{old.astimezone(dt.UTC):%Y_%m}" in names()
    assert verification.verify().faults == []
    assert "0 partitions made" in call_and_read("maintain_audit")


def call_and_read(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def old(db, therapist, settings):
    """Three events of a month eight years ago, two of this one."""
    settings.OT_AUDIT_RETENTION_YEARS = 7
    month = NOW - dt.timedelta(days=8 * 366)
    for number in range(3):
        with replaying(month + dt.timedelta(seconds=number)):
            record_event("chart.viewed", by=therapist)
    record_event("chart.viewed", by=therapist)
    record_event("chart.viewed", by=therapist)
    return f"{month.astimezone(dt.UTC):%Y_%m}"


def test_what_is_past_its_retention_is_dropped_and_leaves_a_trace(old):
    said = call_and_read("maintain_audit")
    assert f"3 events of {old.replace('_', '-')} dropped" in said
    assert old not in names()
    event = AuditEvent.objects.get(event_type="audit.expired")
    assert event.details == {"period": old, "rows": 3, "segments": 1}
    assert AuditEvent.objects.filter(event_type="chart.viewed").count() == 2
    assert ChainSegment.objects.filter(period=old, expired_at__isnull=False, is_open=False).count() == 1
    assert Checkpoint.objects.filter(kind="expiry").count() == 1
    assert verification.verify().faults == []
    assert "dropped" not in call_and_read("maintain_audit")


def test_a_digest_from_before_still_holds_after_a_month_was_dropped(old):
    digest = call_and_read("verify_audit").split()[-1]
    call_command("maintain_audit", stdout=StringIO())
    call_command("verify_audit", f"--expect={digest}", stdout=StringIO())


def test_nothing_is_dropped_from_a_trail_that_was_tampered_with(old):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET session_replication_role = replica")
        cursor.execute("DELETE FROM audit_auditevent WHERE chain_seq = 2")
        cursor.execute("SET session_replication_role = DEFAULT")
    with pytest.raises(CommandError, match="Nothing was dropped"):
        call_command("maintain_audit", stdout=StringIO())
    assert old in names()


def test_rows_that_somebody_made_look_expired_are_missed(old, therapist):
    """Dropped by hand, and their segments marked: no checkpoint signs it off."""
    partitions.add(partitions.waiting())
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE audit_partitions.audit_auditevent_{old}")
    assert [(f.what, f.detail) for f in verification.verify().faults] == [("removed", "all 3 rows of the segment")]
    ChainSegment.objects.filter(period=old).update(expired_at=NOW)
    assert [f.detail for f in verification.verify().faults] == ["marked as expired, not signed off"]


def test_the_horizon_is_whole_months(db, settings):
    settings.OT_AUDIT_RETENTION_YEARS = 2
    partitions.add([dt.date(2020, 5, 1), dt.date(2020, 6, 1), dt.date(2020, 7, 1)])
    assert partitions.over(dt.datetime(2022, 6, 15, tzinfo=dt.UTC)) == ["2020_05"]


def test_partitions_refuse_to_be_emptied(db):
    for name in names():
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT here")
            with pytest.raises(Exception, match="append-only"):
                cursor.execute(f"TRUNCATE audit_partitions.audit_auditevent_{name}")
            cursor.execute("ROLLBACK TO here")
