"""Registering: duplicates are shown before saving, and of charts one may not see nothing is."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from patients.models import Patient, RegistrationCheck
from tests.factories import make_patient
from ui.dates import show_date


def register(client, therapist, **data):
    defaults = {
        "patient_id": "NEW-1",
        "family_name": "Newcomer",
        "given_names": "Ada",
        "date_of_birth": "03-Mar-1948",
        "mobility_status": "supervision",
        "primary_therapist": therapist.pk,
        "form_token": str(uuid.uuid4()),
    }
    return client.post("/patients/register/", defaults | data)


def test_a_therapist_registers_a_patient_and_lands_on_the_chart(sign_in, therapist):
    response = register(sign_in(therapist), therapist)
    patient = Patient.objects.get(patient_id="NEW-1")
    assert response.url == f"/patients/{patient.pk}/"
    assert (patient.display_name, patient.team, patient.created_by) == ("NEWCOMER, Ada", therapist.team, therapist)
    assert AuditEvent.objects.filter(event_type="chart.registered", patient=patient, actor=therapist).exists()


def test_a_double_click_registers_once(sign_in, therapist):
    client, token = sign_in(therapist), str(uuid.uuid4())
    first = register(client, therapist, form_token=token)
    # The second sees its own first as a duplicate only if the token did not tell.
    second = register(client, therapist, form_token=token)
    assert first.url == second.url
    assert Patient.objects.filter(patient_id="NEW-1").count() == 1


@pytest.mark.parametrize("missing", ["patient_id", "family_name", "mobility_status", "primary_therapist"])
def test_required_fields(sign_in, therapist, missing):
    response = register(sign_in(therapist), therapist, **{missing: ""})
    assert response.status_code == 422
    assert "Newcomer" in response.content.decode() or missing == "family_name"
    assert not Patient.objects.exists()


@pytest.mark.parametrize("born", ["", "1948", "03/04/1948", "01-Jan-2199", "not a date", "31-Apr-1950"])
def test_birth_dates(sign_in, therapist, born):
    response = register(sign_in(therapist), therapist, date_of_birth=born)
    assert response.status_code == (302 if born == "" else 422)


def test_a_visible_chart_with_this_identifier_stops_registration(sign_in, patient, therapist):
    response = register(sign_in(therapist), therapist, patient_id="ot-planted-1", is_not_duplicate="on")
    assert response.status_code == 422
    assert f"/patients/{patient.pk}/" in response.content.decode()


def test_a_similar_name_with_the_same_birth_date_warns_and_can_be_overruled(sign_in, therapist):
    make_patient(therapist, family_name="Newcommer", given_names="Ada", date_of_birth="1948-03-03")
    client = sign_in(therapist)
    response = register(client, therapist)
    assert response.status_code == 422
    assert "This may be a patient who is on file already" in response.content.decode()
    assert register(client, therapist, is_not_duplicate="on").status_code == 302
    assert Patient.objects.filter(patient_id="NEW-1").exists()


def test_of_a_hidden_chart_nothing_is_shown_and_its_lead_decides(sign_in, patient, stranger, lead):
    response = register(sign_in(stranger), stranger, patient_id="OT-PLANTED-1")
    assert response.url == "/caseload/"
    followed = sign_in(stranger).get("/caseload/").content.decode()
    assert "OLUWASEUN" not in followed
    assert "A lead has been asked" in followed
    check = RegistrationCheck.objects.get()
    assert (check.match, check.asked_by, check.state) == (patient, stranger, "open")
    assert Patient.objects.count() == 1
    assert "Asked by" in sign_in(lead).get("/registrations/").content.decode()


@pytest.fixture
def check(sign_in, patient, stranger):
    register(sign_in(stranger), stranger, patient_id="OT-PLANTED-1")
    return RegistrationCheck.objects.get()


def test_same_person_puts_the_asker_on_the_care_team(sign_in, check, patient, stranger, lead):
    until = timezone.localdate() + dt.timedelta(days=14)
    data = {"state": "same", "cover_until": show_date(until)}
    assert sign_in(lead).post(f"/registrations/{check.pk}/", data).status_code == 302
    assert sign_in(stranger).get(f"/patients/{patient.pk}/").status_code == 200
    member = patient.care_team.get(user=stranger)
    assert (member.role, member.ends_on) == ("covering", until)
    client = sign_in(lead)
    assert client.post(f"/registrations/{check.pk}/", data).status_code == 302, "sent twice, decided once"
    late = client.post(f"/registrations/{check.pk}/", {"state": "declined", "note": "Another one, I think"})
    assert late.status_code == 409
    assert "Another one, I think" in late.content.decode()


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("", "Enter the last day of the cover"),
        ("01-Jan-2020", "not in the past"),
        ("03/04/2199", "Enter a date like"),
    ],
)
def test_the_same_person_needs_a_last_day_of_the_cover(sign_in, check, patient, stranger, lead, until, message):
    response = sign_in(lead).post(
        f"/registrations/{check.pk}/", {"state": "same", "cover_until": until, "note": "Twin"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert "Twin" in page
    assert not patient.care_team.filter(user=stranger).exists()


def test_both_persons_are_shown_alike(sign_in, check, patient, lead):
    page = sign_in(lead).get(f"/registrations/{check.pk}/").content.decode()
    assert "NEWCOMER, Ada" in page
    assert "03-Mar-1948</time>" in page
    assert "1948-03-03<" not in page
    check.entered = check.entered | {"date_of_birth": None}
    RegistrationCheck.objects.filter(pk=check.pk).update(entered=check.entered)
    page = sign_in(lead).get(f"/registrations/{check.pk}/").content.decode()
    assert "<td>Not known</td>" in page
    assert "\N{EN DASH}</td>" not in page


def test_a_different_person_is_registered_for_the_asker(sign_in, check, stranger, lead):
    client = sign_in(lead)
    clash = client.post(f"/registrations/{check.pk}/", {"state": "registered", "patient_id": "OT-PLANTED-1"})
    assert clash.status_code == 422
    done = client.post(f"/registrations/{check.pk}/", {"state": "registered", "patient_id": "OT-2"})
    assert done.status_code == 302
    new = Patient.objects.get(patient_id="OT-2")
    assert (new.primary_therapist, new.created_by, new.family_name) == (stranger, stranger, "Newcomer")


def test_declining_registers_nothing_and_a_second_decision_changes_nothing(sign_in, check, stranger, lead):
    client = sign_in(lead)
    client.post(f"/registrations/{check.pk}/", {"state": "declined", "note": "Known error"})
    client.post(f"/registrations/{check.pk}/", {"state": "same"})
    check.refresh_from_db()
    assert (check.state, check.decided_by, check.decision_note) == ("declined", lead, "Known error")
    assert Patient.objects.count() == 1


@pytest.mark.parametrize("who", ["stranger", "other_lead", "therapist", "auditor"])
def test_nobody_else_sees_or_decides_the_check(request, sign_in, check, who):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(f"/registrations/{check.pk}/").status_code == 404
    assert client.post(f"/registrations/{check.pk}/", {"state": "same"}).status_code == 404


@pytest.mark.parametrize("who", ["assistant", "viewer", "auditor", "admin_user"])
def test_who_may_not_register(request, sign_in, patient, who):
    assert sign_in(request.getfixturevalue(who)).get("/patients/register/").status_code == 404


def test_a_therapist_of_another_team_cannot_be_chosen(sign_in, therapist, stranger):
    response = register(sign_in(therapist), stranger)
    assert response.status_code == 422
    assert User.objects.filter(pk=stranger.pk).exists()


KNOWN = {"family_name": "Oluwaseun-Falade", "given_names": "Tobi", "date_of_birth": "31-Jan-1950"}


def decide(client, check, **data):
    return client.post(f"/registrations/{check.pk}/", {"state": "registered", "patient_id": "NEW-1"} | data)


def test_a_decision_sent_twice_answers_the_second_time_too(sign_in, patient, stranger, lead):
    register(sign_in(stranger), stranger, **KNOWN)
    check = RegistrationCheck.objects.get()
    assert [decide(sign_in(lead), check).status_code for _ in range(2)] == [302, 302]
    assert Patient.objects.filter(patient_id="NEW-1").count() == 1


def test_a_registration_that_was_corrected_meanwhile_is_not_made_twice(sign_in, patient, stranger, lead):
    token = str(uuid.uuid4())
    register(sign_in(stranger), stranger, form_token=token, **KNOWN)
    register(sign_in(stranger), stranger, form_token=token, **KNOWN | {"date_of_birth": "01-Feb-1950"})
    check = RegistrationCheck.objects.get()
    assert decide(sign_in(lead), check).status_code == 302
    check.refresh_from_db()
    assert (check.state, Patient.objects.filter(created_by=stranger).count()) == ("registered", 1)


def test_what_was_corrected_before_the_decision_is_what_the_lead_decides_about(sign_in, patient, stranger):
    token = str(uuid.uuid4())
    register(sign_in(stranger), stranger, form_token=token, **KNOWN)
    register(sign_in(stranger), stranger, form_token=token, phone="020 7946 0000", **KNOWN)
    assert RegistrationCheck.objects.get().entered["phone"] == "020 7946 0000"


def test_a_declined_registration_that_is_sent_again_is_asked_about_again(sign_in, patient, stranger, lead):
    token = str(uuid.uuid4())
    register(sign_in(stranger), stranger, form_token=token, **KNOWN)
    decide(sign_in(lead), RegistrationCheck.objects.get(), state="declined")
    register(sign_in(stranger), stranger, form_token=token, **KNOWN)
    assert sorted(RegistrationCheck.objects.values_list("state", flat=True)) == ["declined", "open"]


def test_a_registration_sent_again_with_newer_words_says_that_they_are_not_saved(sign_in, therapist):
    client, token = sign_in(therapist), str(uuid.uuid4())
    register(client, therapist, form_token=token)
    assert "is not saved" not in client.get(register(client, therapist, form_token=token).url).content.decode()
    answer = register(client, therapist, form_token=token, phone="020 7946 0000")
    assert "What you changed since is not saved" in client.get(answer.url).content.decode()
    assert Patient.objects.get(patient_id="NEW-1").phone == ""
