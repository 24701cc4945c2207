"""The refusal page, asking for access from it, and the decision: nothing tells an outsider whether there is a chart."""

import datetime as dt
import re
import threading
import uuid

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import Perm
from accounts.roles import Role
from audit.models import AuditEvent
from patients import services
from patients.access_requests import requests_for
from patients.errors import StatusUnchanged
from patients.models import AccessRequest, Patient
from tests.factories import UserFactory, make_patient
from ui.dates import show_date

ASK = "/access-requests/ask/"
UNKNOWN = uuid.UUID(int=7)


def typed(chart, **fields):
    token = str(uuid.uuid4())
    return {"chart": str(chart), "reason_kind": "covering", "reason": "Covers on Friday", "form_token": token} | fields


def ask(patient, user, **fields):
    services.request_access(
        asked_for=getattr(patient, "pk", patient), reason_kind="covering", reason=fields.get("reason", "Covers"),
        form_token=uuid.uuid4(), by=user,
    )  # fmt: skip
    return AccessRequest.objects.filter(asked_by=user).order_by("-pk").first()


def words(response):
    """The page without the chart asked for, the tokens of its forms, the request's id and the time."""
    text = re.sub(r'[0-9a-f-]{36}|csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+', "", response.content.decode())
    return re.sub(r"datetime=\"[^\"]*\"|\d\d:\d\d", "", text)


def _kind(sql):
    """What a statement does to which table."""
    return re.sub(r"'[^']*'|\d+", "", sql or "")[:60]


