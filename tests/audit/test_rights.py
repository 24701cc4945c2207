"""The site's database role can add to append-only tables and do nothing else to them."""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.core import checks
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg import errors

from audit import rights
from audit.api import record_event, replaying
from audit.append_only import AppendOnlyModel
from audit.models import AuditEvent
from tests.roles import as_site
from tests.test_architecture import APPEND_ONLY

HISTORY = sorted(m._meta.db_table for m in apps.get_models() if m.__name__.endswith("FieldHistory"))
CLOSED = sorted([*APPEND_ONLY.values(), *HISTORY, "audit_chainsegment"])


def refused(statement):
    """Run a statement with the rights of the site and say why it was refused."""
    with as_site(), pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return type(caught.value.__cause__)


def test_every_append_only_model_is_closed_without_being_listed(db):
    models = {m._meta.db_table for m in apps.get_models() if issubclass(m, AppendOnlyModel)}
    assert models == set(APPEND_ONLY.values())
    assert {table for table, found in rights.rights_by_table().items() if "UPDATE" not in found} >= models | set(
        HISTORY
    )
    assert len(HISTORY) == 12


@pytest.mark.parametrize("table", CLOSED)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {}",
        "ALTER TABLE {} DISABLE TRIGGER USER", "SELECT 1 FROM {} FOR UPDATE", "ALTER TABLE {} OWNER TO CURRENT_USER",
        "CREATE TRIGGER mine BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()",
        "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING", "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
        "CREATE INDEX ON {} ((1))", "ALTER TABLE {} ADD mine int",
    ],
)  # fmt: skip
def test_rights_refuse_every_way_to_change_what_was_recorded(db, table, statement):
    column = "history_id" if table in HISTORY else "id"
    assert refused(statement.format(table).replace("id = id", f"{column} = {column}")) is errors.InsufficientPrivilege


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica", "DROP TRIGGER audit_auditevent_append_only ON audit_auditevent",
        "DROP TRIGGER zz_chain ON audit_statushistory", "DROP FUNCTION audit_link() CASCADE",
        "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "ALTER FUNCTION audit_link() SECURITY INVOKER", "SELECT audit_add_partition('2030-01-01')",
        "CREATE TABLE mine (id int)", "CREATE TEMPORARY TABLE audit_statushistory (id int)", "CREATE SCHEMA mine",
        "SELECT 1 FROM audit_partitions.audit_auditevent_default", "DROP TABLE audit_partitions.audit_auditevent_default",
        "DELETE FROM audit_partitions.audit_auditevent_default", "DROP SCHEMA audit_partitions CASCADE",
        "ALTER TABLE audit_auditevent DETACH PARTITION audit_partitions.audit_auditevent_default",
        "INSERT INTO audit_chainsegment (chain) VALUES ('x')", "UPDATE audit_chainsegment SET count = 0",
        "INSERT INTO audit_checkpoint (kind) VALUES ('heads')", "SELECT setval('audit_auditevent_id_seq', 1)",
        "ALTER SEQUENCE audit_auditevent_id_seq RESTART", "DELETE FROM django_migrations",
        "DELETE FROM patients_patient", "DELETE FROM mobility_mobilityscore", "DELETE FROM equipment_equipmentlog",
        "ALTER TABLE patients_patient DISABLE TRIGGER ALL", "SET ROLE ottracker", "CREATE ROLE mine",
        "ALTER ROLE CURRENT_USER SUPERUSER",
    ],
)  # fmt: skip
def test_rights_refuse_what_would_undo_the_guards(db, statement):
    assert refused(statement) is errors.InsufficientPrivilege


def test_the_site_cannot_give_itself_rights(db):
    with as_site(), connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON audit_auditevent TO CURRENT_USER")  # a warning: nothing was granted
    assert refused("DELETE FROM audit_auditevent") is errors.InsufficientPrivilege


def test_the_site_can_do_its_work(db, therapist, patient):
    with as_site():
        record_event("chart.viewed", by=therapist, patient=patient)
        assert AuditEvent.objects.get(event_type="chart.viewed").chain_seq


