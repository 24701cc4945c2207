"""The command as a whole: its lines and exit status, wrong calls, dry runs, interruption."""

import fcntl
import io
import os
import struct
import termios

import pytest
from django.core.management import CommandError
from django.db import connection

from audit.models import AuditEvent
from interchange.models import ImportedRecord
from interchange.progress import Bars, Progress
from interchange.services import import_records
from mobility.models import MobilityScore
from patients.models import CareTeamMember, Patient, PatientUserPermission
from tests.factories import UserFactory
from tests.interchange.importing import run_import
from tests.interchange.samples import person, score, statement, thing, write_json, write_ndjson

BARTHEL = "96761-2"
TABLES = (
    "accounts_user",
    "audit_auditevent",
    "audit_statushistory",
    "equipment_equipmentitem",
    "equipment_equipmentlog",
    "interchange_importedrecord",
    "mobility_mobilityscore",
    "patients_careteammember",
    "patients_patient",
    "patients_patientfieldhistory",
    "patients_patientuserpermission",
    "patients_patientgrouppermission",
)


def everything(folder):
    """One of each kind of outcome."""
    (folder / "b.txt").write_text("text")
    (folder / "c.json").write_text('{\n"resourceType"')
    return write_ndjson(
        folder / "a.ndjson",
        [
            person("p-1"),
            person("p-2", deceasedDateTime="1900-01-01"),
            person("p-1"),
            score("o-1", loinc=BARTHEL),
            score("o-2", of="Patient/p-2", loinc=BARTHEL),
            thing(),
            statement(timingPeriod={"start": "2024-03-01"}),
            {"resourceType": "Claim"},
        ],
    )


def row_counts():
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in TABLES))  # noqa: S608
        return dict(cursor.fetchall())


def test_the_report_line_by_line(tmp_path, bring):
    path = everything(tmp_path)

    outcome = bring(tmp_path)

    assert outcome.lines == [
        "patients: created 1, unchanged 1, skipped 0, failed 1",
        "scores: created 1, unchanged 0, skipped 1, failed 0",
        "equipment: created 1, unchanged 0, skipped 0, failed 0",
        "other: created 0, unchanged 0, skipped 2, failed 1",
        "assessments: created 0, unchanged 0, skipped 0, failed 0",
        "goals: created 0, unchanged 0, skipped 0, failed 0",
        "skipped 1 other: not a file that this importer reads",
        "skipped 1 other: resource type Claim is not imported",
        "skipped 1 scores: its patient was not imported",
        f"failed patients: {path}:2 (Patient/p-2): its date of death is before its date of birth",
        f"failed other: {tmp_path}/c.json:2: not readable as JSON: Expecting ':'",
    ]
    assert outcome.status == 3


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path, bring):
    everything(tmp_path)
    before = row_counts()

    trial = bring(tmp_path, dry_run=True)

    assert row_counts() == before
    assert trial.lines[-1] == "Dry run: nothing was written."
    real = bring(tmp_path)
    assert (trial.lines[:-1], trial.status) == (real.lines, real.status)


@pytest.mark.django_db(transaction=True)
def test_each_record_is_committed_by_itself(tmp_path, bring, therapist):
    everything(tmp_path)
    first = bring(tmp_path, dry_run=True)
    assert bring(tmp_path).lines == first.lines[:-1]
    assert Patient.objects.get().mobility_scores.count() == 1
    assert bring(tmp_path).totals("patients") == {"unchanged": 2, "failed": 1}


def test_the_import_itself_is_recorded(tmp_path, bring, therapist):
    everything(tmp_path)
    bring(tmp_path)

    event = AuditEvent.objects.get(event_type="import.finished")
    assert event.actor == therapist
    assert event.details["patients"] == {"created": 1, "unchanged": 1, "skipped": 0, "failed": 1}
    assert event.details["interrupted"] is False
    assert AuditEvent.objects.get(event_type="chart.registered").patient == Patient.objects.get()


def test_nothing_to_import_is_no_failure(tmp_path, bring):
    assert bring(tmp_path).status == 0


# Wrong calls.


def refusal(*paths, **options):
    with pytest.raises(CommandError) as caught:
        run_import(*paths, **options)
    assert caught.value.returncode == 2
    return str(caught.value)


def test_a_path_that_is_not_there(tmp_path, therapist):
    path = write_json(tmp_path / "a.json", person())
    assert refusal(path, tmp_path / "b", therapist=therapist) == f"There is no file or folder '{tmp_path}/b'."
    assert not Patient.objects.exists()


def test_an_empty_path_is_not_this_folder(therapist):
    assert refusal("", therapist=therapist) == "There is no file or folder ''."


def test_a_team_that_is_not_there(tmp_path, therapist):
    assert refusal(tmp_path, therapist=therapist, team="West") == "There is no active team West."


def test_a_therapist_of_another_team(tmp_path, therapist, other_team):
    assert refusal(tmp_path, therapist=therapist, team="South") == "therapist is not in the team South."


