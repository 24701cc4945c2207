"""Security headers on every answer: each page of the URLconf, each way to fail, and the static files."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.conftest import as_if_signed_in
from tests.factories import UserFactory
from tests.routes import routes

SAME = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Each of these with this value and no other: a directive without one would fall back to default-src, or to nothing.
STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
CLOSED = ("camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()")


@pytest.fixture
def browser(db, settings):
    """A browser that speaks https with the site as production is set."""
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_SSL_REDIRECT = True
    return Client(raise_request_exception=False)


def enter(browser, user):
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    as_if_signed_in(browser, user)
    return browser


def faults(response, *, is_file=False) -> list[str]:
    """What is wrong with the headers of an answer."""
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    found = [f"{name}: {response.get(name)}" for name, value in SAME.items() if response.get(name) != value]
    found += [f"{name} {policy.get(name)}" for name, value in STRICT.items() if policy.get(name) != value]
    found += [word for word in ("unsafe", "*", "data:", "http") if word in response["Content-Security-Policy"]]
    found += [feature for feature in CLOSED if feature not in response["Permissions-Policy"]]
    if "max-age=31536000; includeSubDomains" not in response.get("Strict-Transport-Security", ""):
        found.append("Strict-Transport-Security")
    if is_file != ("no-store" not in response["Cache-Control"]):
        found.append(f"Cache-Control: {response['Cache-Control']}")
    return found


def test_every_page(browser, patient, lead, admin_user):
    wrong, statuses = {}, set()
    for user, is_admin in ((lead, False), (admin_user, True)):
        enter(browser, user)
        for route in routes():
            if route.name.startswith("admin:") != is_admin or route.name in {"account_logout", "admin:logout"}:
                continue
            response = browser.get(route.path(patient_id=patient.pk), secure=True)
            statuses.add(response.status_code)
            if found := faults(response):
                wrong[f"{route.name} {response.status_code}"] = found
    assert wrong == {}
    assert {200, 302, 404, 405} <= statuses, "pages, redirects, refusals"
    assert 500 not in statuses


def test_every_way_to_fail(browser, patient, viewer, monkeypatch):
    strict = Client(enforce_csrf_checks=True)
    form = {"content_type": "application/x-www-form-urlencoded", "secure": True}
    answers = {
        "csrf": strict.post("/accounts/login/", {"login": "x"}, secure=True),
        "another host": browser.get("/", HTTP_HOST="evil.example", secure=True),
        "nul": browser.get("/%00", secure=True),
        "too large": browser.generic("POST", "/accounts/login/", b"a=" + b"x" * 3_000_000, **form),
        "too many fields": browser.generic("POST", "/accounts/login/", urlencode([("a", "")] * 2001), **form),
        "signed out": browser.get("/caseload/", secure=True),
        "no such file": browser.get("/static/none.css", secure=True),
    }
    enter(browser, viewer)
    monkeypatch.setattr("patients.timeline.read", None)
    answers |= {
        "403": browser.get(f"/patients/{patient.pk}/edit/", secure=True),
        "404": browser.get("/no/such/page/", secure=True),
        "405": browser.delete("/caseload/", secure=True),
        "500": browser.get(f"/patients/{patient.pk}/", secure=True),
    }
    assert {name: found for name, answer in answers.items() if (found := faults(answer))} == {}
    probe = browser.get("/healthz", secure=True)
    assert faults(probe) == ["Strict-Transport-Security"], "asked for by address, over plain http"
    assert [answers[name].status_code for name in ("csrf", "another host", "403", "500")] == [403, 400, 403, 500]


def test_static_files(browser, settings):
    for name in ("css/base.css", "js/app.js", "img/icons.svg"):
        response = browser.head(f"/static/{name}", secure=True)
        assert response.status_code == 200
        assert faults(response, is_file=True) == []


def test_plain_http_is_sent_to_https_and_another_host_gets_a_page_with_headers_all_the_same(browser):
    away = browser.get("/caseload/")
    assert (away.status_code, away["Location"]) == (301, "https://testserver/caseload/")
    assert "default-src 'none'" in away["Content-Security-Policy"]
    refused = browser.get("/caseload/", HTTP_HOST="evil.example")
    assert (refused.status_code, refused["Cache-Control"]) == (400, "no-store")
    assert "default-src 'none'" in refused["Content-Security-Policy"]


def test_who_waits_for_approval_gets_them_too(browser, team):
    waiting = enter(browser, UserFactory(team=team, approved_at=None))
    assert faults(waiting.get("/awaiting-approval/", secure=True)) == []
