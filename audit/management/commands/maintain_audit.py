"""Look after the audit trail: partitions ahead, retention, a checkpoint. Once a day or more often, as the owner."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import checkpoints, partitions, verification


class Command(BaseCommand):
    help = "Make the partitions of the coming months, drop those past their retention, and make a checkpoint."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-expiry", action="store_true", help="drop nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        made = partitions.add_coming() + partitions.add(partitions.waiting())
        self.stdout.write(f"{made} partitions made.")
        periods = [] if options["no_expiry"] else partitions.over(timezone.now())
        if periods and (faults := verification.verify().faults):
            raise CommandError(f"Nothing was dropped: verify_audit finds {len(faults)} faults.")
        for period in periods:
            done = partitions.expire(period)
            self.stdout.write(
                f"{done['rows']:,} events of {period.replace('_', '-')} dropped: their retention is over."
            )
        self.stdout.write(f"Digest: {bytes(checkpoints.make().digest).hex()}")