def test_names_may_be_written_in_any_case(tmp_path, therapist):
    therapist.username = "THERAPIST"
    assert run_import(tmp_path, therapist=therapist, team="north").status == 0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"role": "assistant"}, "someone is neither a therapist nor a lead."),
        ({"role": "admin"}, "someone is neither a therapist nor a lead."),
        ({"is_superuser": True}, "someone is neither a therapist nor a lead."),
        ({"is_active": False}, "someone is not approved, or is switched off."),
        ({"approved_at": None}, "someone is not approved, or is switched off."),
    ],
)
def test_an_account_that_could_not_have_entered_it(tmp_path, team, fields, message):
    someone = UserFactory(username="someone", team=team, **fields)
    assert refusal(tmp_path, therapist=someone) == message


def test_an_account_that_is_not_there(tmp_path, therapist):
    therapist.username = "nobody"
    assert refusal(tmp_path, therapist=therapist) == "There is no account nobody."


# Interruption.


class InterruptAfter(Progress):
    """Ctrl-C while the second file is read, or before scores are entered."""

    def __init__(self, place):
        self.place = place
        self.files = 0

    def read(self, size):
        self.files += bool(size)
        if self.place == "second file" and self.files == 2:
            raise KeyboardInterrupt

    def linking(self, records, count):
        if self.place == "scores":
            raise KeyboardInterrupt
        return records


@pytest.mark.parametrize("place", ["second file", "scores"])
def test_what_was_in_before_an_interruption_stays_and_is_reported(tmp_path, bring, therapist, place):
    write_json(tmp_path / "a.json", person("a"))
    write_json(tmp_path / "b.json", score(of="Patient/a", loinc=BARTHEL))

    report = import_records([tmp_path], by=therapist, progress=InterruptAfter(place))

    assert report.is_interrupted
    assert "Interrupted: what is counted as created is in. Run it again for the rest." in report.lines()
    assert report.totals()["patients"]["created"] == Patient.objects.count() == 1
    assert AuditEvent.objects.get(event_type="import.finished").details["interrupted"] is True
    assert bring(tmp_path).totals("scores") == {"created": 1}


@pytest.mark.parametrize("nth", range(1, 60, 4))
def test_no_statement_can_leave_half_a_patient(tmp_path, therapist, nth):
    path = write_json(tmp_path / "a.json", person(deceasedDateTime="2024-02-03"))
    count = 0

    def interrupt(execute, sql, params, many, context):
        nonlocal count
        count += 1
        ends_record = sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")) or "import.finished" in (params or ())
        if count == nth and not ends_record:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with connection.execute_wrapper(interrupt):
        report = import_records([path], by=therapist)

    whole = int(not report.is_interrupted)
    assert Patient.objects.filter(chart_status="deceased").count() == Patient.objects.count() == whole
    assert ImportedRecord.objects.count() == CareTeamMember.objects.count() == whole
    assert PatientUserPermission.objects.exists() is bool(whole)


def test_an_interrupted_command_has_its_own_exit_status(tmp_path, bring, therapist):
    write_json(tmp_path / "a.json", person("a"))

    def interrupt(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "patients_patient"'):
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with connection.execute_wrapper(interrupt):
        assert bring(tmp_path).status == 130


def test_an_unforeseen_error_costs_one_record(tmp_path, bring):
    path = write_ndjson(tmp_path / "a.ndjson", [person(), score("o-1", loinc=BARTHEL), score("o-2", loinc=BARTHEL)])
    inserts = 0

    def fail_once(execute, sql, params, many, context):
        nonlocal inserts
        inserts += sql.startswith('INSERT INTO "mobility_mobilityscore" ')
        if inserts == 1 and sql.startswith('INSERT INTO "mobility_mobilityscore" '):
            raise ArithmeticError("Planted-Name")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_once):
        outcome = bring(path)

    assert outcome.failures == [f"failed scores: {path}:2 (Observation/o-1): it could not be entered (ArithmeticError)"]
    assert MobilityScore.objects.count() == 1


# Progress.


def test_bars_are_drawn_on_a_terminal_alone(tmp_path, bring, monkeypatch):
    write_ndjson(tmp_path / "a.ndjson", [person(), score(loinc=BARTHEL)])
    leader, follower = os.openpty()
    with os.fdopen(follower, "w") as terminal, os.fdopen(leader, "rb") as seen:
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        monkeypatch.setattr("sys.stderr", terminal)
        bring(tmp_path)
        terminal.flush()
        drawn = os.read(seen.fileno(), 10_000).decode()
    assert "Files and patients" in drawn
    assert "Scores and equipment" in drawn
    assert "Planted" not in drawn

    quiet = io.StringIO()
    monkeypatch.setattr("sys.stderr", quiet)
    bring(tmp_path)
    assert quiet.getvalue() == ""


def test_bars_may_be_closed_before_they_began():
    Bars().close()
