"""Load the demo clinic: two teams, their patients and months of invented history."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from demo import loading, staff


class Command(BaseCommand):
    help = "Load the demo clinic: two teams, 72 invented patients, months of history. Does nothing a second time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--yes-this-is-a-demo",
            action="store_true",
            help="load it although DEBUG is off: everybody who reads the manual knows the passwords",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or settings.OT_DEMO or options["yes_this_is_a_demo"]):
            raise CommandError(
                "DEBUG is off, so this may be a real clinic; nothing was loaded. "
                "If it is for show, set OT_DEMO=1 or say --yes-this-is-a-demo."
            )
        started = time.monotonic()
        try:
            is_new = loading.load(is_quiet=options["verbosity"] == 0)
        except loading.NotEmpty as error:
            raise CommandError(str(error)) from error
        if is_new:
            self.stdout.write(f"The demo clinic is loaded ({time.monotonic() - started:.0f} s).")
        else:
            self.stdout.write("The demo clinic is loaded already.")
        self._say_who()

    def _say_who(self) -> None:
        rows = [("User", "Role", "Team", "What to try")]
        for member in staff.STAFF:
            role = str(member.role.label) if member.role else "-"
            rows.append((member.username, role, member.team or "-", str(member.hint)))
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        self.stdout.write("")
        for row in rows:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        self.stdout.write(f"\nPassword: {staff.PASSWORD}")
