"""manage.py export_records: scores of one therapist's charts for another clinic."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.access import Perm
from accounts.models import User
from audit.api import coming_through
from interchange.fhir_r4.writing.text import ndjson
from interchange.services.export import as_bundle, export_scores
from patients.models import Patient

USAGE_ERROR = 2
FORMS = (".ndjson", ".json")


class Command(BaseCommand):
    help = (
        "Write patients with their scores, assessments and goals as FHIR R4: NDJSON, or one Bundle for a name that ends "
        "in .json. Every chart that is written leaves an audit event. Exit status: 0, or 2 for a wrong call."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", metavar="PATH", help="file to make, ending in .ndjson or .json; never overwritten")
        parser.add_argument("--therapist", required=True, metavar="USERNAME", help="who takes them out of the clinic")
        parser.add_argument(
            "--patient",
            action="append",
            default=[],
            metavar="ID",
            help="identifier of a patient whom this account may open; again for more (default: its whole caseload)",
        )

    def handle(self, *args: Any, path: str, therapist: str, patient: list[str], **_: Any) -> None:
        if Path(path).suffix not in FORMS:
            raise CommandError("PATH ends in .ndjson or .json.", returncode=USAGE_ERROR)
        by = find_account(therapist)
        with coming_through("manage.py export_records"), transaction.atomic():
            resources = [one for chart in find_charts(by, patient) for one in export_scores(patient=chart, by=by)]
            write(Path(path), as_bundle(resources) if path.endswith(".json") else ndjson(resources))
        self.stdout.write(f"resources: {len(resources)}")
        self.stdout.write(f"patients: {sum(one['resourceType'] == 'Patient' for one in resources)}")


def find_account(username: str) -> User:
    """The account that the export acts as. Raises CommandError where it may open no chart."""
    user: User | None = User.objects.filter(username__iexact=username).first()
    if user is None or not user.is_clinical:
        raise CommandError(f"{username} is no account that opens charts.", returncode=USAGE_ERROR)
    return user


def find_charts(by: User, wanted: list[str]) -> list[Patient]:
    """The charts that the account may open, all of them or those named. Raises CommandError for one that it may not."""
    visible = Patient.objects.permitting(by, Perm.VIEW)
    if not wanted:
        return list(visible.order_by("pk"))
    found = list(visible.filter(patient_id__in=wanted).order_by("pk"))
    if len(found) < len(set(wanted)):
        raise CommandError("One of these patients is not among the charts of this account.", returncode=USAGE_ERROR)
    return found


def write(path: Path, text: str) -> None:
    """A new file that its owner alone may read. Raises CommandError where there is one, or it cannot be made."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"The file cannot be made: {error.strerror}.", returncode=USAGE_ERROR) from None
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
