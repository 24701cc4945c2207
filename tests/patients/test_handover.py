"""Handover and care team, through the front door."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.access import Perm
from audit.models import AuditEvent
from patients import services
from patients.models import Patient
from tests.factories import UserFactory, make_patient
from ui.dates import show_date


def test_a_lead_hands_a_patient_over_and_the_old_therapist_gets_404(sign_in, patient, therapist, colleague, lead):
    response = sign_in(lead).post(f"/patients/{patient.pk}/hand-over/", {"to": colleague.pk, "reason": "Leave"})
    assert response.status_code == 302
    assert sign_in(therapist).get(f"/patients/{patient.pk}/").status_code == 404
    assert sign_in(colleague).get(f"/patients/{patient.pk}/").status_code == 200
    event = AuditEvent.objects.get(event_type="chart.handed_over")
    assert (event.actor, event.details) == (lead, {"from": therapist.pk, "to": colleague.pk})


@pytest.mark.parametrize("who", ["therapist", "cover", "assistant", "viewer"])
def test_only_leads_hand_over(request, sign_in, patient, colleague, who):
    client = sign_in(request.getfixturevalue(who))
    response = client.post(f"/patients/{patient.pk}/hand-over/", {"to": colleague.pk, "reason": "x"})
    assert response.status_code == 403
    patient.refresh_from_db()
    assert patient.primary_therapist_id != colleague.pk


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"reason": ""}, "Enter the reason for the handover"),
        ({"to": ""}, "Choose the new primary therapist"),
        ({"to": "999999"}, "Select a valid choice"),
        ({"keep_as_cover": "on"}, "Enter the last day of the cover"),
        ({"keep_as_cover": "on", "keep_until": "01-Jan-2020"}, "not in the past"),
    ],
)
def test_bad_input(sign_in, patient, colleague, lead, data, message):
    data = {"to": colleague.pk, "reason": "Leave"} | data
    response = sign_in(lead).post(f"/patients/{patient.pk}/hand-over/", data)
    assert response.status_code == 422
    assert message in response.content.decode()


def test_a_whole_caseload_moves_in_one_go(sign_in, therapist, colleague, lead):
    for _ in range(3):
        make_patient(therapist)
    client = sign_in(lead)
    page = client.get(f"/caseload/hand-over/?therapist={therapist.pk}")
    chosen = [p.pk for p in page.context["patients"]]
    assert len(chosen) == 3
    until = show_date(timezone.localdate() + dt.timedelta(days=7))
    data = {"patient": chosen, "to": colleague.pk, "reason": "Leave", "keep_as_cover": "on", "keep_until": until}
    assert client.post("/caseload/hand-over/", data).status_code == 302
    assert colleague.primary_patients.count() == 3
    assert sign_in(therapist).get(f"/patients/{chosen[0]}/").status_code == 200


def test_a_selection_may_hold_only_patients_that_the_lead_leads(sign_in, patient, colleague, lead, stranger):
    other = make_patient(stranger)
    data = {"patient": [patient.pk, other.pk, "nonsense"], "to": colleague.pk, "reason": "Leave"}
    sign_in(lead).post("/caseload/hand-over/", data)
    other.refresh_from_db()
    assert other.primary_therapist == stranger
    assert colleague.primary_patients.get() == patient


def test_a_patient_who_joins_the_caseload_meanwhile_stays(sign_in, patient, therapist, colleague, lead):
    client = sign_in(lead)
    page = client.get(f"/caseload/hand-over/?therapist={therapist.pk}")
    late = make_patient(therapist)
    data = {"patient": [p.pk for p in page.context["patients"]], "to": colleague.pk, "reason": "Leave"}
    client.post(f"/caseload/hand-over/?therapist={therapist.pk}", data)
    late.refresh_from_db()
    assert late.primary_therapist == therapist
    assert colleague.primary_patients.get() == patient


def test_an_empty_selection_says_so(sign_in, patient, lead):
    response = sign_in(lead).post("/caseload/hand-over/", {}, follow=True)
    assert "Choose at least one patient" in response.content.decode()


@pytest.mark.parametrize("who", ["therapist", "stranger", "auditor"])
def test_the_page_for_several_is_for_leads(request, sign_in, patient, who):
    assert sign_in(request.getfixturevalue(who)).get("/caseload/hand-over/").status_code == 404


def test_a_therapist_adds_a_student_who_then_may_read_only(sign_in, patient, therapist, team):
    student = UserFactory(username="student", role="observer", team=team)
    data = {"user": student.pk, "role": "observer", "starts_on": timezone.localdate().isoformat()}
    assert sign_in(therapist).post(f"/patients/{patient.pk}/care-team/add/", data).status_code == 302
    client = sign_in(student)
    assert client.get(f"/patients/{patient.pk}/").status_code == 200
    assert client.get(f"/patients/{patient.pk}/status/").status_code == 403


def test_a_student_cannot_be_covering_therapist(sign_in, patient, therapist, team):
    student = UserFactory(username="student", role="observer", team=team)
    data = {"user": student.pk, "role": "covering", "starts_on": timezone.localdate().isoformat()}
    response = sign_in(therapist).post(f"/patients/{patient.pk}/care-team/add/", data)
    assert response.status_code == 422
    assert "cannot be covering therapist" in response.content.decode()


def test_somebody_on_the_team_already_is_refused_with_a_message(sign_in, patient, cover, therapist):
    data = {"user": cover.pk, "role": "covering", "starts_on": timezone.localdate().isoformat()}
    response = sign_in(therapist).post(f"/patients/{patient.pk}/care-team/add/", data)
    assert response.status_code == 422
    assert "This person is on the care team already" in response.content.decode()


def test_taking_somebody_off_ends_access_and_twice_says_so(sign_in, patient, cover, therapist):
    member = patient.care_team.get(user=cover)
    client = sign_in(therapist)
    url = f"/patients/{patient.pk}/care-team/{member.pk}/end/"
    assert client.post(url, {}).status_code == 302
    assert "had left the care team already" in client.post(url, {}, follow=True).content.decode()
    assert sign_in(cover).get(f"/patients/{patient.pk}/").status_code == 404


def test_the_primary_therapist_cannot_be_taken_off(sign_in, patient, lead):
    member = patient.care_team.get(role="primary")
    response = sign_in(lead).post(f"/patients/{patient.pk}/care-team/{member.pk}/end/", {})
    assert response.status_code == 422


def test_a_cover_that_is_planned_does_not_end_the_one_that_lasts(patient, colleague, lead):
    today = timezone.localdate()
    services.add_member(patient=patient, user=colleague, role="covering", by=lead, ends_on=today + dt.timedelta(2))
    with pytest.raises(ValidationError, match="on the care team already"):
        services.add_member(
            patient=patient, user=colleague, role="covering", by=lead, starts_on=today + dt.timedelta(7)
        )
    assert Patient.objects.permitting(colleague, Perm.VIEW).contains(patient)
