"""Reading the whole chain again: every row, every segment, every checkpoint. Changes nothing.

Works out each row's hash anew from all of its columns and the row before. What it finds is named: table, segment, place
in it, id.
"""

# ruff: noqa: S608 (all parts of the SQL are written here)

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from audit import rights
from audit.append_only import AppendOnlyModel
from audit.checkpoints import NOTHING, digest
from audit.models import AuditEvent, Checkpoint, CheckpointHead

LIMIT = 1_000  # faults reported of each table; a table rewritten as a whole has no end of them

# The window sees what each row says of the one before: its place and its hash. The hash of the columns is worked out
# first, so that what is sorted is small.
ROWS = """
WITH linked AS (
    SELECT id, chain_segment AS segment, chain_seq AS seq, chain_hash AS hash,
        sha256(convert_to(rtrim(left(ROW({columns})::text, -1), ','), 'UTF8')) AS body
    FROM {table} {where}
), followed AS (
    SELECT *, lag(seq) OVER rows AS seq_before, lag(hash) OVER rows AS hash_before, lag(id) OVER rows AS id_before,
        lead(seq) OVER rows IS NULL AS is_last
    FROM linked WINDOW rows AS (PARTITION BY segment ORDER BY seq, id)
), known AS (
    SELECT f.*, s.count, s.head, s.start, s.id AS known
    FROM followed f LEFT JOIN audit_chainsegment s ON s.id = f.segment AND s.chain = %(chain)s AND s.expired_at IS NULL
)
SELECT segment, seq, id, seq_before, id_before, known, count,
    hash IS NOT DISTINCT FROM sha256(coalesce(hash_before, start) || body) AS follows
FROM known
WHERE known IS NULL OR seq IS DISTINCT FROM coalesce(seq_before, 0) + 1
    OR hash IS DISTINCT FROM sha256(coalesce(hash_before, start) || body)
    OR (is_last AND (seq <> count OR hash IS DISTINCT FROM head))
ORDER BY segment, seq, id LIMIT {limit}
"""

# Segments of which not one row is left, and those that do not start where the one before them ended.
SEGMENTS = """
SELECT s.id, s.count, r.segment IS NULL AS is_empty,
    s.start <> coalesce(p.head, CASE WHEN s.previous_id IS NULL THEN %(nothing)s END, ''::bytea) AS is_apart
FROM audit_chainsegment s
LEFT JOIN (SELECT DISTINCT chain_segment AS segment FROM {table} {where}) r ON r.segment = s.id
LEFT JOIN audit_chainsegment p ON p.id = s.previous_id AND p.chain = s.chain AND p.count > 0
WHERE s.chain = %(chain)s AND s.expired_at IS NULL AND s.period >= %(period)s
    AND (r.segment IS NULL OR s.start <> coalesce(p.head, CASE WHEN s.previous_id IS NULL THEN %(nothing)s END, ''::bytea))
ORDER BY s.id
"""

# What checkpoints say of segments that are longer by now is compared with the row that was the last one then.
EARLIER_HEADS = """
SELECT h.segment, h.count FROM audit_checkpointhead h
JOIN audit_chainsegment s ON s.id = h.segment AND s.chain = %(chain)s AND s.expired_at IS NULL
    AND s.period >= %(period)s AND s.count > h.count
LEFT JOIN {table} r ON r.chain_segment = h.segment AND r.chain_seq = h.count
WHERE r.chain_hash IS DISTINCT FROM h.head ORDER BY 1, 2
"""

LATEST_HEADS = """
SELECT h.segment, h.count, s.id FROM audit_checkpointhead h LEFT JOIN audit_chainsegment s ON s.id = h.segment
WHERE s.id IS NULL OR s.count < h.count OR (s.count = h.count AND s.head <> h.head) ORDER BY 1, 2
"""

# An expired segment is one whose month a checkpoint has signed off, and whose end is in a checkpoint before.
EXPIRED = """
SELECT s.id, s.period, s.count, EXISTS (
    SELECT FROM audit_checkpointhead h WHERE h.segment = s.id AND h.count = s.count AND h.head = s.head)
FROM audit_chainsegment s WHERE s.expired_at IS NOT NULL ORDER BY s.id
"""


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was recorded."""

    what: str  # changed, removed, inserted, moved, …
    table: str
    segment: int | None = None
    seq: int | None = None
    row_id: Any = None
    detail: str = ""

    def __str__(self) -> str:
        place = [self.table]
        place += [f"segment {self.segment}"] if self.segment is not None else []
        place += [f"seq {self.seq}"] if self.seq is not None else []
        place += [f"id {self.row_id}"] if self.row_id is not None else []
        return f"{self.what}: {', '.join(place)}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True)
class Result:
    faults: list[Fault]
    rows: int
    digest: bytes  # of the newest checkpoint
    checkpoints: int


def chained_models() -> list[type[models.Model]]:
    """Every append-only model whose rows are chained."""
    found = [m for m in apps.get_models() if issubclass(m, AppendOnlyModel) and getattr(m, "chain_hash", None)]
    return sorted(found, key=lambda model: model._meta.db_table)


def verify(
    *, since: dt.date | None = None, expect: bytes | None = None, say: Callable[[str], None] = lambda line: None
) -> Result:
    """Read it all within one snapshot; of the audit events, where `since` is given, that month and the later ones.

    `expect` is the digest of an earlier checkpoint, kept elsewhere: what it covers must still be there.
    """
    faults: list[Fault] = []
    rows = 0
    with _snapshot():
        for model in chained_models():
            counted, found = _verify_table(model, since)
            say(f"{model._meta.db_table}: {counted:,} rows, {len(found)} faults")
            faults, rows = faults + found, rows + counted
        faults += [Fault("unguarded", "database", detail=text) for text in rights.switched_off()]
        faults += _verify_expired()
        newest, count, found = _verify_checkpoints(expect)
    return Result(faults + found, rows, newest, count)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One view of all tables, with the settings under which the trigger makes a row's text."""
    is_nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not is_nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL extra_float_digits = 1")
        yield