def test_the_site_says_neither_when_nor_where_in_the_chain(db, therapist):
    before = timezone.now()
    with as_site(), replaying(timezone.now() - dt.timedelta(seconds=90)):
        record_event("chart.viewed", by=therapist)
    event = AuditEvent.objects.get(event_type="chart.viewed")
    assert abs(event.created_at - before) < dt.timedelta(seconds=60)
    with as_site(), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_auditevent (id, event_type, target_type, target_id, route, method, details, user_agent,
                created_at, chain_segment, chain_seq, chain_hash)
                VALUES (5, 'chart.viewed', '', '', '', '', '{}', '', now(), 77, 88, '\\x99')"""
        )
    forged = AuditEvent.objects.latest("pk")
    assert (forged.pk, forged.chain_segment, forged.chain_seq) == (event.pk + 1, event.chain_segment, 2)
    assert len(bytes(forged.chain_hash)) == 32


def test_the_site_cannot_put_an_event_into_another_month(db, therapist):
    past = timezone.now() - dt.timedelta(days=100)
    with as_site(), pytest.raises(DatabaseError, match="another partition"), transaction.atomic(), replaying(past):
        record_event("chart.viewed", by=therapist)


def test_a_hint_that_names_anothers_segment_leads_nowhere(db, therapist, patient):
    with as_site(), connection.cursor() as cursor:
        record_event("chart.viewed", by=therapist)
        segment = AuditEvent.objects.latest("pk").chain_segment
        cursor.execute("SELECT id FROM audit_chainsegment WHERE chain = 'audit_statushistory'")
        hint = f"audit.audit_auditevent{timezone.now():%Y_%m}"
        cursor.execute("SELECT set_config(%s, %s, true)", [hint, str(cursor.fetchone()[0])])
        record_event("chart.viewed", by=therapist)
    assert AuditEvent.objects.latest("pk").chain_segment == segment


def test_the_owner_is_told_apart_from_the_site(db):
    assert "superuser" in " ".join(rights.shortcomings())
    with as_site():
        assert rights.shortcomings() == []


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("GRANT UPDATE ON audit_auditevent TO {}", "audit_auditevent"),
        ("GRANT UPDATE (user_agent) ON audit_auditevent TO {}", "audit_auditevent"),
        ("GRANT DELETE ON audit_statushistory TO {}", "audit_statushistory"),
        ("GRANT TRUNCATE ON patients_patient TO {}", "patients_patient"),
        ("GRANT CREATE ON SCHEMA public TO {}", "make tables"),
        ("GRANT USAGE ON SCHEMA audit_partitions TO {}", "partitions"),
        ("ALTER TABLE sessions_notes_sessionnoteversion OWNER TO {}", "sessions_notes_sessionnoteversion"),
        ("ALTER TABLE audit_statushistory DISABLE TRIGGER audit_statushistory_append_only", "switched off"),
    ],
)
def test_a_right_too_many_is_said_at_the_start_and_taken_back_by_migrate(db, client, statement, says, settings):
    with connection.cursor() as cursor:
        cursor.execute(statement.format(rights.site_role()))
    settings.OT_AS_OWNER = False
    with as_site():
        (message,) = checks.run_checks(tags=["database"], databases=["default"])
        assert says in message.msg
        assert message.level == checks.ERROR
    if statement.startswith("GRANT"):
        rights.grant()
        with as_site():
            assert rights.shortcomings() == []


def test_not_ready_with_a_role_that_may_change_the_audit_trail(client, db):
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT DELETE ON audit_auditevent TO {rights.site_role()}")
    from django.test import RequestFactory

    from config.middleware import HealthMiddleware

    with as_site():
        response = HealthMiddleware(lambda request: None)(RequestFactory().get("/readyz"))
    assert (response.status_code, response.content) == (503, b"database role not limited")


def test_two_urls_of_one_role_are_warned_about(settings):
    settings.OT_SITE_ROLE, settings.OT_HAS_OWNER_URL = {}, True
    assert [m.id for m in checks.run_checks(tags=["security"], include_deployment_checks=True) if "audit" in m.id] == [
        "audit.W001"
    ]


@pytest.mark.django_db
def test_what_runs_with_the_owners_rights_looks_for_tables_in_temporary_ones_last():
    """Else the site's role could put a table of its own in the place of one that such a function reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, array_to_string(proconfig, ' ') FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        found = dict(cursor.fetchall())
    assert {name for name in found if name.startswith("mobility_")} >= {"mobility_refresh_due", "mobility_due_of_rows"}
    assert [
        name
        for name, settings in found.items()
        if not re.search(r"search_path=[^=]*, \"?pg_temp\"?( |$)", settings or "")
    ] == []
