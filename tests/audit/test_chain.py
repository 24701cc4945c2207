"""What has been recorded is chained; what is changed, removed, moved or inserted afterwards is named."""

# ruff: noqa: S608 (all parts of the SQL are written here)

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import checkpoints, verification
from audit.api import record_event
from audit.models import AuditEvent, ChainSegment, Checkpoint, CheckpointHead, StatusHistory
from patients import services
from tests.audit.conftest import savepoint_rolled_back
from tests.roles import as_site

TABLES = ("audit_auditevent", "audit_statushistory")


@pytest.fixture(params=TABLES)
def table(request, events, patient, therapist):
    """A table with five rows or more in one segment."""
    for to in ("assist_2", "supervision", "assist_1", "assist_2", "supervision"):
        services.change_mobility_status(patient=patient, to=to, reason="Seen on the ward", by=therapist)
    return request.param


@pytest.fixture
def rows(table):
    model = {"audit_auditevent": AuditEvent, "audit_statushistory": StatusHistory}[table]
    return list(model.objects.order_by("chain_segment", "chain_seq"))


def test_every_append_only_table_is_chained_and_counted(events):
    segment = ChainSegment.objects.get(pk=events[0].chain_segment)
    assert [e.chain_seq for e in events] == list(range(events[0].chain_seq, events[0].chain_seq + 5))
    assert (segment.count, bytes(segment.head)) == (events[-1].chain_seq, bytes(events[-1].chain_hash))
    assert {model._meta.db_table for model in verification.chained_models()} == {
        *TABLES, "sessions_notes_sessionnoteversion", "interchange_importedrecord", "amendments_amendmentlink",
        "amendments_amendmentstep",
    }  # fmt: skip


def test_nothing_is_found_in_an_intact_chain(table, faults):
    assert faults() == []


@pytest.mark.parametrize("place", [0, 2, -1])
def test_a_changed_row_is_named(table, rows, tamper, faults, place):
    row = rows[place]
    tamper(table, f"UPDATE TABLE SET created_at = created_at + interval '1 microsecond' WHERE id = {row.pk}")
    (fault,) = faults()
    assert (fault.what, fault.table, fault.segment, fault.seq, fault.row_id) == (
        "changed or moved", table, row.chain_segment, row.chain_seq, row.pk,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("event_type", "'chart.written'"), ("actor_id", "NULL"), ("patient_id", "NULL"), ("details", "'{\"number\": 1.0}'"),
        ("address", "'10.0.0.1'"), ("user_agent", "' '"), ("method", "'GET,'"), ("request_id", "gen_random_uuid()"),
        ("target_id", "'7'"), ("id", "id + 1000"),
    ],
)  # fmt: skip
def test_a_change_of_any_column_is_seen(events, tamper, faults, column, value):
    tamper("audit_auditevent", f"UPDATE TABLE SET {column} = {value} WHERE id = {events[2].pk}")
    assert [(fault.segment, fault.seq) for fault in faults()] == [(events[2].chain_segment, events[2].chain_seq)]


def test_a_change_whose_hash_was_worked_out_anew_is_found_at_the_next_row(table, rows, tamper, faults):
    tamper(table, f"UPDATE TABLE SET chain_hash = sha256('x') WHERE id = {rows[2].pk}")
    assert {fault.row_id for fault in faults()} == {rows[2].pk, rows[3].pk}


def test_a_removed_row_is_named(table, rows, tamper, faults):
    tamper(table, f"DELETE FROM TABLE WHERE id = {rows[2].pk}")
    (fault,) = faults()
    assert (fault.what, fault.segment, fault.seq) == ("removed", rows[2].chain_segment, rows[2].chain_seq)
    assert f"after id {rows[1].pk}, before id {rows[3].pk}" in str(fault)


def test_a_removed_tail_is_named(table, rows, tamper, faults):
    tamper(table, f"DELETE FROM TABLE WHERE chain_seq > {rows[-3].chain_seq}")
    (fault,) = faults()
    assert (fault.what, fault.seq) == ("removed", rows[-2].chain_seq)
    assert f"seq {rows[-2].chain_seq} to {rows[-1].chain_seq}" in str(fault)


def test_a_removed_head_of_the_segment_is_named(table, rows, tamper, faults):
    tamper(table, f"DELETE FROM TABLE WHERE id = {rows[0].pk}")
    (fault,) = faults()
    assert (fault.what, fault.seq) == ("removed", 1)


