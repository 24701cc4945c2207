"""Nights when the clock changes: every form that takes a time reads it alike, and says the same."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.equipment.conftest import make_item
from ui.dates import moment_of, show_date

FORWARD, BACK = dt.date(2025, 3, 30), dt.date(2025, 10, 26)
HALF_PAST_ONE = dt.time(1, 30)


def send(client, patient, kind, day, item):
    day, here = show_date(day), f"/patients/{patient.pk}"
    address, form = {
        "score": (
            f"{here}/scores/record/",
            {"score_type": "barthel_index", "score_value": "50", "score_date": day, "score_time": "01:30"},
        ),
        "status": (
            f"{here}/status/",
            {"to": "hoist", "reason": "Pain", "from_status": "assist_1", "seen_on": day, "seen_time": "01:30"},
        ),
        "note": (
            f"{here}/notes/write/",
            {
                "session_date": day, "start_time": "01:30", "session_type": "treatment", "note_text": "Fell",
                "follow_up_needed": "no",
            },
        ),
        "equipment": (f"{here}/equipment/check-out/", {"serial_number": item.serial_number, "on": day, "time": "01:30"}),
    }[kind]  # fmt: skip
    return client.post(address, form)


def recorded(patient, kind):
    if kind == "score":
        return patient.mobility_scores.get().occurred_at
    if kind == "note":
        return patient.session_notes.get().occurred_at
    if kind == "status":
        return patient.status_history.newest_first().first().effective_at
    return patient.equipment_logs.get().checked_out_at


KINDS = ["score", "status", "note", "equipment"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_time_that_the_clock_skipped_is_refused_beside_its_field(sign_in, patient, therapist, kind):
    response = send(sign_in(therapist), patient, kind, FORWARD, make_item(therapist))
    assert response.status_code == 422
    field = {"score": "score_time", "status": "seen_time", "note": "start_time", "equipment": "time"}[kind]
    assert response.context["form"].errors[field] == ["The clocks went forward that night: enter a time that there was"]
    assert 'value="01:30"' in response.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_time_that_came_twice_is_the_later_one(sign_in, patient, therapist, kind):
    assert send(sign_in(therapist), patient, kind, BACK, make_item(therapist)).status_code == 302
    assert recorded(patient, kind) == dt.datetime(2025, 10, 26, 1, 30, tzinfo=dt.UTC)


def test_unless_that_is_still_to_come(time_machine):
    time_machine.move_to(dt.datetime(2025, 10, 26, 0, 40, tzinfo=dt.UTC), tick=False)  # 01:40, the first time
    assert moment_of(BACK, HALF_PAST_ONE) == dt.datetime(2025, 10, 26, 0, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("hour", [0, 2, 12])
def test_every_other_hour_of_these_nights_is_what_the_clock_says(hour):
    for day in (FORWARD, BACK):
        found = moment_of(day, dt.time(hour, 30))
        assert timezone.localtime(found).replace(tzinfo=None) == dt.datetime.combine(day, dt.time(hour, 30))


def test_a_skipped_hour_never_becomes_another():
    with pytest.raises(ValidationError, match="clocks went forward"):
        moment_of(FORWARD, HALF_PAST_ONE)
