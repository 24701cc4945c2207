"""manage.py import_records: records of other systems into the charts of one therapist."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Team, User
from accounts.roles import TREATING
from audit.api import coming_through
from interchange.progress import Bars
from interchange.services import import_records
from patients.vocabulary import MobilityStatus

USAGE_ERROR, SOME_FAILED, INTERRUPTED = 2, 3, 130


class Command(BaseCommand):
    help = (
        "Import patients, scores and equipment loans from FHIR R4 (JSON, NDJSON) and Synthea's CSV export. "
        "Can be run again: what is in already is left alone. Exit status: 0, 2 for a wrong call, 3 if a record failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="file, or folder with all below it")
        parser.add_argument("--team", required=True, metavar="NAME", help="team that the patients join")
        parser.add_argument(
            "--therapist", required=True, metavar="USERNAME", help="their primary therapist, and author of the entries"
        )
        parser.add_argument(
            "--mobility-status",
            choices=MobilityStatus.values,
            default=MobilityStatus.SUPERVISION.value,
            help="status of every new chart until it is assessed, which an alert in the chart asks for; the sources "
            "have none (default: %(default)s)",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="do everything, report it and undo it; other users may have to wait for it",
        )

    def handle(
        self, *args: Any, paths: list[str], team: str, therapist: str, mobility_status: str, dry_run: bool, **_: Any
    ) -> None:
        for path in paths:
            if not os.path.exists(path):  # of an empty string, too, which Path takes for this folder
                raise CommandError(f"There is no file or folder {path!r}.", returncode=USAGE_ERROR)
        by = find_therapist(therapist, team)
        bars = Bars()
        try:
            with coming_through("manage.py import_records"):
                report = import_records(
                    paths, by=by, mobility_status=MobilityStatus(mobility_status), is_dry_run=dry_run, progress=bars
                )
        finally:
            bars.close()
        for line in report.lines():
            self.stdout.write(line)
        if report.is_interrupted:
            sys.exit(INTERRUPTED)
        if report.failures:
            sys.exit(SOME_FAILED)


def find_therapist(username: str, team_name: str) -> User:
    """The account that the import acts as. Raises CommandError where it could not have entered the records itself."""
    team = Team.objects.filter(name__iexact=team_name, is_active=True).first()
    if team is None:
        raise CommandError(f"There is no active team {team_name}.", returncode=USAGE_ERROR)
    user: User | None = User.objects.filter(username__iexact=username).select_related("team").first()
    if user is None:
        raise CommandError(f"There is no account {username}.", returncode=USAGE_ERROR)
    if user.role not in TREATING or user.is_superuser:
        raise CommandError(f"{username} is neither a therapist nor a lead.", returncode=USAGE_ERROR)
    if not user.is_clinical:
        raise CommandError(f"{username} is not approved, or is switched off.", returncode=USAGE_ERROR)
    if user.team_id != team.pk:
        raise CommandError(f"{username} is not in the team {team_name}.", returncode=USAGE_ERROR)
    return user
