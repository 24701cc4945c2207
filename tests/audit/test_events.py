"""What leaves an event, that events have one vocabulary, and that none is lost or left by mistake."""

import ast

import pytest
from django.db import DatabaseError, connection
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts.access import caseload_view, patient_view
from accounts.permissions import Perm
from audit.api import record_event
from audit.events import Event
from audit.models import AuditEvent
from patients import services
from tests.roles import as_site
from tests.test_architecture import OURS, ROOT

DOCS = (ROOT / "docs" / "audit.md").read_text()


def calls():
    """(place, first argument) of each call of record_event in our code."""
    for app in OURS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record_event":
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0]


def test_every_call_names_an_event_of_the_vocabulary():
    places = list(calls())
    assert len(places) > 40
    for place, argument in places:
        assert not isinstance(argument, ast.JoinedStr), f"{place}: say the whole name"
        if isinstance(argument, ast.Constant):
            assert argument.value in Event.values, f"{place}: {argument.value} is not in audit/events.py"


@pytest.mark.parametrize("event", Event, ids=lambda event: event.value)
def test_every_event_is_explained_in_the_docs(event):
    assert f"| `{event.value}` | {event.label} |" in DOCS


def test_an_event_that_is_not_in_the_vocabulary_is_refused(db):
    with pytest.raises(ValueError, match="not a valid Event"):
        record_event("made.up", by=None)


def kinds(**facts):
    return list(AuditEvent.objects.filter(**facts).order_by("pk").values_list("event_type", flat=True))


def forbid(kind):
    """Have the database refuse events of this kind from now on."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE audit_auditevent ADD CONSTRAINT none CHECK (event_type <> '{kind}') NOT VALID")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def ask(patient, therapist):
    """Call a view of the test's own behind the gate."""

    def ask(view, *, method="GET", user=therapist, **kwargs):
        request = RequestFactory().generic(method, "/")
        request.user = user
        with as_site():
            return patient_view(Perm.VIEW)(view)(request, patient_id=patient.pk, **kwargs)

    return ask


@pytest.mark.parametrize(
    ("method", "event"), [("GET", "chart.viewed"), ("HEAD", "chart.viewed"), ("POST", "chart.written")]
)
def test_each_way_to_open_a_chart_leaves_one_event(ask, patient, method, event):
    before = AuditEvent.objects.count()
    ask(lambda request, patient: HttpResponse("x"), method=method)
    assert (kinds(patient=patient)[-1], AuditEvent.objects.count()) == (event, before + 1)


def test_an_answer_that_nothing_changed_is_recorded_too(ask, patient):
    ask(lambda request, patient: HttpResponse(status=304))
    assert kinds(patient=patient)[-1] == "chart.viewed"


def test_a_page_that_fails_leaves_no_event(ask, patient):
    before = kinds(patient=patient)
    with pytest.raises(ZeroDivisionError):
        ask(lambda request, patient: 1 / 0)
    assert kinds(patient=patient) == before


def test_something_of_another_chart_leaves_a_refusal(ask, patient):
    def view(request, patient):
        raise Http404

    with pytest.raises(Http404):
        ask(view)
    assert kinds(patient=patient)[-1] == "chart.refused"


def test_no_page_without_its_event(client, sign_in, therapist, patient):
    """The insert fails: the person gets an error page and nothing of the chart."""
    forbid("chart.viewed")
    sign_in(therapist).raise_request_exception = False
    response = client.get(reverse("patients:show_chart", kwargs={"patient_id": patient.pk}))
    assert response.status_code == 500
    assert patient.family_name.encode() not in response.content
    assert patient.patient_id.encode() not in response.content


def test_what_was_written_is_undone_with_its_event(db, therapist, patient):
    forbid("chart.edited")
    with pytest.raises(DatabaseError):
        services.change_mobility_status(patient=patient, to="assist_2", reason="x", by=therapist)


def test_a_form_that_shows_patients_again_is_a_list(db, therapist):
    request = RequestFactory().post("/")
    request.user = therapist
    with as_site():
        caseload_view()(lambda request, patients: HttpResponse(status=422))(request)
    assert kinds(actor=therapist) == ["list.viewed"]


@pytest.mark.parametrize("name", ["patients:list_caseload", "patients:find_patient"])
def test_a_search_leaves_an_event_without_its_text(sign_in, therapist, patient, name):
    sign_in(therapist).post(reverse(name), {"q": patient.family_name})
    event = AuditEvent.objects.get(event_type="list.searched")
    assert (event.actor, event.route, event.details) == (therapist, name, {})


def test_a_change_of_particulars_names_fields_and_no_values(patient, therapist):
    services.edit_patient(
        patient=patient, version=patient.version, changes={"family_name": "Planted-Again"}, by=therapist
    )
    details = AuditEvent.objects.get(event_type="chart.edited").details
    assert details == {"fields": ["display_name", "family_name"]}


def test_the_administration_leaves_an_event_for_each_page_and_form(sign_in, admin_user, therapist):
    page = reverse("admin:accounts_user_change", args=[therapist.pk])
    client = sign_in(admin_user)
    client.get(page)
    client.post(page, {"username": ""})
    assert kinds(actor=admin_user) == ["admin.viewed", "admin.written"]
    assert [event.details for event in AuditEvent.objects.order_by("pk")] == [{"status": 200}, {"status": 422}]


def test_an_event_says_who_what_whence_and_when(client, sign_in, therapist, patient):
    url = reverse("patients:show_chart", kwargs={"patient_id": patient.pk})
    response = sign_in(therapist).get(url, HTTP_USER_AGENT="Browser/1", REMOTE_ADDR="192.0.2.7")
    event = AuditEvent.objects.latest("pk")
    assert (event.event_type, event.actor, event.patient) == ("chart.viewed", therapist, patient)
    assert (event.route, event.method, event.address, event.user_agent) == (
        "patients:show_chart", "GET", "192.0.2.7", "Browser/1",
    )  # fmt: skip
    assert str(event.request_id) == response["X-Request-Id"]
    assert event.created_at.tzinfo is not None


def test_no_service_writes_audit_rows_past_the_api():
    for app in OURS:
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text()
            if "AuditEvent.objects.create" in text or "AuditEvent(" in text or "add_event(" in text:
                assert path.relative_to(ROOT).as_posix() in {"audit/models.py", "audit/api.py", "audit/writing.py"}, (
                    path
                )


def test_what_a_service_records_for_a_page_names_the_page_and_its_request(sign_in, patient, therapist):
    form = {"to": "hoist", "reason": "Pain", "seen_on": "01-Oct-2025", "from_status": "assist_1"}
    sign_in(therapist).post(f"/patients/{patient.pk}/status/", form)
    gate, service = (
        AuditEvent.objects.get(event_type="chart.written"),
        AuditEvent.objects.get(event_type="chart.edited"),
    )
    assert (service.route, service.method, service.address) == ("patients:change_status", "POST", "127.0.0.1")
    assert service.request_id == gate.request_id is not None
    services.change_chart_status(patient=patient, to="inactive", reason="Away", by=therapist)
    assert AuditEvent.objects.newest_first().first().request_id is None, "nothing of the request is left"
