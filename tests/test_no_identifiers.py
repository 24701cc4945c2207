"""Nothing that says who a patient is leaves by a side door: logs, addresses, titles, headers, cookies, mails, reports.

A patient is planted whose every fact is unique. A therapist then opens every page, searches, writes, fails and mistypes;
what the site says anywhere but in the body of a page is searched for each fact.
"""

import json
import logging
import re
from email.message import EmailMessage

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.utils import timezone

from amendments import services as amendments
from audit.models import AuditEvent
from config.errors import SparseExceptionReporter
from config.logs import JsonFormatter, RequestFilter
from equipment import services as equipment
from mobility import services as mobility
from patients import services
from sessions_notes import services as notes
from tests.conftest import as_if_signed_in
from tests.factories import PASSWORD, UserFactory, make_patient
from tests.routes import routes

FACTS = {
    "patient_id": "OT-7719-PLNT",
    "family_name": "Qorvathsen",
    "given_names": "Zyxwalter",
    "preferred_name": "Wixi",
    "date_of_birth": "1937-04-13",
    "phone": "07700 955173",
    "address": "17 Vexley Mews",
    "emergency_contact": "Jorunda, niece",
    "allergies": "Penwick latex",
    "alerts": "Bites Kelpie",
    "referral_reason": "Fell at Thrumster",
    "location": "Bay Yarrowgate",
}
WORDS = ("Nightjarring at tea", "Loan for Umberlode", "Glimsholm status", "Score Tarvit remark", "Amend Ferintosh")
PLANTED = [
    "OT-7719", "PLNT", "Qorvath", "Zyxwalter", "Wixi", "955173", "Vexley", "Jorunda", "Penwick", "Kelpie", "Thrumster",
    "Yarrowgate", "Nightjarring", "Umberlode", "Glimsholm", "Tarvit", "Ferintosh",
    "13-Apr-1937", "1937-04-13", "13/04/1937", "13.04.1937", "13 April 1937", "19370413", "Apr-1937",
]  # fmt: skip
AMEND = {"wanted": "Amend Ferintosh", "asked_by": "patient", "about": "details:0", "received_on": "13-Apr-2026"}
ADDRESS = re.compile(r'\b(?:href|src|action|hx-get|hx-post|hx-push-url|content|data-[\w-]+)="([^"]*)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.S)


class Lines(logging.Handler):
    """What the site's own handler would write, and the messages before they were cut."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonFormatter())
        self.addFilter(RequestFilter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def log():
    root, django, lines = logging.getLogger(), logging.getLogger("django"), Lines()
    levels = root.level, django.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    django.setLevel(logging.DEBUG)
    yield lines.lines
    root.removeHandler(lines)
    root.setLevel(levels[0])
    django.setLevel(levels[1])


@pytest.fixture
def planted(therapist):
    """The patient, with one of everything in the chart."""
    patient = make_patient(therapist, **FACTS)
    today = timezone.localdate()
    services.change_mobility_status(patient=patient, to="hoist", reason=WORDS[2], by=therapist)
    mobility.record_score(
        patient=patient, score_type="barthel_index", score_value="50", score_date=today, notes=WORDS[3], by=therapist
    )
    notes.write_note(
        patient=patient, by=therapist, session_date=today, session_type="treatment", note_text=WORDS[0],
        follow_up_needed=True, follow_up_text=WORDS[0], follow_up_due_on=today,
    )  # fmt: skip
    equipment.check_out(
        patient=patient, serial_number="WC-1", equipment_name="Wheelchair", notes=WORDS[1], by=therapist
    )
    amendments.record_request(
        patient=patient, by=therapist, received_on=today, asked_by="patient", wanted=WORDS[4], about=[("details", 0)]
    )
    return patient


def found_in(text: str) -> set[str]:
    low = text.lower()
    return {word for word in PLANTED if word.lower() in low}


def outside(response) -> str:
    """All of an answer but the text of its page: headers, cookies, title, addresses, reasons."""
    parts = [f"{name}: {value}" for name, value in response.items()]
    parts += [cookie.OutputString() for cookie in response.cookies.values()]
    if not response.streaming:
        body = response.content.decode()
        parts += TITLE.findall(body) + ADDRESS.findall(body)
    return "\n".join([*parts, response.reason_phrase])


def enter(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    as_if_signed_in(client, user)
    return client


class Scan:
    """Looks at answers one after the other and keeps what leaked where."""

    def __init__(self) -> None:
        self.count, self.leaks = 0, {}

    def look(self, name, response):
        self.count += 1
        if found := found_in(outside(response)):
            self.leaks[name] = found
        return response

    def follow(self, name, client, response):
        """The answer, and the page that it leads to."""
        if self.look(name, response).status_code == 302:
            self.look(f"{name}, then", client.get(response["Location"]))


def test_every_page_says_who_it_is_in_its_text_and_nowhere_else(planted, therapist, lead, log):
    children = {"note_id": "session_notes", "score_id": "mobility_scores", "log_id": "equipment_logs"}
    children |= {"amendment_id": "amendment_requests", "member_id": "care_team", "follow_up_id": "follow_ups"}
    keys = {name: getattr(planted, related).first().pk for name, related in children.items()}
    scan = Scan()
    for user in (therapist, lead):
        client = enter(user)
        for route in routes():
            if not route.name.startswith("admin:") and route.name != "account_logout":
                scan.look(f"{user.username} {route.name}", client.get(route.path(patient_id=planted.pk, **keys)))
    shown = client.get(f"/patients/{planted.pk}/").content.decode()
    assert {"Qorvath", "Vexley", "13-Apr-1937", "Nightjarring"} <= found_in(shown)
    assert scan.leaks == {}
    assert scan.count > 140
    assert [line for line in log if found_in(line)] == []


def test_searches_forms_slips_failed_sign_ins_and_mails_say_nothing(planted, therapist, log):
    client, scan, chart = enter(therapist), Scan(), f"/patients/{planted.pk}/"
    for path in ("/find/", "/caseload/"):
        for text in ("Qorvathsen", "OT-7719-PLNT", "Zyxwalter Q"):
            scan.follow(f"search {path}", client, client.post(path, {"q": text}))
    sent = {  # taken and refused
        "edit/": {**FACTS, "date_of_birth": "13-Apr-1937", "version": "2", "sex_at_birth": "female"},
        "status/": {"to": "assist_2", "reason": "Glimsholm again", "seen_on": "x", "from_status": "hoist"},
        "notes/write/": {"session_date": "", "note_text": "Nightjarring", "session_type": "treatment"},
        "scores/record/": {"score_type": "barthel_index", "score_value": "999", "notes": "Tarvit"},
        "amendments/record/": AMEND,
    }
    for path, data in sent.items():
        scan.follow(path, client, client.post(chart + path, data))
    again = {**FACTS, "date_of_birth": "13-Apr-1937", "mobility_status": "hoist", "primary_therapist": therapist.pk}
    scan.look("registered twice", client.post("/patients/register/", again))
    scan.look("mistyped", client.get("/patients/Qorvathsen/?q=Zyxwalter"))
    scan.look("no such method", client.put("/caseload/?q=Qorvathsen"))

    stranger = UserFactory(raw_password=PASSWORD)
    for login in ("Qorvathsen", "OT-7719-PLNT", stranger.username):
        scan.look("sign-in", Client().post("/accounts/login/", {"login": login, "password": "Zyxwalter 955173"}))
    scan.look("reset", Client().post("/accounts/password/reset/", {"email": therapist.email}))
    emergency = {
        "patient_id": FACTS["patient_id"], "date_of_birth": "13-Apr-1937", "reason_kind": "risk",
        "reason": "Kelpie bit Qorvathsen", "password": PASSWORD,
    }  # fmt: skip
    with TestCase.captureOnCommitCallbacks(execute=True):
        scan.follow("emergency", enter(stranger), enter(stranger).post("/emergencies/open/", emergency))

    assert scan.leaks == {}
    assert [line for line in log if found_in(line)] == []
    assert any('"status": 404' in line for line in log)
    assert len(mail.outbox) >= 2, "a reset, and that an emergency wants somebody"
    assert [message.subject for message in mail.outbox if found_in(message_text(message))] == []
    trail = AuditEvent.objects.values_list("details", "user_agent", "route")
    assert [row for row in trail if found_in(json.dumps(row, default=str))] == []


def test_a_page_that_breaks_is_logged_and_reported_without_what_it_was_about(planted, therapist, log, monkeypatch):
    def broken(*args, **kwargs):
        name = "".join(["Qorvath", "sen"])  # not whole in a source line: a report quotes those
        raise ValueError(f"{name} {FACTS['phone']}") from KeyError(FACTS["date_of_birth"])

    client, scan, chart = enter(therapist), Scan(), f"/patients/{planted.pk}/"
    monkeypatch.setattr("patients.timeline.read", broken)
    assert scan.look("page", client.get(f"{chart}?q=Qorvathsen")).status_code == 500
    form = scan.look("form", client.post(chart + "amendments/record/", AMEND))
    assert form.status_code == 500 and found_in(form.content.decode()) == set()
    try:
        broken()
    except ValueError as error:
        report = SparseExceptionReporter(form.wsgi_request, ValueError, error, error.__traceback__)
        text = report.get_traceback_text() + report.get_traceback_html()
    assert scan.leaks == {}
    assert [line for line in log if found_in(line)] == []
    assert any("ValueError" in line and "amendments:record_request" in line for line in log)
    assert found_in(text) == set() and "test_no_identifiers.py" in text


def message_text(message: mail.EmailMessage) -> str:
    raw: EmailMessage = message.message()
    return f"{raw.as_string()}\n{message.subject}\n{message.body}"


def test_a_line_is_json_and_says_which_request_route_account_and_how_long(log, sign_in, patient, therapist):
    response = sign_in(therapist).get(f"/patients/{patient.pk}/?show=note")
    line = next(json.loads(line) for line in reversed(log) if '"ot.request"' in line)
    assert (line["route"], line["status"], line["method"]) == ("patients:show_chart", 200, "GET")
    assert (line["user"], line["request_id"], line["level"]) == (therapist.pk, response["X-Request-ID"], "INFO")
    assert line["duration_ms"] > 0 and line["time"].endswith("+00:00")
    assert not any("show=note" in text or str(patient.pk) in text for text in log)


def test_nothing_is_mailed_to_administrators_and_debug_pages_are_off(settings):
    handlers = {type(handler).__name__ for name in ("", "django") for handler in logging.getLogger(name).handlers}
    assert "AdminEmailHandler" not in handlers
    assert settings.DEBUG is False
    assert settings.DEFAULT_EXCEPTION_REPORTER == "config.errors.SparseExceptionReporter"
