"""Whatever the pages of one therapist lead to, followed by those who have no business there."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve

from tests.clinic import Clinic, Visitor, sign_in_all, writes
from tests.pages import PageForm, read
from tests.roles import as_site
from tests.routes import patient_routes

OUTSIDERS = ("stranger", "other_lead", "auditor", "deactivated", "nobody")
# Addresses that differ in their numbers alone: two of a kind are opened, all of them are replayed.
OF_A_KIND = 2
# The register of equipment is everybody's, and so is one's own account.
SHARED = ("equipment_", "accounts_", "account_", "mfa_")
# Where an auditor reads patients' names: reviews to close, clocks that run, the trail itself. Never clinical text.
FOR_AUDITORS = ("/emergencies/", "/amendments/", "/audit/")
# No page of this therapist and this chart has a link to them.
NOT_LED_TO = {
    "patients:hand_over",
    "audit:show_who_looked",
    "patients:end_emergency",
    "sessions_notes:reopen_follow_up",
    "mobility:dismiss_suggestion",  # only where a score speaks for another status
} | {
    f"amendments:{page}"
    for page in ("show_letter", "extend_request", "decide_request", "record_told", "add_statement", "add_rebuttal")
}


@pytest.fixture(autouse=True)
def _quiet(db: None) -> Iterator[None]:
    logging.disable(logging.WARNING)
    with as_site():  # once, and not for each request
        yield
    logging.disable(logging.NOTSET)


def without_way_back(address: str) -> str:
    """Links remember the page that they are on, in `next`: the same address for us."""
    parts = urlsplit(address)
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "next"])
    return urlunsplit(parts._replace(query=query, fragment=""))


def crawl(visitor: Visitor, start: str) -> tuple[set[str], dict[tuple[str, tuple[str, ...]], PageForm]]:
    """Every address and every form that pages lead to, one by one from `start`; forms are read and not sent."""
    waiting, links, forms, opened = [start], {start}, {}, defaultdict(int)
    while waiting:
        address = waiting.pop()
        parts = urlsplit(address)
        try:
            kind = (resolve(parts.path).view_name, *sorted(name for name, _ in parse_qsl(parts.query)))
        except Resolver404:
            continue
        opened[kind] += 1
        if opened[kind] > OF_A_KIND:
            continue
        response = visitor.get(address)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        page = read(address, response)
        for form in page.forms:
            form.action = without_way_back(form.action)
            forms[form.action, tuple(form.controls)] = form
        for clean in map(without_way_back, page.links):
            if clean.startswith("/") and clean not in links:
                links.add(clean)
                waiting.append(clean)
    return links, forms


def test_nobody_else_gets_anything_by_what_a_therapist_was_led_to(db, clinic: Clinic):
    visitors, chart = sign_in_all(clinic), f"/patients/{clinic.own.patient.pk}/"
    links, forms = crawl(visitors["therapist"], "/caseload/")
    of_chart = {link for link in links if link.startswith(chart)}
    posts = [form for form in forms.values() if form.method == "post"]
    found = {resolve(urlsplit(link).path).view_name for link in of_chart} | {
        resolve(urlsplit(form.action).path).view_name for form in posts
    }
    assert {r.name for r in patient_routes()} - found == NOT_LED_TO, "the crawl finds the site"
    saved = set()
    for form in posts:
        with transaction.atomic():
            if visitors["therapist"].post(form.action, form.filled()).status_code == 302:
                saved.add(form.action)
            transaction.set_rollback(True)
    assert len({action for action in saved if action.startswith(chart)}) > 14, "what is replayed works for its owner"
    wrong = []
    for who in OUTSIDERS:
        before = writes()
        for address in sorted(links):
            response = visitors[who].get(address)
            if address.startswith(chart) and response.status_code not in {302, 404}:
                wrong.append(f"{who} GET {address}: {response.status_code}")
            wrong += shown(clinic, who, address, response)
        for form in posts:
            response = visitors[who].post(form.action, form.filled())
            if form.action.startswith(chart) and response.status_code not in {302, 404}:
                wrong.append(f"{who} POST {form.action}: {response.status_code}")
            wrong += shown(clinic, who, form.action, response)
        changed = {table for table, count in writes().items() if count != before.get(table)}
        wrong += [f"{who} wrote to {table}" for table in changed if not table.startswith(SHARED)]
    assert not wrong, "\n".join(wrong)


def shown(clinic: Clinic, who: str, address: str, response) -> Iterator[str]:
    """Anything of the therapist's patient in the answer, and anywhere but to a page of one's own."""
    if who == "auditor" and address.startswith(FOR_AUDITORS):
        return
    if clinic.own.planted.search(response.content) or clinic.own.planted.search(str(response.headers).encode()):
        yield f"{who} {address}: names the patient"
