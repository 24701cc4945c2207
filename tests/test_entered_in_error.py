"""A record can always be marked as entered in error, above all one that its own rules would refuse by now."""

import datetime as dt

import pytest
from django.utils import timezone

from equipment import services as equipment
from mobility import services as mobility
from patients import services
from sessions_notes import services as notes


@pytest.fixture
def chart(patient, therapist):
    """A chart with one of everything from three days ago."""
    then = timezone.now() - dt.timedelta(days=3)
    day = timezone.localdate(then)
    mobility.record_score(patient=patient, score_type="barthel_index", score_value="50", score_date=day, by=therapist)
    notes.write_note(
        patient=patient,
        by=therapist,
        session_date=day,
        session_type="treatment",
        note_text="Walked 12 m",
        follow_up_needed=True,
        follow_up_text="Order grab rails",
    )
    equipment.check_out(
        patient=patient, serial_number="WC-1", equipment_name="Wheelchair", checked_out_at=then, by=therapist
    )
    return patient  # fmt: skip


def born_later(patient, therapist):
    services.edit_patient(
        patient=patient, version=patient.version, by=therapist, changes={"date_of_birth": timezone.localdate()}
    )


def died_before(patient, therapist):
    services.change_chart_status(
        patient=patient, to="deceased", deceased_on=timezone.localdate() - dt.timedelta(days=30), reason="Letter",
        by=therapist,
    )  # fmt: skip


@pytest.mark.parametrize("corrected", [born_later, died_before])
@pytest.mark.parametrize("kind", ["scores", "notes", "equipment"])
def test_whatever_was_corrected_in_the_chart_since(sign_in, chart, therapist, corrected, kind):
    corrected(chart, therapist)
    row = {
        "scores": chart.mobility_scores, "notes": chart.session_notes, "equipment": chart.equipment_logs
    }[kind].get()  # fmt: skip
    page = {"scores": "in-error", "notes": "error", "equipment": "void"}[kind]
    version = row.version if kind == "equipment" else ""
    response = sign_in(therapist).post(
        f"/patients/{chart.pk}/{kind}/{row.pk}/{page}/",
        {"reason": "Wrong chart", "version": version},
    )
    assert response.status_code == 302, response.content.decode()
    row.refresh_from_db()
    assert row.is_voided if kind == "equipment" else row.is_in_error
