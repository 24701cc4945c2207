"""One import from the first file to the report.

Each record is a unit of its own: a patient with identifier, care team, rights and statuses, or one score, or one loan
with its item, is in the database whole or not at all, whatever happens to the others. A record that is interrupted or
fails is undone; the next import finds what this one brought.
"""

import contextlib
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.db import connection, transaction

from accounts.models import User
from audit.api import record_event
from interchange.errors import Skipped, Unchanged
from interchange.models import ImportedRecord
from interchange.progress import Progress
from interchange.reader import read_records
from interchange.records import (
    AssessmentRecord,
    Failure,
    GoalsRecord,
    LoanRecord,
    Outcome,
    PatientRecord,
    Record,
    Repeat,
    ScoreRecord,
    Skip,
)
from interchange.report import CREATED, UNCHANGED, Report
from interchange.services import assessments, charts, entries, ledger
from interchange.services.faults import explain
from mobility import catalogue
from patients.errors import AlreadyRecorded, ChartArchived
from patients.vocabulary import MobilityStatus


def import_records(
    paths: Iterable[str | Path],
    *,
    by: User,
    mobility_status: MobilityStatus = MobilityStatus.SUPERVISION,
    is_dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Enter what the files hold into charts of `by`, who must be able to treat and have a team.

    A dry run does the same and undoes all of it at the end; until then it holds its locks. Ctrl-C ends a run after
    the record before, and the report says so.
    """
    report = Report(is_dry_run=is_dry_run)
    run = _Run(report, by=by, mobility_status=mobility_status)
    with transaction.atomic() if is_dry_run else contextlib.nullcontext():
        try:
            for outcome in read_records(
                paths, by_loinc=catalogue.by_loinc, imported_before=ledger.imported_before(), progress=progress
            ):
                run.take(outcome)
        except KeyboardInterrupt:
            report.is_interrupted = True
        record_event("import.finished", by=by, details=_details(report))
        if is_dry_run:
            transaction.set_rollback(True)
    return report


def _details(report: Report) -> dict[str, object]:
    return {**report.totals(), "interrupted": report.is_interrupted}


class _Run:
    def __init__(self, report: Report, *, by: User, mobility_status: MobilityStatus) -> None:
        self._report = report
        self._by = by
        self._mobility_status = mobility_status
        self._charts: dict[str, uuid.UUID | None] = {}  # of the patients met in this run; None: no chart for them

    def take(self, outcome: Outcome) -> None:
        match outcome:
            case Skip():
                self._report.skip(outcome)
            case Failure():
                self._report.fail(outcome)
            case Repeat():
                self._report.count(outcome.kind, UNCHANGED)
            case AssessmentRecord():
                self._enter(outcome)
                self._tell_totals(outcome)
            case _:
                self._enter(outcome)

    def _tell_totals(self, record: AssessmentRecord) -> None:
        """Account for the totals that came with the answers; one that is not ours is reported each time."""
        for outcome in assessments.judge_totals(record):
            if isinstance(outcome, Skip):
                self._report.skip(outcome)
            else:
                self._report.fail(outcome)

    def _enter(self, record: Record) -> None:
        try:
            with transaction.atomic():
                note = self._write(record)
        except Unchanged:
            self._report.count(record.kind, UNCHANGED)
        except Skipped as reason:
            self._report.skip(Skip(record.kind, str(reason), record.origin))
        except ChartArchived:
            self._report.skip(Skip(record.kind, "its chart is archived", record.origin))
        except AlreadyRecorded:
            self._report.skip(Skip(record.kind, "the chart has it already, entered by hand", record.origin))
        except Exception as error:  # whatever it is, one record must not end the run
            if not connection.is_usable():
                raise
            self._charts[record.source_key] = None
            self._report.fail(Failure(record.kind, explain(error), record.origin))
        else:
            self._report.count(record.kind, CREATED)
            if isinstance(record, PatientRecord):
                self._report.notes += charts.left_out(record)
            if note:
                self._report.notes[note] += 1

    def _write(self, record: Record) -> str:
        """Enter one record, and say what is to be noted of it, if anything."""
        before = ledger.find(record)
        if isinstance(record, PatientRecord):
            self._write_patient(record, before)
            return ""
        if before is not None:
            ledger.compare(record, before)
        patient = entries.find_chart(self._chart(record.patient_key), by=self._by)
        match record:
            case ScoreRecord():
                entries.enter_score(record, patient=patient, by=self._by)
            case AssessmentRecord():
                return assessments.enter_assessment(record, patient=patient, by=self._by)
            case GoalsRecord():
                assessments.enter_goals(record, patient=patient, by=self._by)
            case LoanRecord():
                entries.enter_loan(record, patient=patient, by=self._by)
        return ""

    def _write_patient(self, record: PatientRecord, before: ImportedRecord | None) -> None:
        if before is None:
            patient = charts.register(record, mobility_status=self._mobility_status, by=self._by)
            self._charts[record.source_key] = patient.pk
        else:
            charts.require_same_person(record, before)
            self._charts[record.source_key] = before.patient_id
            ledger.compare(record, before)

    def _chart(self, patient_key: str) -> uuid.UUID | None:
        if patient_key in self._charts:
            return self._charts[patient_key]
        return ledger.find_patient(patient_key)
