"""The gate: its marks on every view, and what it leaves in the audit trail."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from django.utils import timezone

from accounts.access import Access
from accounts.middleware import AccessMiddleware
from audit.models import AuditEvent
from sessions_notes.services import write_note
from tests.factories import make_patient
from tests.routes import patient_routes, routes


def test_every_route_carries_an_access_mark():
    unmarked = [route.name for route in routes() if not isinstance(route.access, Access)]
    assert unmarked == []


def test_every_route_of_a_chart_is_a_patient_view():
    assert {route.access.kind for route in patient_routes()} == {"patient"}


def test_what_is_open_to_the_public_and_to_who_owes_a_second_factor():
    public = {route.name for route in routes() if route.access.kind == "public"}
    assert public - {"mfa_authenticate"} <= {name for name in public if name.startswith("account_")}
    ways_in = {route.name for route in routes() if route.access.is_way_in}
    assert ways_in == {r.name for r in routes() if r.name.startswith("mfa_") and r.name not in public} | {
        "account_reauthenticate"
    }


def test_a_view_without_a_mark_is_not_called():
    request = RequestFactory().get("/")
    with pytest.raises(ImproperlyConfigured, match="has no access mark"):
        AccessMiddleware(lambda r: None).process_view(request, lambda r: None, (), {})


def test_a_chart_opened_leaves_one_event(sign_in, patient, therapist):
    sign_in(therapist).get(f"/patients/{patient.pk}/", headers={"user-agent": "Tablet"})
    event = AuditEvent.objects.get(event_type="chart.viewed")
    assert (event.actor, event.patient, event.route) == (therapist, patient, "patients:show_chart")
    assert (event.address, event.user_agent, event.method) == ("127.0.0.1", "Tablet", "GET")
    assert event.request_id is not None


@pytest.mark.parametrize(("who", "path"), [("stranger", ""), ("viewer", "status/")])
def test_a_chart_refused_leaves_one_event_and_none_of_viewing(request, sign_in, patient, who, path):
    user = request.getfixturevalue(who)
    sign_in(user).get(f"/patients/{patient.pk}/{path}")
    event = AuditEvent.objects.get(event_type__startswith="chart.", created_at__gt=patient.created_at, actor=user)
    assert (event.event_type, event.patient) == ("chart.refused", patient)


def test_what_a_view_refuses_leaves_an_event_too(sign_in, patient, therapist, assistant):
    note = write_note(
        patient=patient, by=therapist, session_date=timezone.localdate(), session_type="treatment", note_text="Seen"
    )
    assert sign_in(assistant).get(f"/patients/{patient.pk}/notes/{note.pk}/edit/").status_code == 403
    event = AuditEvent.objects.get(event_type="chart.refused")
    assert (event.actor, event.patient, event.route) == (assistant, patient, "sessions_notes:edit_note")


def test_an_unknown_chart_asked_for_leaves_an_event_without_a_patient(sign_in, stranger, db):
    sign_in(stranger).get("/patients/00000000-0000-0000-0000-000000000001/")
    event = AuditEvent.objects.get(event_type="chart.refused")
    assert (event.patient, event.details) == (None, {"asked_for": "00000000-0000-0000-0000-000000000001"})


def test_a_page_that_failed_leaves_no_event_of_viewing(client, sign_in, patient, therapist, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("patients.timeline.read", broken)
    client.raise_request_exception = False
    assert sign_in(therapist).get(f"/patients/{patient.pk}/").status_code == 500
    assert not AuditEvent.objects.filter(event_type="chart.viewed").exists()


def test_another_patients_member_cannot_be_ended_through_this_chart(sign_in, patient, therapist, lead):
    other = make_patient(therapist)
    member = other.care_team.get()
    assert sign_in(lead).post(f"/patients/{patient.pk}/care-team/{member.pk}/end/", {}).status_code == 404
    assert other.care_team.get().ended_at is None
