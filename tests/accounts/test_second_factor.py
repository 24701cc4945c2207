"""The second factor: who must have one, the fence until then, setting up, using, losing it."""

import datetime as dt
import json
import os
import re
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import limits, sealing, second_factor, services
from accounts.models import Lockout, Session, User
from accounts.roles import Role
from audit.models import AuditEvent
from tests.accounts.factors import SECRET, code, give_app, recovery_codes, wrong_code
from tests.conftest import as_if_signed_in
from tests.factories import PASSWORD, UserFactory
from tests.routes import routes

SIGN_IN = "/accounts/login/"
CODE = "/accounts/second-factor/"
OVERVIEW = "/account/second-factor/"
APP = "/account/second-factor/app/"
KEYS = "/account/second-factor/passkeys/add/"
CODES = "/account/second-factor/codes/"
MUST = (Role.LEAD, Role.AUDITOR, Role.ADMIN)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def lead_user(team) -> User:
    return UserFactory(username="siobhan", role=Role.LEAD, team=team, raw_password=PASSWORD)


@pytest.fixture
def fresh(client, db):
    """Signed in with a password alone, just now."""

    def sign_in(user: User, client: Client = client) -> Client:
        client.force_login(user, backend=BACKEND)
        as_if_signed_in(client, user, with_second_factor=False)
        return client

    return sign_in


def sign_in(client, user, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": user.username, "password": password, **more})


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


def events(*names) -> list[str]:
    found = AuditEvent.objects.filter(event_type__startswith="account.").order_by("pk")
    return [name for name in found.values_list("event_type", flat=True) if not names or name in names]


# Who must.


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize(("rule", "bound"), [("roles", set(MUST)), ("all", set(Role)), ("none", set())])
def test_who_must_have_one(settings, fresh, team, role, rule, bound):
    settings.OT_REQUIRE_SECOND_FACTOR = rule
    response = fresh(UserFactory(role=role, team=team)).get("/account/")
    if role in bound:
        assert (response.status_code, response.url) == (302, OVERVIEW)
    else:
        assert response.status_code == 200


@pytest.mark.parametrize("role", MUST)
def test_without_it_no_page_answers_but_the_ones_to_set_it_up(fresh, patient, team, role):
    client = fresh(UserFactory(role=role, team=team))
    behind = [route for route in routes() if route.access.kind != "public"]
    ways_in = {route.name for route in behind if route.access.is_way_in}
    assert len(behind) > 40
    for route in behind:
        for method in ("get", "post", "put", "delete"):
            response = getattr(client, method)(route.path(patient_id=patient.pk))
            if route.name in ways_in:
                assert "/account/" in getattr(response, "url", "/account/")
            else:
                assert (response.status_code, getattr(response, "url", "")) == (302, OVERVIEW), (route.name, method)
    assert not AuditEvent.objects.filter(event_type__in=["chart.viewed", "chart.written", "list.viewed"]).exists()


def test_htmx_is_led_to_the_set_up_as_well(fresh, lead_user):
    response = fresh(lead_user).get("/caseload/", headers={"HX-Request": "true"})
    assert (response.status_code, response.url) == (302, OVERVIEW)


def test_somebody_promoted_while_signed_in_meets_the_fence_at_once(fresh, therapist, admin_user, client):
    fresh(therapist)
    assert client.get("/caseload/").status_code == 200
    before = client.cookies["sessionid"].value
    services.change_account(account=therapist, changes={"role": Role.LEAD}, by=admin_user)
    assert client.get("/dashboard/").url == OVERVIEW
    assert client.cookies["sessionid"].value != before, "another standing, another key"
    assert events("account.session_renewed")


def test_the_menu_leads_nowhere_until_then(fresh, lead_user):
    text = fresh(lead_user).get(OVERVIEW).content.decode()
    assert "Set up a second factor" in text and 'id="nav"' not in text and 'name="q"' not in text


# What the installation says of itself.


def settings_with(**changes) -> subprocess.CompletedProcess[str]:
    program = (
        "from django.conf import settings as s; import json;"
        "print(json.dumps([s.OT_REQUIRE_SECOND_FACTOR, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SECURE,"
        " s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN, s.ADMIN_URL]))"
    )
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    base = {
        "DATABASE_URL": "postgres://x@localhost/x", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "x.example",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], env=keep | base | changes, capture_output=True, text=True, check=False
    )


