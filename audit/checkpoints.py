"""Checkpoints: how far every segment of the chain had come, each covered by a digest that follows the one before."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit.models import Checkpoint, CheckpointHead

LOCK = 20_417_004
NOTHING = bytes(32)
Head = tuple[int, int, bytes]

# The newest of each segment, where it has moved since its last checkpoint.
MOVED = """
SELECT s.id, s.count, s.head FROM audit_chainsegment s
WHERE s.expired_at IS NULL AND s.count > 0
    AND NOT EXISTS (SELECT FROM audit_checkpointhead h WHERE h.segment = s.id AND h.count = s.count)
ORDER BY s.id
"""


@transaction.atomic
def make(kind: str = Checkpoint.Kind.HEADS, details: Mapping[str, Any] | None = None) -> Checkpoint:
    """Add a checkpoint of what has moved since the last one, as the owner. The last one, where nothing has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(MOVED)
        heads: list[Head] = [(segment, count, bytes(head)) for segment, count, head in cursor.fetchall()]
    last = Checkpoint.objects.order_by("-pk").first()
    if last is not None and not heads and kind == Checkpoint.Kind.HEADS:
        return last
    now, details = timezone.now(), dict(details or {})
    found: Checkpoint = Checkpoint.objects.create(
        kind=kind,
        created_at=now,
        details=details,
        digest=digest(bytes(last.digest) if last else NOTHING, kind, now, details, heads),
    )
    CheckpointHead.objects.bulk_create(
        (CheckpointHead(checkpoint=found, segment=s, count=c, head=h) for s, c, h in heads), batch_size=5_000
    )
    return found


def digest(before: bytes, kind: str, at: dt.datetime, details: Mapping[str, Any], heads: Iterable[Head]) -> bytes:
    """SHA-256 over the checkpoint before and all that this one says."""
    says = {
        "before": before.hex(),
        "kind": str(kind),
        "at": at.astimezone(dt.UTC).isoformat(),
        "details": details,
        "heads": [[segment, count, head.hex()] for segment, count, head in heads],
    }
    return hashlib.sha256(json.dumps(says, sort_keys=True, separators=(",", ":")).encode()).digest()
