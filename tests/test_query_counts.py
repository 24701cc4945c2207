"""Queries for each page: the same number for one row as for fifty, and this many."""

import itertools

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from amendments import services as amendments
from equipment import services as equipment
from mobility import catalogue
from mobility import services as mobility
from mobility.plans import services as plans
from patients import services
from patients.as_of import step_to
from sessions_notes import services as notes
from tests.conftest import as_if_signed_in
from tests.factories import make_patient
from tests.routes import routes

# Everything included: session with its owner, gate, audit row, transaction statements.
PINNED = {
    "/caseload/": 10,
    "/caseload/?scope=team": 10,
    "/dashboard/": 11,
    "/patients/{pk}/": 14,
    "/patients/{pk}/scores/": 11,
    "/patients/{pk}/plan/": 8,
    "/patients/{pk}/scores/export/": 7,
    "/patients/{pk}/scores/export/fhir/": 9,
    "/patients/{pk}/notes/": 7,
    "/patients/{pk}/equipment/": 8,
    "/patients/{pk}/amendments/": 6,
    "/amendments/": 5,
    "/patients/{pk}/history/": 4,
    "/patients/{pk}/as-of/?at={at}": 21,
    "/patients/{pk}/known/status/mobility_status/": 7,
    "/patients/{pk}/known/patient/alerts/": 7,
    "/equipment/": 9,
    "/measures/": 3,
    "/measures/barthel_index/": 3,
    "/status-history/": 5,
    "/audit/events/": 7,
    "/audit/charts/{pk}/": 7,
    "/patients/{pk}/who-looked/": 7,
}
FOR_LEADS = {
    "/caseload/?scope=team", "/dashboard/", "/status-history/", "/amendments/",
    "/audit/events/", "/audit/charts/{pk}/", "/patients/{pk}/who-looked/",
}  # fmt: skip
serials = itertools.count(1)


def fill(patient, by, count: int) -> None:
    """`count` of everything on one chart."""
    for number in range(count):
        today = timezone.localdate()
        patient.refresh_from_db()
        to = "assist_2" if patient.mobility_status == "hoist" else "hoist"
        services.change_mobility_status(patient=patient, to=to, reason=f"Change {number}", by=by)
        mobility.record_score(
            patient=patient, score_type="barthel_index", score_value=str(number % 20 * 5), score_date=today, by=by
        )
        mobility.save_assessment(
            patient=patient, score_type="barthel_index", answers={"feeding": "5"}, score_date=today, by=by
        )
        mobility.record_assessment(
            patient=patient,
            score_type="functional_ambulation_category",
            answers={"category": "3"},
            score_date=today,
            by=by,
        )
        notes.write_note(
            patient=patient, by=by, session_date=today, session_type="treatment", note_text=f"Note {number}",
            follow_up_needed=True, follow_up_text=f"Do {number}", follow_up_due_on=today,
        )  # fmt: skip
        equipment.check_out(patient=patient, serial_number=f"WC-{next(serials)}", equipment_name="Wheelchair", by=by)
        measure = catalogue.everything()[number].id
        plans.set_team_measure(team=by.team, score_type=measure, every_days=28, by=by)
        if number % 2:
            plans.plan_measure(patient=patient, score_type=measure, rule="own", every_days=7, by=by)
        amendments.record_request(
            patient=patient, by=by, received_on=today, asked_by="patient", wanted="Wrong", about=[("details", 0)]
        )  # fmt: skip


@pytest.fixture
def count(patient, therapist, lead):
    """How many queries each page takes now, each by whom it is for."""

    def count_all() -> dict[str, int]:
        # Signed in anew each time: once a minute a page also notes that the session is in use.
        browsers = {user: Client() for user in (therapist, lead)}
        for user, browser in browsers.items():
            browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            as_if_signed_in(browser, user)
        return {url: queries(browsers[lead if url in FOR_LEADS else therapist], patient, url) for url in PINNED}

    return count_all


def queries(client, patient, url: str) -> int:
    address = url.format(pk=patient.pk, at=step_to(timezone.now()))
    if url.endswith("/fhir/"):
        client.get(address)  # a process reads once the wordings that scores were kept with, and keeps them
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    if resolve(address.partition("?")[0]).func.access.only_reads:
        # Without a transaction around them: whatever else they wrote would stay though the page failed.
        writes = [query["sql"] for query in captured if not query["sql"].startswith("SELECT ")]
        assert [sql[:31] for sql in writes] == ['INSERT INTO "audit_auditevent" '], url
        assert captured[-1]["sql"] == writes[0], url
    return len(captured)


def test_views_that_only_read_are_looked_at_here():
    pk = "00000000-0000-0000-0000-000000000000"
    looked_at = {resolve(url.format(pk=pk, at="1").partition("?")[0]).func for url in PINNED}
    assert {route.view for route in routes() if getattr(route.access, "only_reads", False)} <= looked_at


def test_queries_do_not_grow(count, patient, therapist):
    fill(patient, therapist, 1)
    assert count() == PINNED
    fill(patient, therapist, 24)
    for _ in range(26):
        fill(make_patient(therapist), therapist, 1)
    assert count() == PINNED
