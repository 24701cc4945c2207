"""The gate, walked: every route of the URLconf, as every role, as a stranger and signed out."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from django.utils import timezone

from accounts.access import Access, Perm
from accounts.middleware import AccessMiddleware
from accounts.models import User
from accounts.roles import CLINICAL, TREATING, Role
from audit.models import AuditEvent
from patients.models import Patient
from sessions_notes.services import write_note
from tests.factories import UserFactory, make_patient
from tests.routes import patient_routes, routes

METHODS = ("get", "head", "post", "put", "delete")

# Which permission each page of a chart asks for. A route without a line here fails the test below.
EXPECTED: dict[str, Perm] = {
    "patients:show_chart": Perm.VIEW,
    "patients:edit_patient": Perm.CHANGE,
    "patients:show_as_of": Perm.VIEW,
    "patients:show_known": Perm.VIEW,
    "patients:change_status": Perm.CHANGE,
    "patients:change_chart_status": Perm.CHANGE,
    "patients:add_member": Perm.CHANGE,
    "patients:end_membership": Perm.CHANGE,
    "patients:hand_over": Perm.REASSIGN,
    "patients:end_emergency": Perm.VIEW,
    "audit:show_history": Perm.VIEW,
    "mobility:show_scores": Perm.VIEW,
    "mobility:show_score": Perm.VIEW,
    "mobility:record_score": Perm.ADD,
    "mobility:mark_in_error": Perm.ADD,
    "equipment:show_custody": Perm.VIEW,
    "equipment:check_out": Perm.ADD,
    "equipment:return_item": Perm.ADD,
    "equipment:mark_lost": Perm.ADD,
    "equipment:change_due_date": Perm.ADD,
    "equipment:void_entry": Perm.ADD,
    "sessions_notes:list_notes": Perm.VIEW,
    "sessions_notes:show_note": Perm.VIEW,
    "sessions_notes:show_versions": Perm.VIEW,
    "sessions_notes:write_note": Perm.ADD,
    "sessions_notes:edit_note": Perm.ADD,
    "sessions_notes:autosave": Perm.ADD,
    "sessions_notes:continue_draft": Perm.ADD,
    "sessions_notes:discard_draft": Perm.ADD,
    "sessions_notes:mark_in_error": Perm.ADD,
    "sessions_notes:resolve_follow_up": Perm.ADD,
    "sessions_notes:reopen_follow_up": Perm.ADD,
}
# Who is let through to pages that are not of one chart; what they list there is tested with each page.
EVERYBODY = frozenset(Role)
WRITERS = frozenset({Role.THERAPIST, Role.LEAD, Role.ASSISTANT})
LEADS = frozenset({Role.LEAD})
ADMINS = frozenset({Role.ADMIN})
ROLES: dict[str, frozenset[Role]] = {
    "home": EVERYBODY,
    "awaiting_approval": EVERYBODY,
    "show_account": EVERYBODY,
    "list_sessions": EVERYBODY,
    "end_sessions": EVERYBODY,
    "discard_kept": EVERYBODY,
    "account_reauthenticate": EVERYBODY,
    "mfa_reauthenticate": EVERYBODY,
    "mfa_reauthenticate_webauthn": EVERYBODY,
    "mfa_index": EVERYBODY,
    "mfa_activate_totp": EVERYBODY,
    "mfa_deactivate_totp": EVERYBODY,
    "mfa_add_webauthn": EVERYBODY,
    "mfa_remove_webauthn": EVERYBODY,
    "mfa_view_recovery_codes": EVERYBODY,
    "mfa_generate_recovery_codes": EVERYBODY,
    "account_change_password": EVERYBODY,
    "patients:list_caseload": CLINICAL,
    "patients:find_patient": CLINICAL,
    "patients:register_patient": TREATING,
    "patients:hand_over_many": LEADS,
    "patients:list_registrations": LEADS,
    "patients:decide_registration": LEADS,
    "patients:open_emergency": TREATING,
    "patients:list_emergencies": frozenset({Role.THERAPIST, Role.LEAD, Role.AUDITOR}),
    "patients:review_emergency": frozenset({Role.LEAD, Role.AUDITOR}),
    "patients:request_access": CLINICAL,
    "patients:list_access_requests": TREATING,
    "patients:decide_access": TREATING,
    "dashboards:show_dashboard": LEADS,
    "audit:list_status_history": frozenset({Role.LEAD, Role.AUDITOR}),
    "equipment:list_items": CLINICAL,
    "equipment:show_item": CLINICAL,
    "equipment:register_item": WRITERS,
    "equipment:edit_item": WRITERS,
    "equipment:send_to_repair": WRITERS,
    "equipment:mark_item_lost": WRITERS,
    "equipment:retire_item": WRITERS,
    "equipment:return_to_stock": WRITERS,
    "equipment:void_item_entry": WRITERS,
}
HELD: dict[str, set[Perm]] = {
    "therapist": {Perm.VIEW, Perm.ADD, Perm.CHANGE},
    "cover": {Perm.VIEW, Perm.ADD, Perm.CHANGE},
    "assistant": {Perm.VIEW, Perm.ADD},
    "viewer": {Perm.VIEW},
    "lead": set(Perm),
}
OUTSIDERS = ("colleague", "stranger", "other_lead", "auditor", "admin_user")


def test_every_route_carries_an_access_mark():
    unmarked = [route.name for route in routes() if not isinstance(route.access, Access)]
    assert unmarked == []


def test_every_route_of_a_chart_is_a_patient_view_with_an_expected_permission():
    kinds = {route.name: route.access.kind for route in patient_routes()}
    assert set(kinds.values()) == {"patient"}
    assert {route.name: route.access.perm for route in patient_routes()} == EXPECTED


def test_every_other_route_is_for_the_roles_in_the_table():
    others = {route.name: route for route in routes() if "<uuid:patient_id>" not in route.pattern}
    behind = {name: route for name, route in others.items() if route.access.kind != "public"}
    admin = {name for name in behind if name.startswith("admin:")}
    assert {name: route.access.roles for name, route in behind.items() if name not in admin} == ROLES
    assert {route.access.roles for name, route in behind.items() if name in admin} == {ADMINS}
    public = {name for name, route in others.items() if route.access.kind == "public"}
    assert public - {"mfa_authenticate"} <= {name for name in public if name.startswith("account_")}
    ways_in = {name for name, route in behind.items() if route.access.is_way_in}
    assert ways_in == {name for name in ROLES if name.startswith("mfa_")} | {"account_reauthenticate"}


@pytest.mark.parametrize("name", [name for name, allowed in ROLES.items() if allowed != EVERYBODY] + ["admin:index"])
@pytest.mark.parametrize("role", Role.values)
def test_other_roles_get_404(sign_in, team, role, name):
    route = next(route for route in routes() if route.name == name)
    client = sign_in(UserFactory(role=role, team=team))
    response = client.get(route.path())
    if response.status_code == 405:  # a route that only takes a post
        response = client.post(route.path(), {})
    if role not in ROLES.get(name, ADMINS):
        assert response.status_code == 404
    else:
        assert response.status_code in {200, 302, 404, 405}
        assert not AuditEvent.objects.filter(event_type="page.refused").exists()


def test_a_view_without_a_mark_is_not_called():
    request = RequestFactory().get("/")
    with pytest.raises(ImproperlyConfigured, match="has no access mark"):
        AccessMiddleware(lambda r: None).process_view(request, lambda r: None, (), {})


@pytest.mark.parametrize("route", patient_routes(), ids=lambda r: r.name)
@pytest.mark.parametrize("who", OUTSIDERS)
def test_to_outsiders_a_chart_and_an_unknown_id_look_alike(request, sign_in, patient, route, who):
    client = sign_in(request.getfixturevalue(who))
    for method in METHODS:
        real = getattr(client, method)(route.path(patient_id=patient.pk))
        unknown = getattr(client, method)(route.path())
        assert real.status_code == unknown.status_code
        assert real.status_code in {404, 405}
        assert _body(real) == _body(unknown)
        assert b"OT-PLANTED-1" not in real.content and b"OLUWASEUN" not in real.content


@pytest.mark.parametrize("route", patient_routes(), ids=lambda r: r.name)
@pytest.mark.parametrize("who", HELD)
def test_insiders_get_what_their_part_includes_and_403_for_the_rest(request, sign_in, patient, route, who):
    client = sign_in(request.getfixturevalue(who))
    response = client.get(route.path(patient_id=patient.pk))
    if response.status_code == 405:  # a route that only takes a post
        response = client.post(route.path(patient_id=patient.pk), {})
    if route.access.perm in HELD[who]:
        assert response.status_code in {200, 302, 404, 422}, "404 for a child that does not exist"
    else:
        assert response.status_code == 403


@pytest.mark.parametrize("route", [r for r in routes() if r.access.kind not in {"public"}], ids=lambda r: r.name)
def test_signed_out_people_see_the_sign_in_page_only(client, patient, route):
    for method in METHODS:
        response = getattr(client, method)(route.path(patient_id=patient.pk))
        assert response.status_code in {302, 405}, response
        if response.status_code == 302:
            assert response.url.startswith("/accounts/login/")


@pytest.mark.parametrize("route", patient_routes(), ids=lambda r: r.name)
def test_a_switched_off_account_gets_nowhere(sign_in, patient, therapist, route):
    client = sign_in(therapist)
    User.objects.filter(pk=therapist.pk).update(is_active=False)
    response = client.get(route.path(patient_id=patient.pk))
    assert response.status_code in {302, 405}


@pytest.mark.parametrize(
    "route", [r for r in routes() if r.access.kind not in {"public", "account"}], ids=lambda r: r.name
)
def test_an_account_that_waits_sees_only_that_it_waits(sign_in, patient, therapist, route):
    User.objects.filter(pk=therapist.pk).update(approved_at=None)
    response = sign_in(therapist).get(route.path(patient_id=patient.pk))
    assert response.status_code == 302
    assert response.url == "/awaiting-approval/"


def test_no_chart_is_written_by_an_outsider(request, sign_in, patient, stranger):
    before = Patient.objects.filter(pk=patient.pk).values().get()
    client = sign_in(stranger)
    for route in patient_routes():
        client.post(
            route.path(patient_id=patient.pk), {"to": "hoist", "reason": "x", "version": "1", "family_name": "X"}
        )
    assert Patient.objects.filter(pk=patient.pk).values().get() == before


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


def _body(response) -> str:
    """Without what differs by request: its id, the chart asked for, the token of a form and the time."""
    return re.sub(
        r"[0-9a-f-]{36}|csrfmiddlewaretoken\" value=\"\w+|datetime=\"[^\"]*\"|\d\d:\d\d", "", response.content.decode()
    )