def test_production_asks_for_it_by_itself_and_has_cookies_for_one_host():
    found = json.loads(settings_with().stdout)
    assert found == [
        "roles", "__Host-sessionid", "__Host-csrftoken", True, True, "Lax", True, False, "admin/",
    ]  # fmt: skip


def test_a_profile_without_it_does_not_start_outside_the_demo():
    refused = settings_with(OT_REQUIRE_SECOND_FACTOR="none")
    assert refused.returncode != 0
    assert "OT_REQUIRE_SECOND_FACTOR=none is for the demo clinic" in refused.stderr
    assert settings_with(OT_REQUIRE_SECOND_FACTOR="perhaps").returncode != 0
    assert json.loads(settings_with(OT_DEMO="1", HTTPS="0").stdout)[:2] == ["none", "sessionid"]
    assert json.loads(settings_with(OT_DEMO="1", OT_REQUIRE_SECOND_FACTOR="all").stdout)[0] == "all"


def test_the_address_of_the_admin_comes_from_the_environment():
    assert json.loads(settings_with(ADMIN_URL="/backstage-7f3/").stdout)[-1] == "backstage-7f3/"


def test_the_demo_says_on_every_page_that_a_password_is_enough(settings, client, sign_in, therapist, patient):
    settings.OT_DEMO, settings.OT_REQUIRE_SECOND_FACTOR = True, "none"
    words = "no second factor is asked for"
    assert words in client.get(SIGN_IN).content.decode()
    sign_in(therapist)
    for path in ("/caseload/", f"/patients/{patient.pk}/", "/account/", "/equipment/", OVERVIEW):
        assert words in client.get(path).content.decode(), path
    settings.OT_REQUIRE_SECOND_FACTOR = "roles"
    assert words not in client.get("/caseload/").content.decode()


# An authenticator app.


def set_up(client) -> str:
    page = client.get(APP)
    assert page.status_code == 200, page
    secret = page.context["form"].secret
    response = client.post(APP, {"code": code(secret)})
    assert response.url == CODES, response
    return secret


def test_setting_up_an_app_opens_the_rest_ends_other_sessions_and_leaves_traces(fresh, lead_user):
    elsewhere = fresh(lead_user, Client())
    client = fresh(lead_user, Client())
    before = client.cookies["sessionid"].value
    secret = set_up(client)
    assert client.cookies["sessionid"].value != before
    assert client.get("/dashboard/").status_code == 200
    assert elsewhere.get("/account/").url.startswith(SIGN_IN)
    row = Authenticator.objects.get(user=lead_user, type="totp")
    assert secret not in json.dumps(row.data), "sealed in the database"
    assert sealing.unseal(row.data["secret"]) == secret
    assert events() == ["account.second_factor_added"]
    shown = client.get(CODES)
    assert re.findall(r"<code>(\d{8})</code>", shown.content.decode()) == recovery_codes(lead_user)
    assert shown["Cache-Control"].find("no-store") >= 0
    assert not re.findall(r"<code>", client.get(CODES).content.decode()), "once"
    assert events() == ["account.second_factor_added", "account.recovery_codes_viewed"]


def test_the_picture_is_drawn_without_style_or_data_address(fresh, lead_user):
    response = fresh(lead_user).get(APP)
    text = response.content.decode()
    assert '<svg class="qr"' in text and "data:" not in text and " style=" not in text
    assert response["Content-Security-Policy"].count("img-src 'self'") == 1


@pytest.mark.django_db(transaction=True)
def test_the_owner_is_told_by_mail(client, team):
    user = UserFactory(role=Role.LEAD, team=team, email="owner@clinic.example")
    client.force_login(user, backend=BACKEND)
    as_if_signed_in(client, user, with_second_factor=False)
    set_up(client)
    (message,) = mail.outbox
    assert message.to == ["owner@clinic.example"]
    assert "An authenticator app was added." in message.body


def test_a_wrong_first_code_sets_nothing_up(fresh, lead_user):
    client = fresh(lead_user)
    client.get(APP)
    response = client.post(APP, {"code": "000000"})
    assert response.status_code == 422
    assert not Authenticator.objects.exists()


def test_after_the_password_comes_the_code(client, lead_user):
    give_app(lead_user)
    response = sign_in(client, lead_user, next="/dashboard/?scope=all")
    assert response.url == CODE
    assert not is_in(client)
    page = client.get(CODE).content.decode()
    assert "Confirm that it is you" in page
    assert client.post(CODE, {"code": wrong_code()}).status_code == 422
    assert client.post(CODE, {"code": code()}).url == "/dashboard/?scope=all"
    assert client.get("/dashboard/").status_code == 200
    assert events() == [
        "account.second_factor_refused", "account.second_factor_used", "account.signed_in",
    ]  # fmt: skip
    signed_in = AuditEvent.objects.get(event_type="account.signed_in")
    assert signed_in.details == {"second_factor": True}


