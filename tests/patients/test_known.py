"""How do we know: of every fact on a chart, who recorded it, when, through which form, and what it said before."""

import datetime as dt

import pytest
from django.utils import timezone

from audit.api import coming_through, replaying
from equipment import services as equipment
from mobility import services as mobility
from patients import provenance, services
from patients.registry import Provenance, registry
from sessions_notes import services as notes
from tests.factories import make_patient
from tests.routes import routes

PAST = dt.datetime(2025, 10, 20, 8, tzinfo=dt.UTC)


def known(client, patient, what, key):
    return client.get(f"/patients/{patient.pk}/known/{what}/{key}/")


def told(response):
    """(what, value, who, through what) of each thing recorded, newest first."""
    answer = response.context["answer"]
    return [
        (str(one.what), str(one.value).replace("\N{NO-BREAK SPACE}", " "), one.by, str(origin))
        for one, origin in answer.said
    ]


@pytest.fixture
def facts(patient, therapist):
    """One of each kind of fact, by source and key."""
    today = timezone.localdate()
    score = mobility.record_score(
        patient=patient, score_type="barthel_index", score_value="50", score_date=today, by=therapist
    )
    note = notes.write_note(
        patient=patient, by=therapist, session_date=today, session_type="treatment", note_text="Walked 12 m",
        follow_up_needed=True, follow_up_text="Order rails",
    )  # fmt: skip
    loan = equipment.check_out(patient=patient, serial_number="WC-1", equipment_name="Wheelchair", by=therapist)
    return {
        ("score", score.pk): score,
        ("note", note.pk): note,
        ("follow-up", note.follow_up.pk): note.follow_up,
        ("loan", loan.pk): loan,
        ("care-team", patient.care_team.get().pk): patient.care_team.get(),
    }


def test_what_a_form_recorded_names_the_form_and_what_it_said_before(sign_in, patient, therapist):
    client = sign_in(therapist)
    form = client.get(f"/patients/{patient.pk}/edit/").context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"phone": "0123", "family_name": "Newname"}
    assert client.post(f"/patients/{patient.pk}/edit/", data).status_code == 302
    assert told(known(client, patient, "patient", "phone")) == [
        ("Changed", "0123", therapist, "Details of the chart"),
        ("Recorded", "Not recorded", therapist, ""),  # by the test itself, through no page
    ]
    assert [value for _, value, _, _ in told(known(client, patient, "patient", "display_name"))] == [
        "NEWNAME, Tobi", "OLUWASEUN-FALADE, Tobi",
    ]  # fmt: skip
    # Nothing else changed with it.
    assert len(told(known(client, patient, "patient", "date_of_birth"))) == 1


def test_a_status_names_its_reason_and_when_it_was_seen(sign_in, patient, therapist):
    client = sign_in(therapist)
    form = {"to": "hoist", "reason": "New hip pain", "seen_on": "01-Oct-2025", "from_status": "assist_1"}
    client.post(f"/patients/{patient.pk}/status/", form)
    response = known(client, patient, "status", "mobility_status")
    assert told(response)[0] == ("Changed", "Hoist transfers", therapist, "Change of mobility status")
    text = response.content.decode()
    assert "New hip pain" in text
    assert "seen 01-Oct-2025" in text
    assert told(known(client, patient, "status", "primary_therapist"))[0][1] == therapist.label


def test_a_wrong_score_and_the_right_one_lead_to_each_other(sign_in, patient, therapist, lead):
    client, scores = sign_in(therapist), f"/patients/{patient.pk}/scores/"
    form = {"score_type": "barthel_index", "score_value": "50", "score_date": "01-Oct-2025"}
    client.post(f"{scores}record/", form)
    wrong = patient.mobility_scores.get()
    sign_in(lead).post(f"{scores}{wrong.pk}/in-error/", {"reason": "Wrong patient"})
    sign_in(therapist).post(f"{scores}record/", form | {"score_value": "55", "corrects": wrong.pk})
    right = patient.mobility_scores.live().get()
    response = known(client, patient, "score", wrong.pk)
    assert told(response) == [
        ("Marked as entered in error", "50 of 100", lead, "Score entered in error"),
        ("Recorded", "50 of 100", therapist, "Score form"),
    ]
    text = response.content.decode()
    assert "Wrong patient" in text
    assert f'href="{scores}{right.pk}/"' in text
    assert f'href="{scores}{wrong.pk}/"' in known(client, patient, "score", right.pk).content.decode()


