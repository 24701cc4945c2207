"""Measure the site on a large clinic, in a database of its own."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from argparse import SUPPRESS
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections

from demo.bench import clinic, databases, measure, report, server
from demo.bench.browser import ActionFailed

URLS = ("DATABASE_URL", "DATABASE_OWNER_URL")


class Command(BaseCommand):
    help = "Load a large clinic into a database of its own, and measure what people do all day on it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, default=20_000)
        parser.add_argument("--compare", type=int, metavar="PATIENTS", help="measure this size too, and say the growth")
        parser.add_argument("--requests", type=int, default=150, help="for each action and concurrency")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
        parser.add_argument("--keep", action="store_true", help="keep the database for the next run")
        parser.add_argument("--inside", action="store_true", help=SUPPRESS)  # settings name the bench's database
        parser.add_argument("--load", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["inside"]:
            self._measure(options)
            return
        sizes = [options["patients"], *([options["compare"]] if options["compare"] else [])]
        if min(sizes) < 100 or options["requests"] < 1:
            raise CommandError("Measure 100 patients or more, with one request or more.")
        found = [self._one_size(patients, options) for patients in sizes]
        if len(found) == 2:
            self.stdout.write(f"\n{report.comparison(*found)}")
        if options["json"]:
            options["json"].write_text(json.dumps(found[0] if len(found) == 1 else found, indent=1) + "\n")

    def _one_size(self, patients: int, options: dict[str, Any]) -> dict[str, Any]:
        """In a process of its own, whose settings are those of production on the bench's database."""
        name = databases.name_for(patients)
        is_loaded = databases.prepare(name, databases.fingerprint(patients))
        with tempfile.TemporaryDirectory(prefix="ot-bench-") as folder:
            figures = Path(folder, "figures.json")
            arguments = [f"--patients={patients}", f"--requests={options['requests']}", f"--json={figures}"]
            command = [sys.executable, "manage.py", "bench", "--inside", *arguments, *([] if is_loaded else ["--load"])]
            environment = self._environment(name, folder)
            try:
                ended = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False)  # noqa: S603
            finally:
                if not options["keep"]:
                    databases.drop(name)
            if ended.returncode:
                raise CommandError("The bench failed; why is said above.")
            found: dict[str, Any] = json.loads(figures.read_text())
        self.stdout.write(f"\n{report.table(found)}")
        return found

    @staticmethod
    def _environment(name: str, folder: str) -> dict[str, str]:
        return {
            **{key: value for key, value in os.environ.items() if key != "STATIC_PLAIN"},
            **{url: databases.url_for(name, os.environ[url]) for url in URLS if os.environ.get(url)},
            "DATABASE_POOL": "1",
            "DEBUG": "0",
            "OT_DEMO": "1",  # invented people
            "OT_REQUIRE_SECOND_FACTOR": "none",  # its leads sign in by password
            "ACCESS_LOG": "0",
            "HTTPS": "0",  # plain HTTP on this machine; production's encryption ends in front of gunicorn
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "STATIC_ROOT": f"{folder}/static",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

    def _measure(self, options: dict[str, Any]) -> None:
        if not connection.settings_dict["NAME"].startswith(databases.PREFIX):
            raise CommandError("--inside is for the bench itself: it works on a database of its own only.")
        loaded: dict[str, Any] = self._load(options["patients"]) if options["load"] else {"is_reused": True}
        call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()
        before = report.machine()
        try:
            with server.running() as (port, process):
                results = list(measure.everything(port, process, options["requests"]))
            costs = server.gate_costs(options["requests"])
        except ActionFailed as error:
            raise CommandError(f"Not measured, because it does not work: {error}") from error
        options["json"].write_text(json.dumps(report.document(options["patients"], loaded, before, results, costs)))

    def _load(self, patients: int) -> dict[str, Any]:
        started = time.monotonic()
        call_command("migrate", verbosity=0)
        migrated = time.monotonic()
        rows = clinic.load(patients)
        seconds = time.monotonic() - migrated
        databases.mark_loaded(databases.name_for(patients), databases.fingerprint(patients))
        self.stderr.write(f"Loaded {patients:,} patients in {seconds:.0f} s.")
        return {"migrate_seconds": round(migrated - started, 1), "seconds": round(seconds, 1), "rows": rows}
