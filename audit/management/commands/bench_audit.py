"""Measure the audit trail: what an event costs to write, how long the chain takes to verify, or a search to answer.

Works in a database whose name starts with ot_bench_, made for it and dropped afterwards.
"""

import os
import statistics
import subprocess
import sys
import time
import uuid
from argparse import SUPPRESS
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.test import RequestFactory
from psycopg import sql

from audit import bench, checkpoints, partitions, verification
from audit.api import record_event

NAME = "ot_bench_audit"
BATCH = 50_000
WRITES = 2_000

LOAD = """
INSERT INTO audit_auditevent (event_type, target_type, target_id, route, method, details, address, user_agent, request_id,
    created_at)
SELECT (ARRAY['chart.viewed', 'list.viewed', 'score.recorded', 'note.written'])[1 + i %% 4], '', '', 'patients:show_chart',
    'GET', '{}', '10.0.0.7', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120 Safari/537.36',
    gen_random_uuid(), %s::timestamptz + i * interval '1 second'
FROM generate_series(1, %s) i
"""

TRIGGER = "ALTER TABLE audit_auditevent {} TRIGGER zz_chain; ALTER TABLE audit_auditevent ALTER id {} DEFAULT {}"
MEASURED: dict[str, str] = {
    "not chained": TRIGGER.format("DISABLE", "SET", "nextval('audit_auditevent_id_seq')"),
    "chained": "",
}


class Command(BaseCommand):
    help = "Measure what an audit event costs, and how long verify_audit or a search takes over many of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--events", type=int, default=1_000_000)
        parser.add_argument("--search", action="store_true", help="measure searches, on events that are not chained")
        parser.add_argument("--inside", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["inside"]:
            self._measure(options["events"], searches=options["search"])
            return
        parameters = {**connection.get_connection_params()}
        with psycopg.connect(**parameters, autocommit=True) as server:
            name = sql.Identifier(NAME)
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
            urls = {key: os.environ[key] for key in ("DATABASE_URL", "DATABASE_OWNER_URL") if os.environ.get(key)}
            environment = {
                **os.environ,
                **{key: urlsplit(url)._replace(path=f"/{NAME}").geturl() for key, url in urls.items()},
            }
            command = [sys.executable, "manage.py", "bench_audit", "--inside", f"--events={options['events']}"]
            command += ["--search"] if options["search"] else []
            try:
                ended = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False)  # noqa: S603
            finally:
                server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        if ended.returncode:
            raise CommandError("The bench failed; why is said above.")

    def _measure(self, events: int, *, searches: bool) -> None:
        if connection.settings_dict["NAME"] != NAME:
            raise CommandError("--inside is for the bench itself: it works on a database of its own only.")
        call_command("migrate", verbosity=0)
        if searches:
            self._time("load, not chained", events, lambda: bench.load(events))
            for found in bench.measure():
                self.stdout.write(f"search {found.name}: p50 {found.p50:.1f} ms, p95 {found.p95:.1f} ms")
            return
        self._time("load, in transactions of 50,000", events, lambda: self._load(events))
        for name, cost in self._writes().items():
            self.stdout.write(f"write one event, {name}: p50 {cost:.3f} ms")
        self._time("checkpoint", 1, checkpoints.make)
        self._time("verify_audit", events, self._verify)

    def _load(self, events: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT now() - make_interval(secs => %s)", [events])
            start = cursor.fetchone()[0]
            partitions.add_past(start)
            for done in range(0, events, BATCH):
                cursor.execute(LOAD, [start, min(BATCH, events - done)])
                cursor.execute("SELECT %s::timestamptz + make_interval(secs => %s)", [start, BATCH])
                start = cursor.fetchone()[0]
            cursor.execute("VACUUM (ANALYZE)")

    def _writes(self) -> dict[str, float]:
        """By turns, because the machine has moods: the median of each."""
        request = RequestFactory().get("/", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64)")
        request.request_id = uuid.uuid4()  # type: ignore[attr-defined]
        costs: dict[str, list[float]] = {name: [] for name in MEASURED}
        for _turn in range(5):
            for name, before in MEASURED.items():
                with transaction.atomic(), connection.cursor() as cursor:
                    if before:
                        cursor.execute(before)
                    for _ in range(WRITES // 5):
                        started = time.perf_counter()
                        record_event("list.viewed", by=None, request=request)
                        costs[name].append((time.perf_counter() - started) * 1000)
                    transaction.set_rollback(bool(before))  # events past the chain would be faults
        return {name: statistics.median(found) for name, found in costs.items()}

    def _verify(self) -> None:
        if faults := verification.verify().faults:
            raise CommandError(f"{len(faults)} faults, the first: {faults[0]}")

    def _time(self, name: str, number: int, work: Callable[[], Any]) -> None:
        started = time.perf_counter()
        work()
        seconds = time.perf_counter() - started
        self.stdout.write(f"{name}: {seconds:.1f} s" + (f" for {number:,} events" if number > 1 else ""))