def test_a_note_tells_its_versions_and_its_follow_up_how_it_went(sign_in, patient, therapist, facts):
    note = patient.session_notes.get()
    client, here = sign_in(therapist), f"/patients/{patient.pk}"
    form = {"session_date": timezone.localdate().isoformat(), "session_type": "treatment", "note_text": "Walked 20 m",
            "follow_up_needed": "yes", "follow_up_text": "Order rails", "change_reason": "Typing error",
            "version": 1}  # fmt: skip
    assert client.post(f"{here}/notes/{note.pk}/edit/", form).status_code == 302
    client.post(f"{here}/follow-ups/{note.follow_up.pk}/resolve/", {"resolution": "Ordered"})
    assert told(known(client, patient, "note", note.pk)) == [
        ("Version 2", "Walked 20 m", therapist, "Change of a note"),
        ("First saved", "Walked 12 m", therapist, ""),
    ]
    assert told(known(client, patient, "follow-up", note.follow_up.pk)) == [
        ("Resolved", "Order rails (resolved)", therapist, "Resolving a follow-up"),
        ("Recorded", "Order rails (open)", therapist, ""),
    ]


def test_a_loan_tells_when_it_was_due_and_how_it_ended(sign_in, patient, therapist, facts):
    loan = patient.equipment_logs.get()
    client, here = sign_in(therapist), f"/patients/{patient.pk}/equipment/{loan.pk}"
    client.post(f"{here}/due-back/", {"due_back_on": "04-Dec-2199", "version": loan.version})
    now = timezone.localtime()
    form = {"on": now.date().isoformat(), "time": f"{now:%H:%M}", "condition": "good", "notes": "Clean"}
    assert client.post(f"{here}/return/", form).status_code == 302
    assert [row[::3] for row in told(known(client, patient, "loan", loan.pk))] == [
        ("Returned", "Return"), ("Due date", "Change of the due date"), ("Recorded", ""),
    ]  # fmt: skip


def test_what_a_command_recorded_names_the_command(sign_in, therapist):
    """An event, too, that nobody gave a request: of a command, or of a service that a page called."""
    with coming_through("manage.py import_records"):
        patient = make_patient(therapist)
    assert told(known(sign_in(therapist), patient, "patient", "address"))[0][3] == "Import of records"


def test_of_two_people_at_once_each_is_told_through_their_own_form(sign_in, patient, therapist, lead):
    client = sign_in(therapist)
    client.post(f"/patients/{patient.pk}/chart-status/", {"to": "inactive", "reason": "Away"})
    with coming_through("manage.py import_records"):
        services.change_chart_status(patient=patient, to="active", reason="Back", by=lead)
    assert [row[2:] for row in told(known(client, patient, "status", "chart_status"))] == [
        (lead, "Import of records"), (therapist, "Chart status"), (therapist, ""),
    ]  # fmt: skip


def test_who_has_looked_since_is_for_those_who_may_see_the_audit(sign_in, therapist, lead, patient):
    with replaying(PAST):
        old = make_patient(therapist)
    chart = f"/patients/{old.pk}/"
    for person in (therapist, lead, therapist):
        sign_in(person).get(chart)
    mine = known(sign_in(therapist), old, "patient", "phone")
    leads = known(sign_in(lead), old, "patient", "phone")
    assert (mine.context["answer"].looked, leads.context["answer"].looked) == (None, 2)
    assert "2 people have opened this chart since" in leads.content.decode()


def test_only_facts_of_this_patient_are_told(sign_in, patient, therapist, facts):
    client, other = sign_in(therapist), make_patient(therapist)
    for what, key in facts:
        assert known(client, patient, what, key).status_code == 200, what
        assert known(client, other, what, key).status_code == 404, what
    nothing = [("patient", "version"), ("patient", "form_token"), ("patient", "created_by"), ("status", "x"),
               ("score", "9" * 30), ("score", "x"), ("nothing", "1")]  # fmt: skip
    for what, key in nothing:
        assert known(client, patient, what, key).status_code == 404, (what, key)
    for key in provenance.PARTICULARS:
        assert known(client, patient, "patient", key).status_code == 200, key


def test_every_form_that_records_a_fact_has_a_name(sign_in):
    names = {route.name for route in routes()}
    given = {route for source in registry.of(Provenance) for route in source.forms}
    assert given <= names, "a page was renamed"


def test_controls_name_their_fact_and_lead_there(sign_in, patient, therapist, facts):
    client, here = sign_in(therapist), f"/patients/{patient.pk}/known/"
    text = client.get(f"/patients/{patient.pk}/").content.decode()
    for words in ("patient/display_name", "patient/date_of_birth", "patient/patient_id", "patient/alerts",
                  "patient/phone", "status/primary_therapist", "status/mobility_status", "status/chart_status"):  # fmt: skip
        assert f'href="{here}{words}/"' in text, words
    for what, key in facts:
        assert f'href="{here}{what}/{key}/"' in text, what
    assert 'Born<span class="vh"> How do we know?</span>' in text