def test_rows_that_changed_places_are_named(table, rows, tamper, faults):
    one, other = rows[1], rows[3]
    for a, b in ((one, other), (other, one)):
        tamper(
            table,
            f"UPDATE TABLE SET chain_seq = {-b.chain_seq}, chain_hash = '\\x{bytes(b.chain_hash).hex()}' WHERE id = {a.pk}",
        )
    tamper(table, "UPDATE TABLE SET chain_seq = -chain_seq WHERE chain_seq < 0")
    assert {fault.row_id for fault in faults()} == {one.pk, other.pk}


@pytest.mark.parametrize("is_chained", [False, True])
def test_an_inserted_row_is_named(table, rows, tamper, faults, is_chained):
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table])
        values = {name: name for (name,) in cursor.fetchall()} | {"id": "900001"}
    if table == "audit_statushistory":
        values["revision"] = "NULL"
    if not is_chained:
        values |= {"chain_segment": "NULL", "chain_seq": "NULL", "chain_hash": "NULL"}
    tamper(
        table,
        f"INSERT INTO TABLE ({', '.join(values)}) SELECT {', '.join(values.values())} FROM TABLE WHERE id = {rows[2].pk}",
    )
    found = faults()
    assert ("inserted", 900001) in {(fault.what, fault.row_id) for fault in found}


def test_a_row_added_at_the_end_is_named(table, rows, tamper, faults):
    tamper(table, f"UPDATE audit_chainsegment SET count = count - 1 WHERE id = {rows[-1].chain_segment}")
    (fault,) = faults()
    assert (fault.what, fault.row_id) == ("inserted", rows[-1].pk)


def test_a_whole_segment_that_is_gone_is_found(table, rows, tamper, faults):
    checkpoints.make()
    tamper(table, "DELETE FROM TABLE")
    assert [(f.what, f.segment) for f in faults()] == [("removed", rows[0].chain_segment)]
    tamper(table, f"DELETE FROM audit_chainsegment WHERE chain = '{table}'")
    assert [(f.what, f.segment) for f in faults()] == [("changed or removed", rows[0].chain_segment)]


def test_a_removed_tail_with_the_segments_head_put_right_is_found_by_a_checkpoint(table, rows, tamper, faults):
    checkpoints.make()
    last = rows[-2]
    tamper(
        table,
        f"DELETE FROM TABLE WHERE id = {rows[-1].pk}",
        f"UPDATE audit_chainsegment SET count = {last.chain_seq}, head = '\\x{bytes(last.chain_hash).hex()}'"
        f" WHERE id = {last.chain_segment}",
    )
    (fault,) = faults()
    assert (fault.what, fault.segment, fault.seq) == ("changed or removed", last.chain_segment, rows[-1].chain_seq)


def test_a_segment_that_was_rewritten_as_a_whole_is_found_by_a_checkpoint(events, tamper, faults, therapist):
    """The rows after the checkpoint as well, so that every hash and the head are right again."""
    checkpoints.make()
    record_event("chart.viewed", by=therapist)
    segment = events[0].chain_segment
    with connection.cursor() as cursor:
        columns = verification._columns(cursor, "audit_auditevent")
    tamper(
        "audit_auditevent",
        f"UPDATE TABLE SET user_agent = 'another' WHERE id = {events[1].pk}",
        f"""DO $$ DECLARE one record; before bytea := decode(repeat('00', 32), 'hex'); BEGIN
            SET LOCAL timezone = 'UTC';
            FOR one IN SELECT id, chain_seq FROM TABLE WHERE chain_segment = {segment} ORDER BY chain_seq LOOP
                UPDATE TABLE SET chain_hash = NULL WHERE id = one.id;
                UPDATE TABLE SET chain_hash = sha256(before ||
                    sha256(convert_to(rtrim(left(ROW({columns})::text, -1), ','), 'UTF8'))) WHERE id = one.id
                    RETURNING chain_hash INTO before;
            END LOOP;
            UPDATE audit_chainsegment SET head = before WHERE id = {segment};
            END $$""",
    )
    assert [(fault.what, fault.detail) for fault in faults()] == [("changed", "since a checkpoint")]


def test_a_removed_checkpoint_and_one_that_was_rewritten_are_found(events, intact, tamper, faults, therapist):
    record_event("chart.viewed", by=therapist)
    last = checkpoints.make()
    assert last.pk != intact.pk
    assert faults(expect=bytes(intact.digest)) == []
    assert [f.table for f in faults(expect=b"x" * 32)] == ["audit_checkpoint"]
    tamper("audit_checkpointhead", f"UPDATE TABLE SET count = count - 1 WHERE checkpoint_id = {last.pk}")
    assert ("audit_checkpoint", last.pk) in {(f.table, f.row_id) for f in faults()}
    tamper(
        "audit_checkpoint",
        f"DELETE FROM audit_checkpointhead WHERE checkpoint_id = {intact.pk}",
        f"DELETE FROM TABLE WHERE id = {intact.pk}",
    )
    assert ("audit_checkpoint", last.pk) in {(f.table, f.row_id) for f in faults()}
    assert "no checkpoint has the digest" in str(faults(expect=bytes(intact.digest)))