def _verify_table(model: type[models.Model], since: dt.date | None) -> tuple[int, list[Fault]]:
    table, month = model._meta.db_table, None
    where = ""
    if since and model is AuditEvent:
        month = since.replace(day=1)
        where = "WHERE created_at >= %(month)s::timestamp AT TIME ZONE 'UTC'"
    values = {"chain": table, "month": month, "period": f"{month:%Y_%m}" if month else "", "nothing": NOTHING}
    with connection.cursor() as cursor:
        parts = {"table": table, "where": where, "columns": _columns(cursor, table), "limit": LIMIT}
        cursor.execute(f"SELECT count(*) FROM {table} {where}", values)
        counted = cursor.fetchone()[0]
        cursor.execute(ROWS.format(**parts), values)
        faults = [_fault_of_row(table, row) for row in cursor.fetchall()]
        cursor.execute(SEGMENTS.format(**parts), values)
        for segment, count, is_empty, is_apart in cursor.fetchall():
            if is_empty:
                faults.append(Fault("removed", table, segment, detail=f"all {count} rows of the segment"))
            if is_apart:
                faults.append(Fault("removed", table, segment, detail="it does not start where the one before ended"))
        cursor.execute(EARLIER_HEADS.format(**parts), values)
        for segment, count in cursor.fetchall():
            faults.append(Fault("changed", table, segment, count, detail="since a checkpoint"))
    return counted, faults


def _columns(cursor: Any, table: str) -> str:
    """The columns in their order in the table, as the trigger saw them: before the hash was known."""
    cursor.execute(
        """SELECT quote_ident(attname) FROM pg_attribute
            WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum""",
        [table],
    )
    return ", ".join("NULL::bytea" if name == "chain_hash" else name for (name,) in cursor.fetchall())


def _fault_of_row(table: str, row: tuple[Any, ...]) -> Fault:
    segment, seq, key, seq_before, id_before, known, count, follows = row
    before = seq_before or 0
    if segment is None:
        return Fault("inserted", table, row_id=key, detail="past the chain")
    if known is None:
        return Fault("removed", table, segment, detail=f"the segment itself, of which id {key} is left")
    if seq == seq_before:
        return Fault("inserted", table, segment, seq, key, detail=f"the place of id {id_before}")
    if seq is None or seq < 1 or seq > count:
        return Fault("inserted", table, segment, seq, key, detail=f"the segment has {count} rows")
    if seq > before + 1:
        gone = f"seq {before + 1}" if seq == before + 2 else f"seq {before + 1} to {seq - 1}"
        between = f"after id {id_before}, before id {key}" if id_before else f"before id {key}"
        return Fault("removed", table, segment, before + 1, detail=f"{gone}: {between}")
    if not follows:
        other = f"or id {id_before} before it" if id_before else ""
        return Fault("changed or moved", table, segment, seq, key, detail=other)
    if seq < count:
        gone = f"seq {count}" if count == seq + 1 else f"seq {seq + 1} to {count}"
        return Fault("removed", table, segment, seq + 1, detail=f"{gone}: after id {key}, the last that is left")
    return Fault("changed", table, segment, seq, key, detail="the segment's head is another row's")


def _verify_expired() -> list[Fault]:
    signed = {c.details.get("period"): c.details.get("rows") for c in Checkpoint.objects.filter(kind="expiry")}
    faults, rows = [], dict.fromkeys(signed, 0)
    with connection.cursor() as cursor:
        cursor.execute(EXPIRED)
        for segment, period, count, is_covered in cursor.fetchall():
            if period not in signed or not is_covered:
                faults.append(Fault("removed", "audit_auditevent", segment, detail="marked as expired, not signed off"))
            else:
                rows[period] += count
    faults += [
        Fault("removed", "audit_auditevent", detail=f"of the expired month {period} {rows[period]} of {number} rows")
        for period, number in signed.items()
        if rows[period] != number
    ]
    return faults


def _verify_checkpoints(expect: bytes | None) -> tuple[bytes, int, list[Fault]]:
    """Each checkpoint follows the one before, and what the newest says of each segment is so."""
    faults: list[Fault] = []
    before, count, is_met = NOTHING, 0, expect is None
    heads = groupby(CheckpointHead.objects.order_by("checkpoint", "segment").iterator(), lambda h: h.checkpoint_id)
    waiting = next(heads, None)
    for checkpoint in Checkpoint.objects.order_by("pk").iterator():
        own = []
        if waiting is not None and waiting[0] == checkpoint.pk:
            own = [(head.segment, head.count, bytes(head.head)) for head in waiting[1]]
            waiting = next(heads, None)
        found = digest(before, checkpoint.kind, checkpoint.created_at, checkpoint.details, own)
        if found != bytes(checkpoint.digest):
            faults.append(Fault("changed or removed", "audit_checkpoint", row_id=checkpoint.pk, detail="or one before"))
        before, count = bytes(checkpoint.digest), count + 1
        is_met = is_met or before == expect
    if not is_met:
        faults.append(Fault("removed", "audit_checkpoint", detail="no checkpoint has the digest that was expected"))
    with connection.cursor() as cursor:
        cursor.execute(LATEST_HEADS)
        for segment, length, known in cursor.fetchall():
            what = "its head is another" if known else "the whole segment"
            faults.append(Fault("changed or removed", "audit_chainsegment", segment, length, detail=what))
    return before, count, faults