def test_the_code_page_is_nothing_without_the_password(client, lead_user):
    give_app(lead_user)
    assert client.get(CODE).url == SIGN_IN
    assert client.post(CODE, {"code": code()}).url == SIGN_IN
    assert not is_in(client)


def test_a_code_works_once_even_while_it_is_shown(client, lead_user, time_machine):
    time_machine.move_to("2026-11-21T10:00:00Z", tick=False)
    give_app(lead_user)
    shown = code(later=1)  # a phone half a minute ahead: good for a minute and a half
    sign_in(client, lead_user)
    assert client.post(CODE, {"code": shown}).url == "/"
    time_machine.shift(dt.timedelta(seconds=45))
    other = Client()
    sign_in(other, lead_user)
    assert other.post(CODE, {"code": f" {shown[:3]} {shown[3:]}"}).status_code == 422
    assert other.post(CODE, {"code": code(later=1)}).url == "/"


def test_the_code_that_set_the_app_up_does_not_sign_in(fresh, client, lead_user):
    lead_user.refresh_from_db()
    secret = set_up(fresh(lead_user, Client()))
    sign_in(client, lead_user)
    assert client.post(CODE, {"code": code(secret)}).status_code == 422
    assert client.post(CODE, {"code": code(secret, later=1)}).status_code == 302


def test_a_recovery_code_works_once(client, lead_user):
    give_app(lead_user)
    first = recovery_codes(lead_user)[0]
    sign_in(client, lead_user)
    assert client.post(CODE, {"code": first}).url == "/"
    other = Client()
    sign_in(other, lead_user)
    assert other.post(CODE, {"code": first}).status_code == 422
    assert AuditEvent.objects.get(event_type="account.second_factor_used").details == {"with": "recovery code"}


def test_switched_off_between_password_and_code_nobody_gets_in(client, lead_user, admin_user):
    give_app(lead_user)
    sign_in(client, lead_user)
    services.deactivate_account(account=lead_user, by=admin_user)
    assert client.post(CODE, {"code": code()}).url == "/accounts/inactive/"
    assert not is_in(client)
    assert "account.signed_in" not in events()


def test_the_factor_of_one_person_does_not_count_for_the_next_at_the_same_browser(client, lead_user, team):
    give_app(lead_user)
    sign_in(client, lead_user)
    session = client.session
    session[second_factor.SHOWN] = lead_user.pk  # as after the right code, before the session
    session.save()
    other = UserFactory(role=Role.LEAD, team=team, raw_password=PASSWORD)
    client.post("/accounts/logout/", {"next": SIGN_IN})
    sign_in(client, other)
    assert client.get("/dashboard/").url == OVERVIEW


# Having one already.


def test_a_session_without_it_must_show_it_and_cannot_replace_it(fresh, lead_user):
    """A stolen password, or a session from before: the page to set one up is not a way around the one there is."""
    give_app(lead_user)
    client = fresh(lead_user)
    for path in (OVERVIEW, APP, f"{APP}remove/", KEYS, CODES, f"{CODES}make/", "/account/confirm/"):
        for method in (client.get, client.post):
            assert method(path).url.startswith("/account/confirm/code/?next="), path
    assert client.get("/dashboard/").url == OVERVIEW
    assert client.post("/account/confirm/code/?next=/dashboard/", {"code": code()}).url == "/dashboard/"
    assert client.get("/dashboard/").status_code == 200


def test_the_last_one_of_a_role_that_needs_it_stays(fresh, lead_user, therapist):
    for user, stays in ((lead_user, True), (therapist, False)):
        give_app(user)
        client = fresh(user, Client())
        as_if_signed_in(client, user)
        response = client.post(f"{APP}remove/")
        assert response.status_code == (422 if stays else 302)
        assert Authenticator.objects.filter(user=user).exists() is stays
    assert events("account.second_factor_removed") == ["account.second_factor_removed"]


def test_removing_the_last_one_leaves_a_session_that_has_shown_none(fresh, therapist, client):
    give_app(therapist)
    fresh(therapist)
    as_if_signed_in(client, therapist)
    client.post(f"{APP}remove/")
    assert client.session.get(second_factor.SHOWN) is None