def test_a_checkpoint_says_what_has_moved_since_the_last_one(events, intact, therapist):
    assert checkpoints.make().pk == intact.pk
    record_event("chart.viewed", by=therapist)
    assert [head.count for head in CheckpointHead.objects.filter(checkpoint=checkpoints.make())] == [
        ChainSegment.objects.get(pk=events[0].chain_segment).count
    ]


def test_a_trigger_that_was_switched_off_is_found(events, faults):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE audit_statushistory DISABLE TRIGGER zz_chain")
    assert [fault.what for fault in faults()] == ["unguarded"]


def test_rows_that_were_undone_leave_no_gap(therapist, faults):
    record_event("chart.viewed", by=therapist)
    with savepoint_rolled_back():
        record_event("chart.viewed", by=therapist)
        record_event("chart.viewed", by=therapist)
    record_event("chart.viewed", by=therapist)
    assert faults() == []
    assert set(AuditEvent.objects.values_list("chain_seq", flat=True)) >= {1, 2}


def test_a_segment_ends_after_a_thousand_rows_and_the_next_one_follows_it(therapist, tamper, faults):
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_auditevent (event_type, target_type, target_id, route, method, details, user_agent)
                SELECT 'chart.viewed', '', '', '', '', '{}', '' FROM generate_series(1, 2500)"""
        )
    counts = ChainSegment.objects.filter(chain="audit_auditevent").order_by("pk").values_list("count", "is_open")
    assert [count for count, _ in counts][:2] == [1000, 1000]
    assert [is_open for _, is_open in counts] == [False, False, True]
    assert faults() == []
    tamper("audit_chainsegment", "DELETE FROM TABLE WHERE id = (SELECT min(id) FROM TABLE WHERE count = 1000)")
    assert {fault.detail for fault in faults() if fault.row_id is None} >= {
        "it does not start where the one before ended"
    }


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_do_not_wait_for_each_other_and_keep_their_own_segments():
    """Each transaction holds its row until all have written theirs: a shared head would stand still here."""
    everybody = threading.Barrier(8, timeout=20)
    problems = []

    def write():
        try:
            with transaction.atomic():
                record_event("list.viewed", by=None, details={"thread": threading.get_ident() % 1000})
                everybody.wait()
                record_event("list.viewed", by=None)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    for _ in range(3):
        threads = [threading.Thread(target=write) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert problems == []
    assert AuditEvent.objects.count() == 48
    assert ChainSegment.objects.filter(chain="audit_auditevent").count() == 8
    assert verification.verify().faults == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_transaction_with_an_old_snapshot_can_write_as_well(level):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            cursor.execute("SELECT 1")
        thread = threading.Thread(target=lambda: (record_event("list.viewed", by=None), connection.close()))
        thread.start()
        thread.join()
        record_event("list.viewed", by=None)
        record_event("list.viewed", by=None)
    assert AuditEvent.objects.count() == 3
    assert verification.verify().faults == []


def test_the_command_says_so_and_prints_a_digest(events):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    digest = out.getvalue().split()[-1]
    assert digest == bytes(Checkpoint.objects.latest("pk").digest).hex()
    call_command("verify_audit", f"--expect={digest}", "--since=2020-01", "--read-only", stdout=out)
    with pytest.raises(CommandError, match="faults found"):
        call_command("verify_audit", f"--expect={'ab' * 32}", stdout=out, stderr=StringIO())
    with pytest.raises(CommandError, match="64 digits"):
        call_command("verify_audit", "--expect=nonsense", stdout=out)


def test_the_command_names_what_it_finds(events, tamper):
    err = StringIO()
    tamper("audit_auditevent", f"DELETE FROM TABLE WHERE id = {events[2].pk}")
    with pytest.raises(CommandError, match="1 faults found"):
        call_command("verify_audit", stdout=StringIO(), stderr=err)
    assert f"removed: audit_auditevent, segment {events[2].chain_segment}, seq {events[2].chain_seq}" in err.getvalue()


def test_the_site_can_verify_as_well(events):
    checkpoints.make()
    with as_site():
        assert verification.verify().faults == []
