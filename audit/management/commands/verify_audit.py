"""Read the whole audit chain again and name what has been changed, removed, moved or inserted."""

import datetime as dt
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit import checkpoints, verification

SHOWN = 50


class Command(BaseCommand):
    help = "Verify the chain of append-only rows; names what is not as it was recorded, and then ends with status 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--expect", metavar="DIGEST", help="digest that an earlier run printed: what it covers must be unchanged"
        )
        parser.add_argument(
            "--since", type=_month, metavar="YYYY-MM", help="of the audit events, this month and the later ones only"
        )
        parser.add_argument("--read-only", action="store_true", help="make no checkpoint first")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            expected = bytes.fromhex(options["expect"]) if options["expect"] else None
        except ValueError as error:
            raise CommandError("A digest has 64 digits, 0 to f.") from error
        if settings.OT_AS_OWNER and not options["read_only"]:
            checkpoints.make()
        started = time.monotonic()
        result = verification.verify(since=options["since"], expect=expected, say=self.stdout.write)
        seconds = time.monotonic() - started
        self.stdout.write(f"{result.rows:,} rows and {result.checkpoints:,} checkpoints read in {seconds:.1f} s.")
        if result.faults:
            for fault in result.faults[:SHOWN]:
                self.stderr.write(str(fault))
            more = f", the first {SHOWN} of them above" if len(result.faults) > SHOWN else ""
            raise CommandError(f"{len(result.faults)} faults found{more}. Keep the database as it is: docs/audit.md.")
        self.stdout.write(f"Nothing has been changed, removed, moved or inserted.\nDigest: {result.digest.hex()}")


def _month(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 (a month has no time zone)
