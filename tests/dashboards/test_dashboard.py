"""The lead's dashboard: every figure is the length of the list it links to."""

import datetime as dt

import pytest
from django.utils import timezone

from equipment import services as equipment
from patients import services
from sessions_notes import services as notes
from tests.factories import UserFactory, make_patient


@pytest.fixture
def busy_team(patient, therapist, colleague, lead, stranger):
    """Two caseloads with something of everything, and a patient of another team."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    second, third = make_patient(colleague), make_patient(colleague, mobility_status="hoist")
    services.change_mobility_status(patient=patient, to="supervision", reason="Prompts only", by=therapist)
    services.change_mobility_status(patient=second, to="hoist", reason="Fell", by=colleague)
    notes.write_note(
        patient=patient, by=therapist, session_date=yesterday, session_type="treatment", note_text="Kitchen",
        follow_up_needed=True, follow_up_text="Order a stool", follow_up_due_on=yesterday,
    )  # fmt: skip
    equipment.check_out(patient=third, serial_number="WC-1", equipment_name="Wheelchair", by=colleague)
    services.change_chart_status(patient=make_patient(therapist), to="archived", reason="Discharged", by=therapist)
    make_patient(stranger)


def test_every_figure_is_the_length_of_the_list_behind_it(sign_in, busy_team, lead):
    client = sign_in(lead)
    page = client.get("/dashboard/").context
    figures = [(bar.count, bar.url) for bar in [*page["figures"], *page["statuses"], *page["therapists"]]]
    figures += [mark for bar in page["therapists"] for mark in bar.figures]
    assert len(figures) > 20
    for count, url in figures:
        assert client.get(url).context["page"].paginator.count == count, url


def test_what_it_shows(sign_in, busy_team, lead, therapist):
    response = sign_in(lead).get("/dashboard/")
    text = response.content.decode()
    assert {bar.label: bar.count for bar in response.context["figures"]}["Patients"] == 3
    for words in ("Assistance of 1 to Supervision", "Prompts only", "Order a stool", "Wheelchair", therapist.name):
        assert words in text
    assert "OT Tracker" in text


def test_another_teams_lead_sees_their_own_team_only(sign_in, busy_team, other_lead):
    response = sign_in(other_lead).get("/dashboard/")
    assert response.context["figures"][0].count == 1
    assert "OLUWASEUN" not in response.content.decode()


def test_an_empty_team_says_so(sign_in, team):
    lead = UserFactory(role="lead", team=team)
    assert "No active patients in your teams" in sign_in(lead).get("/dashboard/").content.decode()
