"""Statements of each write, the whole request with its redirect's messages: no constraint or check adds one unseen."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from equipment import services as equipment
from mobility import services as mobility
from sessions_notes import services as notes
from ui.dates import show_date

# Everything included: session, user, gate, audit rows, field history, savepoints.
PINNED = {
    "register": 45,
    "edit details": 20,
    "change status": 21,
    "record score": 24,
    "score in error": 18,
    "write note": 41,
    "edit note": 34,
    "note in error": 27,
    "resolve follow-up": 21,
    "check out": 30,
    "return": 24,
    "void": 23,
    "register item": 16,
}


@pytest.fixture
def chart(patient, therapist):
    """A chart with one of everything, and an item in stock."""
    today = timezone.localdate()
    score = mobility.record_score(
        patient=patient, score_type="barthel_index", score_value="50", score_date=today, by=therapist
    )
    note = notes.write_note(
        patient=patient, by=therapist, session_date=today, session_type="treatment", note_text="Walked 12 m",
        follow_up_needed=True, follow_up_text="Order grab rails",
    )  # fmt: skip
    loan = equipment.check_out(
        patient=patient, serial_number="WC-0417", equipment_name="Wheelchair", by=therapist,
        checked_out_at=timezone.now() - dt.timedelta(days=2),
    )  # fmt: skip
    equipment.register_item(equipment_name="Frame", serial_number="F-1", by=therapist)
    patient.refresh_from_db()
    return patient, score, note, loan


def form(write, chart, therapist):
    """The address of a write and what its form sends."""
    patient, score, note, loan = chart
    here, today = f"/patients/{patient.pk}", show_date(timezone.localdate())
    follow_up = note.follow_up
    words = {"session_date": today, "session_type": "treatment", "note_text": "Stairs", "follow_up_needed": "yes"}
    words |= {"follow_up_text": "Order grab rails"}
    return {
        "register": (
            "/patients/register/",
            {
                "patient_id": "NEW-1", "family_name": "New", "date_of_birth": "03-Mar-1948",
                "mobility_status": "hoist", "primary_therapist": therapist.pk,
            },
        ),
        "edit details": (
            f"{here}/edit/",
            {
                "patient_id": patient.patient_id, "family_name": patient.family_name,
                "given_names": patient.given_names, "phone": "020 7946 0000", "version": patient.version,
            },
        ),
        "change status": (
            f"{here}/status/", {"to": "hoist", "reason": "Pain", "seen_on": today, "from_status": "assist_1"}
        ),
        "record score": (
            f"{here}/scores/record/", {"score_type": "barthel_index", "score_value": "55", "score_date": today}
        ),
        "score in error": (f"{here}/scores/{score.pk}/in-error/", {"reason": "Typed wrongly"}),
        "write note": (f"{here}/notes/write/", words),
        "edit note": (f"{here}/notes/{note.pk}/edit/", words | {"version": 1, "change_reason": "Left out"}),
        "note in error": (f"{here}/notes/{note.pk}/error/", {"reason": "Wrong chart"}),
        "resolve follow-up": (f"{here}/follow-ups/{follow_up.pk}/resolve/", {"resolution": "Ordered"}),
        "check out": (f"{here}/equipment/check-out/", {"serial_number": "F-1", "on": today, "time": "00:00"}),
        "return": (
            f"{here}/equipment/{loan.pk}/return/", {"on": today, "time": "00:00", "condition": "good"}
        ),
        "void": (f"{here}/equipment/{loan.pk}/void/", {"version": loan.version, "reason": "Wrong chart"}),
        "register item": ("/equipment/register/", {"serial_number": "F-2", "equipment_name": "Frame"}),
    }[write]  # fmt: skip


@pytest.mark.parametrize("write", PINNED)
def test_statements_of_a_write(sign_in, chart, therapist, write):
    address, typed = form(write, chart, therapist)
    client = sign_in(therapist)
    with CaptureQueriesContext(connection) as captured:
        response = client.post(address, {"form_token": str(uuid.uuid4())} | typed)
    assert response.status_code == 302, response.content.decode()
    assert len(captured) == PINNED[write]