def test_an_administrator_resets_a_lost_one(sign_in, client, admin_user, lead_user, fresh):
    give_app(lead_user)
    elsewhere = Client()
    elsewhere.force_login(lead_user, backend=BACKEND)
    sign_in(admin_user)
    data = {"action": "reset_second_factor", "_selected_action": [lead_user.pk], "index": "0"}
    client.post("/admin/accounts/user/", data)
    assert not Authenticator.objects.exists()
    assert not Session.objects.filter(account=lead_user).exists()
    event = AuditEvent.objects.get(event_type="account.second_factor_reset")
    assert (event.actor, event.target_id) == (admin_user, str(lead_user.pk))
    assert fresh(User.objects.get(pk=lead_user.pk), Client()).get("/dashboard/").url == OVERVIEW


# Passkeys: what a browser does is in tests/e2e; here, what somebody makes up.


@pytest.mark.parametrize(
    "credential",
    [
        "", "null", "[]", "1", '"x"', "{}", "{" * 500, "[" * 15_000, '{"id": "!!"}', '{"id":"AA","rawId":"AA"}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","attestationObject":"AA"}}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}',
        '{"id":"A","rawId":"A","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"A"}}',
        '{"id":1,"rawId":[],"type":{},"response":[]}', "x" * 30_000, "\u0000", '{"a": NaN}',
    ],
)  # fmt: skip
def test_made_up_passkeys_are_refused_as_input(fresh, client, lead_user, credential):
    adding = fresh(lead_user, Client())
    adding.get(KEYS)
    assert adding.post(KEYS, {"name": "x", "credential": credential}).status_code in {400, 422}
    give_app(lead_user)
    assert sign_in(client, lead_user).url == CODE
    client.get(CODE)
    assert client.post(CODE, {"credential": credential}).status_code in {400, 422}
    assert Authenticator.objects.filter(type="webauthn").count() == 0


def test_neither_code_nor_passkey_is_refused_as_input(client, lead_user):
    give_app(lead_user)
    sign_in(client, lead_user)
    assert client.post(CODE, {}).status_code == 422


# Limits.


def test_five_wrong_codes_lock_the_second_factor_and_an_administrator_unlocks_it(client, lead_user, admin_user):
    give_app(lead_user)
    sign_in(client, lead_user)
    for _ in range(5):
        assert client.post(CODE, {"code": wrong_code()}).status_code == 422
    response = client.post(CODE, {"code": code()})
    assert "Too many attempts" in response.content.decode()
    assert not is_in(client)
    lockout = Lockout.objects.get()
    assert (lockout.scope, lockout.account) == ("code", lead_user)
    limits.unlock(lockout=lockout, by=admin_user)
    assert client.post(CODE, {"code": code()}).status_code == 302
    assert events("account.locked_out", "account.unlocked") == ["account.locked_out", "account.unlocked"]


def test_wrong_codes_are_limited_when_asked_again_too(fresh, lead_user):
    give_app(lead_user)
    client = fresh(lead_user)
    for _ in range(5):
        client.post("/account/confirm/code/", {"code": wrong_code()})
    assert "Too many attempts" in client.post("/account/confirm/code/", {"code": code()}).content.decode()


def test_a_new_password_buys_no_more_guesses_at_the_second_factor(client, lead_user):
    give_app(lead_user)
    sign_in(client, lead_user)
    for _ in range(5):
        client.post(CODE, {"code": wrong_code()})
    limits.forget(lead_user, by=lead_user)
    assert "Too many attempts" in client.post(CODE, {"code": code()}).content.decode()


# The sealing.


def test_secrets_open_under_an_earlier_key_and_are_sealed_anew(settings, lead_user):
    old = settings.SECRET_KEY
    app = give_app(lead_user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "y" * 60, [old]
    assert sealing.unseal(app.data["secret"]) == SECRET
    codes = recovery_codes(lead_user)
    call_command("reseal", verbosity=0)
    settings.SECRET_KEY_FALLBACKS = []
    app.refresh_from_db()
    assert sealing.unseal(app.data["secret"]) == SECRET
    assert recovery_codes(lead_user) == codes


def test_what_was_sealed_under_a_key_that_is_gone_stays_shut(settings):
    sealed = sealing.seal("x")
    settings.SECRET_KEY = "z" * 60
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed)


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"])
def test_pages_are_in_our_design(fresh, lead_user, name):
    text = fresh(lead_user).get(reverse(name)).content.decode()
    assert "css/tokens.css" in text and "page--narrow" in text
