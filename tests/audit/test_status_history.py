"""No change of a tracked status without its row; no change of a row."""

import datetime as dt

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from audit.api import NoActor, acting
from audit.append_only import AppendOnly
from audit.models import StatusHistory
from patients import services
from patients.errors import StatusUnchanged
from patients.models import Patient


def test_registration_leaves_the_first_row_of_each_status(patient, therapist, check_constraints):
    check_constraints()
    rows = {row.status_type: row for row in patient.status_history.all()}
    assert rows.keys() == {"mobility_status", "primary_therapist", "chart_status"}
    first = rows["mobility_status"]
    assert (first.from_value, first.to_value, first.changed_by, first.revision) == ("", "assist_1", therapist, 1)
    assert rows["primary_therapist"].to_value == "Amara Okonkwo-Reyes (therapist)"


def test_a_change_is_recorded_with_what_it_said_before_who_and_why(patient, therapist, check_constraints):
    seen = timezone.now() - dt.timedelta(hours=3)
    services.change_mobility_status(
        patient=patient, to="assist_2", reason="New left hip pain", by=therapist, effective_at=seen
    )
    check_constraints()
    row = patient.status_history.of_type("mobility_status").newest_first().first()
    assert (row.from_value, row.to_value, row.direction) == ("assist_1", "assist_2", "declined")
    assert (row.changed_by, row.change_reason, row.effective_at) == (therapist, "New left hip pain", seen)
    assert row.created_at > seen


def test_the_same_status_again_is_refused_and_leaves_nothing(patient, therapist):
    before = patient.status_history.count()
    with pytest.raises(StatusUnchanged):
        services.change_mobility_status(patient=patient, to="assist_1", reason="x", by=therapist)
    assert patient.status_history.count() == before


def test_without_an_actor_the_signal_raises(patient):
    patient.mobility_status = "hoist"
    with pytest.raises(NoActor):
        patient.save()


def test_a_row_without_a_reason_is_refused(patient, therapist):
    with pytest.raises(IntegrityError, match="status_reason_given"), transaction.atomic():
        services.change_mobility_status(patient=patient, to="hoist", reason="", by=therapist)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: Patient.objects.filter(pk=p.pk).update(mobility_status="hoist"),
        lambda p: Patient.objects.bulk_update([_with(p, "hoist")], ["mobility_status"]),
        lambda p: _sql("UPDATE patients_patient SET mobility_status = 'hoist' WHERE id = %s", p),
    ],
    ids=["update", "bulk_update", "raw SQL"],
)
def test_no_path_changes_mobility_status_without_its_row(patient, check_constraints, change):
    with pytest.raises(IntegrityError, match="StatusHistory"), transaction.atomic():
        change(patient)
        check_constraints()


def test_a_row_from_an_earlier_change_does_not_count_again(patient, therapist, check_constraints):
    services.change_mobility_status(patient=patient, to="hoist", reason="a", by=therapist)
    services.change_mobility_status(patient=patient, to="assist_1", reason="b", by=therapist)
    check_constraints()
    with pytest.raises(IntegrityError, match="StatusHistory"), transaction.atomic():
        Patient.objects.filter(pk=patient.pk).update(mobility_status="hoist")
        check_constraints()


def test_away_and_back_in_one_transaction_needs_a_row_for_each_step(patient, therapist, check_constraints):
    def back_and_forth() -> None:
        _sql("UPDATE patients_patient SET mobility_status = 'hoist' WHERE id = %s", patient)
        _sql("UPDATE patients_patient SET mobility_status = 'assist_1' WHERE id = %s", patient)

    with pytest.raises(IntegrityError, match="StatusHistory"), transaction.atomic():
        back_and_forth()
        services.change_mobility_status(patient=patient, to="hoist", reason="only one of three", by=therapist)
        check_constraints()


def test_a_patient_inserted_without_its_first_row_is_refused(patient, therapist, check_constraints):
    copy = Patient(
        patient_id="RAW", family_name="Raw", display_name="Raw", team=patient.team, primary_therapist=therapist,
        mobility_status="hoist", created_by=therapist,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="StatusHistory"), transaction.atomic():
        Patient.objects.bulk_create([copy])
        check_constraints()


@pytest.mark.parametrize("table", ["audit_statushistory", "audit_auditevent"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_what_was_recorded(patient, table, sql, django_assert_num_queries):
    with pytest.raises((IntegrityError, InternalError), match="append-only"), transaction.atomic():
        _sql_plain("SET CONSTRAINTS ALL IMMEDIATE")
        _sql_plain(sql.format(table))
    assert StatusHistory.objects.filter(patient=patient).count() == 3


def test_the_model_refuses_too(patient):
    row = patient.status_history.first()
    for attempt in (
        row.save,
        row.delete,
        StatusHistory.objects.all().delete,
        lambda: StatusHistory.objects.update(id=1),
    ):
        with pytest.raises(AppendOnly):
            attempt()


def test_a_failed_change_leaves_neither_status_nor_row(patient, therapist, lead, monkeypatch):
    before = patient.status_history.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        services.change_mobility_status(patient=patient, to="hoist", reason="x", by=therapist)
        raise RuntimeError
    patient.refresh_from_db()
    assert (patient.mobility_status, patient.status_history.count()) == ("assist_1", before)


def test_field_history_names_the_actor_and_the_reason(patient, therapist):
    services.change_mobility_status(patient=patient, to="hoist", reason="Fell", by=therapist)
    newest = patient.history.first()
    assert (newest.mobility_status, newest.history_user, newest.history_change_reason) == ("hoist", therapist, "Fell")


def test_a_refreshed_patient_does_not_repeat_somebody_elses_change(patient, therapist, lead, check_constraints):
    services.change_mobility_status(patient=patient, to="hoist", reason="Fell", by=lead)
    patient.refresh_from_db()
    with acting(by=therapist, reason="Corrected a phone number"):
        patient.save()
    check_constraints()
    assert patient.status_history.of_type("mobility_status").changes().get().changed_by == lead


def test_a_status_left_out_of_a_save_is_still_told_when_it_is_saved(patient, therapist, check_constraints):
    with acting(by=therapist, reason="Two steps"):
        patient.mobility_status = "hoist"
        patient.chart_status = "inactive"
        patient.save(update_fields=["chart_status"])
        patient.save(update_fields=["mobility_status"])
    check_constraints()
    assert set(patient.status_history.changes().values_list("status_type", flat=True)) == {
        "mobility_status",
        "chart_status",
    }


def test_acting_is_left_behind(patient, therapist):
    with acting(by=therapist, reason="x"):
        pass
    patient.chart_status = "inactive"
    with pytest.raises(NoActor):
        patient.save()


def _with(patient: Patient, status: str) -> Patient:
    patient.mobility_status = status
    return patient


def _sql(sql: str, patient: Patient) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [patient.pk])


def _sql_plain(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