@pytest.mark.parametrize("who", ["stranger", "colleague", "other_lead"])
def test_the_refusal_is_the_same_page_by_the_same_work(request, sign_in, patient, who, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # pages say how long the session lasts
    client = sign_in(request.getfixturevalue(who))
    for path in ("", "notes/", "edit/", "notes/1/", "emergency/end/"):
        pages, statements = [], []
        for chart in (patient.pk, UNKNOWN):
            with CaptureQueriesContext(connection) as asked:
                address = f"/patients/{chart}/{path}"
                response = client.post(address) if path == "emergency/end/" else client.get(address)
            assert response.status_code == 404
            assert "Ask for access" in response.content.decode()
            assert f'value="{chart}"' in response.content.decode()
            pages.append((words(response), sorted(response.headers), len(response.content)))
            statements.append([_kind(query["sql"]) for query in asked])
        assert pages[0] == pages[1]
        # A prepared query shows no text once the connection knows it.
        assert len(statements[0]) == len(statements[1])
        assert all(one == other for one, other in zip(*statements, strict=True) if one and other)


def test_who_is_no_clinician_is_offered_nothing(sign_in, patient, auditor, admin_user):
    for who in (auditor, admin_user):
        response = sign_in(who).get(f"/patients/{patient.pk}/")
        assert response.status_code == 404 and "Ask for access" not in response.content.decode()


def test_only_those_who_may_are_led_to_the_emergency_form(sign_in, patient, stranger, team):
    assert "/emergencies/open/" in sign_in(stranger).get(f"/patients/{patient.pk}/").content.decode()
    page = sign_in(UserFactory(role=Role.ASSISTANT, team=team)).get(f"/patients/{patient.pk}/").content.decode()
    assert "/emergencies/open/" not in page and "Ask for access" in page


def test_the_form_of_the_page_works_as_it_stands(patient, stranger):
    client = Client(enforce_csrf_checks=True)
    client.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(f"/patients/{patient.pk}/").content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    response = client.post(ASK, fields | {"reason_kind": "treating", "reason": "Seen on the ward"})
    assert response.status_code == 302
    assert AccessRequest.objects.get().patient == patient


def test_asking_is_answered_alike_by_the_same_work(sign_in, patient, stranger, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # pages say how long the session lasts
    client = sign_in(stranger)
    client.post(ASK, typed(UNKNOWN))  # the first one loads what every later request has at hand
    client.get("/caseload/")
    declined = make_patient(patient.primary_therapist)
    services.decide_access_request(asked=ask(declined, stranger), state="declined", by=patient.primary_therapist)
    seen, statements = set(), []
    for chart in (patient.pk, UNKNOWN, patient.pk, UNKNOWN, declined.pk):
        with CaptureQueriesContext(connection) as asked:
            response = client.post(ASK, typed(chart))
        answer = (response.status_code, response.url, tuple(sorted(response.headers)))
        seen.add((answer, words(client.get(response.url))))
        statements.append([_kind(query["sql"]) for query in asked])
    assert len(seen) == 1
    assert all(found == statements[0] for found in statements)
    assert mail.outbox == []


def test_the_same_form_again_is_one_request(sign_in, patient, stranger):
    client = sign_in(stranger)
    for chart in (patient.pk, UNKNOWN):
        form = typed(chart)
        first, again = client.post(ASK, form), client.post(ASK, form)
        assert (first.status_code, first.url) == (again.status_code, again.url)
    assert AccessRequest.objects.count() == 2


def test_bad_input_is_answered_alike(sign_in, patient, stranger, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # pages say how long the session lasts
    client = sign_in(stranger)
    pages = {words(client.post(ASK, typed(chart, reason=" "))) for chart in (patient.pk, UNKNOWN)}
    assert len(pages) == 1 and "Enter what you need access for" in pages.pop()
    for chart in ("", "x", "1", "\N{SNOWMAN}" * 40):
        assert client.post(ASK, typed(chart)).status_code == 404
    assert not AccessRequest.objects.exists()


def test_asking_is_limited_and_audited_without_a_difference(sign_in, patient, stranger):
    client = sign_in(stranger)
    for number in range(10):
        client.post(ASK, typed(patient.pk if number % 2 else UNKNOWN))
    for chart in (patient.pk, UNKNOWN):
        answer = client.post(ASK, typed(chart), follow=True).content.decode()
        assert "Too many requests" in answer
    assert AccessRequest.objects.count() == 10
    assert AuditEvent.objects.filter(event_type="access.request_refused", actor=stranger).count() == 2
    events = AuditEvent.objects.filter(event_type="access.requested", actor=stranger)
    assert events.filter(patient=patient).count() == 5
    assert events.filter(patient=None, details={"asked_for": str(UNKNOWN)}).count() == 5


# Deciding


@pytest.mark.parametrize(
    ("who", "sees"),
    [("therapist", True), ("lead", True), ("cover", False), ("colleague", False), ("other_lead", False)],
)
def test_who_sees_and_decides_a_request(request, sign_in, patient, stranger, who, sees):
    asked = ask(patient, stranger)
    client = sign_in(request.getfixturevalue(who))
    for address in ("/caseload/", "/dashboard/") if who == "lead" else ("/caseload/",):
        assert ("Somebody asks for access" in client.get(address).content.decode()) is sees
    assert (stranger.name in client.get("/access-requests/").content.decode()) is sees
    assert client.get(f"/access-requests/{asked.pk}/").status_code == (200 if sees else 404)
    sent = client.post(f"/access-requests/{asked.pk}/", {"state": "declined"})
    assert sent.status_code == (302 if sees else 404)


def test_a_request_for_no_chart_is_nobodys_to_decide(sign_in, patient, lead, stranger):
    asked = ask(UNKNOWN, stranger)
    client = sign_in(lead)
    assert "Somebody asks for access" not in client.get("/dashboard/").content.decode()
    assert client.post(f"/access-requests/{asked.pk}/", {"state": "declined"}).status_code == 404


def test_a_grant_puts_the_asker_on_the_care_team_and_is_heard_of(sign_in, patient, therapist, stranger, time_machine):
    now = timezone.now()
    first, second = ask(patient, stranger), ask(patient, stranger, reason="Asked again")
    until = timezone.localdate() + dt.timedelta(days=2)
    client = sign_in(therapist)
    page = client.get("/access-requests/").content.decode()
    assert page.count("Asked by") == 1 and f"/access-requests/{second.pk}/" in page
    answer = client.post(
        f"/access-requests/{second.pk}/", {"state": "granted", "role": "observer", "ends_on": show_date(until)}
    )
    assert answer.url == "/access-requests/"
    assert Patient.objects.held_by(stranger, patient.pk)[1] == {Perm.VIEW}
    assert patient.care_team.get(user=stranger).ends_on == until
    first.refresh_from_db()
    assert (first.state, first.decided_by) == ("granted", therapist), "all that were open are decided"
    page = sign_in(stranger).get("/caseload/").content.decode()
    assert page.count("Access granted:") == 1 and f"/patients/{patient.pk}/" in page
    time_machine.move_to(now + dt.timedelta(days=3))
    assert "Access granted:" not in sign_in(stranger).get("/caseload/").content.decode(), "the access is over"


def test_a_refusal_is_not_heard_of(sign_in, patient, therapist, stranger, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    client = sign_in(stranger)
    before = words(client.get("/caseload/"))
    services.decide_access_request(asked=ask(patient, stranger), state="declined", by=therapist)
    assert words(client.get("/caseload/")) == before
    assert client.get(f"/patients/{patient.pk}/").status_code == 404
    event = AuditEvent.objects.get(event_type="access.declined")
    assert (event.actor, event.patient, event.details) == (therapist, patient, {"asked_by": stranger.pk})


def test_a_grant_needs_a_part_that_the_asker_may_have_and_a_day(sign_in, patient, therapist, other_team):
    asker = UserFactory(role=Role.ASSISTANT, team=other_team)
    asked = ask(patient, asker)
    client = sign_in(therapist)
    today = show_date(timezone.localdate())
    for wrong, text in (
        ({}, "Choose the part in the care"),
        ({"role": "assistant"}, "Enter the last day of the access"),
        ({"role": "assistant", "ends_on": "01-Jan-2020"}, "Enter a last day that is not in the past"),
        ({"role": "covering", "ends_on": today}, "Select a valid choice"),
        ({"role": "primary", "ends_on": today}, "Select a valid choice"),
    ):
        response = client.post(f"/access-requests/{asked.pk}/", {"state": "granted"} | wrong)
        assert response.status_code == 422 and text in response.content.decode()
    assert Patient.objects.held_by(asker, patient.pk) is None


def test_who_is_on_the_care_team_already_gets_no_second_part(sign_in, patient, therapist, cover):
    asked = ask(patient, cover)
    data = {"state": "granted", "role": "observer", "ends_on": show_date(timezone.localdate())}
    response = sign_in(therapist).post(f"/access-requests/{asked.pk}/", data)
    assert response.status_code == 422 and "on the care team already" in response.content.decode()


def test_what_was_decided_stays_decided(sign_in, patient, therapist, lead, stranger):
    asked = ask(patient, stranger)
    services.decide_access_request(asked=asked, state="declined", by=therapist)
    with pytest.raises(StatusUnchanged):
        services.decide_access_request(asked=asked, state="granted", role="observer", by=lead)
    client = sign_in(lead)
    assert "Declined" in client.get(f"/access-requests/{asked.pk}/").content.decode()
    until = timezone.localdate().isoformat()
    late = {"state": "granted", "role": "observer", "ends_on": until, "note": "Known to me"}
    response = client.post(f"/access-requests/{asked.pk}/", late)
    assert response.status_code == 409
    for words in ("Somebody else decided this meanwhile", "Declined", "Known to me"):
        assert words in response.content.decode()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccessRequest.objects.filter(pk=asked.pk).update(state="granted")
    other = ask(patient, stranger)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccessRequest.objects.filter(pk=other.pk).update(reason="Other words")
    with pytest.raises(DatabaseError, match="access_request_decided_by_another"), transaction.atomic():
        AccessRequest.objects.filter(pk=other.pk).update(
            state="granted", decided_by=stranger, decided_at=timezone.now()
        )


def test_of_two_decisions_at_once_one_is_first(transactional_db, patient, therapist, lead, stranger):
    asked = ask(patient, stranger)
    start, told = threading.Barrier(2), []

    def decide(by, **decision):
        start.wait()
        try:
            services.decide_access_request(asked=asked, by=by, within=requests_for(by), **decision)
            told.append(decision["state"])
        except StatusUnchanged:
            told.append("too late")
        finally:
            connection.close()

    grant = {"state": "granted", "role": "observer", "ends_on": timezone.localdate()}
    threads = [
        threading.Thread(target=decide, args=(therapist,), kwargs=grant),
        threading.Thread(target=decide, args=(lead,), kwargs={"state": "declined"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked.refresh_from_db()
    assert sorted(told) == sorted([asked.state, "too late"])
    assert (Patient.objects.held_by(stranger, patient.pk) is not None) is (asked.state == "granted")
