"""The pages of the audit trail, through the front door: who sees what, and what reading it leaves behind."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit import export, looks, words
from audit.api import record_event
from audit.events import Event
from audit.models import AuditEvent
from patients import services
from tests.factories import UserFactory, make_patient
from tests.routes import routes
from ui.dates import show_date

EVENTS = "/audit/events/"
EXPORT = "/audit/events/export/"
IDENTIFIERS = ("OT-PLANTED-1", "OLUWASEUN", "Oluwaseun", "oluwaseun", "Tobi", "tobi")


def pages(patient):
    """Every page of the trail that says something about the patient."""
    of_chart = [reverse(f"audit:{name}", args=[patient.pk]) for name in ("show_looks", "print_looks")]
    return [EVENTS, EXPORT, f"{EVENTS}?patient={patient.pk}", f"{EXPORT}?patient={patient.pk}", *of_chart]


def text(response):
    return response.content.decode()


def last(kind):
    return AuditEvent.objects.filter(event_type=kind).latest("pk")


def listed(response):
    """(event, relationship) of each row of the main list."""
    return [(event.event_type, event.relationship) for event in response.context["rows"]]


@pytest.fixture
def opened(sign_in, patient, therapist, stranger):
    """A chart that its therapist opened twice, and that was refused to a stranger."""
    client = sign_in(therapist)
    client.get(f"/patients/{patient.pk}/")
    client.get(f"/patients/{patient.pk}/notes/")
    sign_in(stranger).get(f"/patients/{patient.pk}/")
    return patient


@pytest.mark.parametrize("who", ["auditor", "lead"])
def test_an_auditor_and_the_teams_lead_read_it(request, sign_in, opened, who):
    client = sign_in(request.getfixturevalue(who))
    for page in pages(opened):
        response = client.get(page)
        assert response.status_code == 200 and "OT-PLANTED-1" in text(response), page
        assert response["Cache-Control"].count("no-store")


def test_another_teams_lead_learns_nothing_of_the_chart(sign_in, opened, other_lead, stranger):
    client = sign_in(other_lead)
    for page in pages(opened):
        response = client.get(page)
        assert not any(word in text(response) for word in IDENTIFIERS), page
        unknown = client.get(page.replace(str(opened.pk), "00000000-0000-0000-0000-000000000001"))
        assert response.status_code == unknown.status_code, page
    assert client.get(f"{EVENTS}?patient={opened.pk}").status_code == 422
    for typed in ("OT-PLANTED-1", "Oluwaseun", "Nobody"):
        assert "No patient whose audit trail you may read" in text(client.post(EVENTS, {"patient": typed}))
    # The stranger is of this lead's team: what was opened elsewhere is not this lead's to see, a list is.
    sign_in(stranger).get("/caseload/")
    rows = listed(sign_in(other_lead).get(f"{EVENTS}?person={stranger.pk}"))
    assert ("list.viewed", None) in rows and not [kind for kind, _ in rows if kind.startswith("chart.")]


def test_a_lead_sees_neither_charts_that_are_not_there_nor_whom_an_auditor_looks_into(
    sign_in, opened, lead, colleague, auditor
):
    sign_in(colleague).get("/patients/00000000-0000-0000-0000-000000000001/")
    sign_in(auditor).get(f"{EVENTS}?patient={opened.pk}")
    client = sign_in(lead)
    assert ("chart.refused", "none") not in listed(client.get(f"{EVENTS}?person={colleague.pk}"))
    assert ("audit.searched", None) not in listed(client.get(f"{EVENTS}?patient={opened.pk}"))
    client = sign_in(auditor)
    assert ("chart.refused", "none") in listed(client.get(f"{EVENTS}?person={colleague.pk}"))
    assert ("audit.searched", None) in listed(client.get(f"{EVENTS}?patient={opened.pk}"))


def test_only_a_lead_gets_from_the_chart_to_who_looked(sign_in, opened, lead, therapist):
    link = reverse("audit:show_who_looked", args=[opened.pk])
    assert link in text(sign_in(lead).get(f"/patients/{opened.pk}/history/"))
    assert "Primary therapist" in text(sign_in(lead).get(link))
    assert link not in text(sign_in(therapist).get(f"/patients/{opened.pk}/history/"))
    assert sign_in(therapist).get(link).status_code == 403


@pytest.mark.parametrize("typed", ["ot planted/1", "Oluwaseun", "tobi oluw"])
def test_a_search_by_name_or_identifier_leaves_neither_in_address_title_or_trail(sign_in, opened, auditor, typed):
    client = sign_in(auditor)
    answer = client.post(EVENTS, {"patient": typed, "person": "therapist", "kind": "chart.viewed"})
    assert answer.status_code == 302
    page = client.get(answer.url)
    assert listed(page) == [("chart.viewed", "primary")] * 2
    title = re.search(r"<title>(.*?)</title>", text(page), re.DOTALL)[1]
    event = last("audit.searched")
    assert (event.patient, event.target_id) == (opened, str(User.objects.get(username="therapist").pk))
    assert event.details == {"by": ["patient", "person", "kind"]}
    for word in (*IDENTIFIERS, typed):
        assert word not in answer.url + title + str(event.details)


def test_where_several_have_the_name_one_is_chosen(sign_in, opened, auditor, therapist):
    other = make_patient(therapist, family_name="Oluwaseun")
    client = sign_in(auditor)
    page = client.post(EVENTS, {"patient": "oluwaseun", "kind": "chart.viewed"})
    assert page.status_code == 200 and "Which patient?" in text(page)
    for patient in (opened, other):
        assert f"?kind=chart.viewed&amp;patient={patient.pk}" in text(page)
    for number in range(21):
        UserFactory(display_name=f"Alike {number}")
    assert "Which person?" in text(client.post(EVENTS, {"person": "Person Number"}))
    assert "More than 20" in text(client.post(EVENTS, {"person": "alike"}))


def test_filters_narrow_it_and_bad_ones_list_nothing(sign_in, opened, auditor, stranger):
    client, today = sign_in(auditor), show_date(timezone.localdate())
    assert listed(client.get(f"{EVENTS}?person={stranger.pk}&kind=opened")) == [("chart.refused", "none")]
    assert listed(client.get(f"{EVENTS}?first=on")) == [("chart.refused", "none")]
    assert len(listed(client.get(f"{EVENTS}?kind=chart.viewed&since={today}&until={today}"))) == 2
    assert len(listed(client.get(f"{EVENTS}?kind=chart.viewed&since={today} 00:00"))) == 2
    assert listed(client.get(f"{EVENTS}?kind=chart.viewed&until=21-Nov-2020 14:05")) == []
    bad = [
        "since=03/04/2026", "until=21-Nov-2026 25:00", "since=02-Nov-2026&until=01-Nov-2026", "kind=planted",
        "patient=00000000-0000-0000-0000-000000000001", "person=999999999", "kind=%00", "since=" + "9" * 5000,
        "person=1' OR '1'='1", "patient=' OR 1=1 --", "kind=' OR 1=1 --",
    ]  # fmt: skip
    for query in bad:
        response = client.get(f"{EVENTS}?{query}")
        assert response.status_code in {400, 422}, query
        assert response.status_code == 400 or "Nothing is listed until the search is corrected" in text(response)
        assert client.get(f"{EXPORT}?{query}").status_code in {400, 422}, query
    for query in ("before=planted", "person=%F0", "patient=planted", "page=1&x=%ff", "person=" + "9" * 40):
        assert client.get(f"{EVENTS}?{query}").status_code in {200, 400, 422}, query


def test_pages_follow_one_another_without_a_gap(sign_in, auditor, therapist):
    for number in range(120):
        record_event("list.viewed", by=therapist, details={"number": number})
    client, url, found = sign_in(auditor), f"{EVENTS}?person={therapist.pk}", []
    while url:
        page = client.get(url)
        found += [event.details["number"] for event in page.context["rows"]]
        url = page.context["search"].next_url
    assert found == list(range(119, -1, -1))
    assert "No events match this search" in text(client.get(f"{EVENTS}?person={therapist.pk}&kind=team.changed"))


def test_what_nobody_had_a_care_relationship_for_comes_first(sign_in, opened, auditor, therapist, stranger):
    for _ in range(60):
        record_event("list.viewed", by=therapist)
    services.open_emergency(patient=opened, reason_kind="risk", reason="Fell", by=stranger)
    page = sign_in(auditor).get(EVENTS)
    assert [event.relationship for event in page.context["first"]] == ["emergency", "none"]
    assert text(page).index("To look at first") < text(page).index("All events")
    assert "No care relationship" in text(page) and "Emergency access" in text(page)
    quiet = sign_in(auditor).get(f"{EVENTS}?person={therapist.pk}")
    assert "Nothing was opened or refused without a care relationship" in text(quiet)


def test_an_event_says_whom_and_what_it_is_about(sign_in, patient, therapist, cover, lead, colleague, auditor):
    services.hand_over(patients=[patient], to=colleague, reason="Moved", by=lead)
    patient.refresh_from_db()
    services.edit_patient(
        patient=patient, version=patient.version, changes={"phone": "0161 496 0000", "location": "Ward 6"}, by=lead
    )
    record_event("account.unlocked", by=lead, target=cover)
    page = text(sign_in(auditor).get(EVENTS))
    for words_ in (
        f"From {therapist.name} to {colleague.name}",
        f"{cover.name} (Covering therapist)",
        "location, phone",
    ):
        assert words_ in page, words_
    assert "0161 496 0000" not in page and "Ward 6" not in page
    assert f'"Lock taken off","account.unlocked","","","","","","{cover.name}"' in text(sign_in(auditor).get(EXPORT))


def test_who_looked_says_why_and_how_often_and_puts_strangers_first(
    sign_in, opened, auditor, lead, stranger, colleague
):
    access = services.open_emergency(patient=opened, reason_kind="risk", reason="Fell on the stairs", by=stranger)
    sign_in(stranger).get(f"/patients/{opened.pk}/scores/")
    services.hand_over(patients=[opened], to=colleague, reason="Moved", by=lead)
    sign_in(colleague).get(f"/patients/{opened.pk}/")
    page = sign_in(auditor).get(reverse("audit:show_looks", args=[opened.pk]))
    found = [(look.username, look.relationship, look.opened, look.refused) for look in page.context["looks"]]
    assert found[:2] == [("stranger", "emergency", 1, 0), ("stranger", "none", 0, 1)]
    assert set(found[2:]) == {("colleague", "primary", 1, 0), ("therapist", "primary", 2, 0)}
    assert page.context["looks"][0].emergencies == [access]
    assert "Fell on the stairs" in text(page) and "Session notes" in text(page)
    assert (last("audit.looks_viewed").patient, last("audit.looks_viewed").actor) == (opened, auditor)
    nobody = sign_in(auditor).get(reverse("audit:show_looks", args=[opened.pk]) + "?until=01-Jan-2020")
    assert "Nobody opened this chart in that time" in text(nobody)


def test_the_report_for_the_patient_is_a_document_and_an_event(sign_in, opened, lead, stranger, settings, monkeypatch):
    settings.OT_CLINIC_NAME = "Harbour Clinic"
    services.open_emergency(patient=opened, reason_kind="risk", reason="Not for the patient", by=stranger)
    sign_in(stranger).get(f"/patients/{opened.pk}/")
    address = reverse("audit:print_looks", args=[opened.pk])
    today = show_date(timezone.localdate())
    page = text(sign_in(lead).get(f"{address}?since={today}&until={today}"))
    for words_ in ("Harbour Clinic", f"From {today} until {today}, both included", "Amara Okonkwo-Reyes", "OT-PLANTED-1",
                   "Immediate risk to life or safety", "These people asked for a page", "Siobh"):  # fmt: skip
        assert words_ in page, words_
    assert "Not for the patient" not in page
    assert (last("audit.looks_printed").patient, last("audit.looks_printed").details) == (opened, {"rows": 3})
    monkeypatch.setattr(looks, "LINES", 2)
    assert "more than 2 lines" in text(sign_in(lead).get(address))


def test_an_export_is_what_was_searched_for_and_no_formula(sign_in, opened, auditor, therapist, patient, monkeypatch):
    User.objects.filter(pk=therapist.pk).update(display_name="=cmd|' /C calc'!A0")
    patient.family_name = "@SUM(A1)"
    services.edit_patient(patient=patient, version=patient.version, changes={"family_name": "@SUM(A1)"}, by=therapist)
    response = sign_in(auditor).get(f"{EXPORT}?patient={opened.pk}&kind=chart.viewed")
    assert re.fullmatch(r'attachment; filename="audit-trail-[\d-]+\.csv"', response["Content-Disposition"])
    assert text(response).startswith("\ufeff")
    heading, *rows = csv.reader(io.StringIO(text(response).removeprefix("\ufeff"), newline=""))
    assert heading[:3] == ["Time", "Name", "Username"]
    assert [(row[1], row[6], row[8]) for row in rows] == [
        ("'=cmd|' /C calc'!A0", "'@SUM(A1), Tobi", "Primary therapist")
    ] * 2
    event = last("audit.exported")
    assert (event.actor, event.patient, event.details) == (auditor, opened, {"by": ["patient", "kind"], "rows": 2})
    monkeypatch.setattr(export, "MOST", 1)
    refused = sign_in(auditor).get(f"{EXPORT}?patient={opened.pk}&kind=chart.viewed")
    assert refused.status_code == 422 and "more than 1 events" in text(refused)
    assert AuditEvent.objects.filter(event_type="audit.exported").count() == 1


def test_exports_and_reports_ask_again_who_this_is(sign_in, opened, auditor, time_machine):
    client = sign_in(auditor)
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=6))
    for page in (f"{EXPORT}?patient={opened.pk}", reverse("audit:print_looks", args=[opened.pk])):
        assert client.get(page).url.startswith("/account/confirm/?next=")
    assert not AuditEvent.objects.filter(event_type__in=["audit.exported", "audit.looks_printed"]).exists()


def test_who_reviews_an_emergency_sees_what_was_opened(sign_in, opened, lead, stranger):
    access = services.open_emergency(patient=opened, reason_kind="risk", reason="Fell", by=stranger)
    client = sign_in(stranger)
    client.get(f"/patients/{opened.pk}/scores/")
    client.post(f"/patients/{opened.pk}/scores/record/", {})
    page = text(sign_in(lead).get(f"/emergencies/{access.pk}/"))
    for done in ("Chart opened in an emergency", "Chart opened: Scores", "Form of a chart sent: Recording a score"):
        assert done in page
    services.review_emergency(access=access, outcome="justified", review="Asked", by=lead)
    assert "Chart opened: Scores" in text(sign_in(lead).get(f"/emergencies/{access.pk}/"))


def test_every_event_has_a_group_and_every_page_behind_the_gate_a_name():
    grouped = [event for group in words.GROUPS for event in words.events_of(group)]
    assert sorted(grouped) == sorted(Event.values)
    behind = {route.name for route in routes() if route.access.kind in {"patient", "role", "caseload"}}
    assert {name for name in behind if not name.startswith("admin:")} - words.PAGES.keys() == set()
