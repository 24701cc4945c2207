"""Notes to test with."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from patients.models import Patient
from sessions_notes import services
from sessions_notes.models import SessionNote

DAY = dt.date(2026, 11, 20)


def make_note(patient: Patient, by: User, **fields: Any) -> SessionNote:
    """A saved note."""
    content: dict[str, Any] = {
        "session_date": timezone.localdate(),
        "session_type": "treatment",
        "note_text": "Threaded the right sleeve first",
    }
    return services.write_note(patient=patient, by=by, **(content | fields))


@pytest.fixture
def note(patient: Patient, therapist: User) -> SessionNote:
    return make_note(patient, therapist)


@pytest.fixture
def follow_up(patient: Patient, therapist: User) -> Any:
    text = "Home visit with daughter"
    return make_note(patient, therapist, follow_up_needed=True, follow_up_text=text).follow_up


def typed(**fields: str) -> dict[str, str]:
    """What a therapist fills into the form."""
    return {
        "session_date": timezone.localdate().strftime("%d-%b-%Y"),
        "session_type": "treatment",
        "note_text": "Hot drink made with one prompt",
        "follow_up_needed": "no",
        "draft_version": "0",
    } | fields
