"""Signing up, in and out; passwords; what the entrance gives away and what it does not."""

import datetime as dt
import re
import threading

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts import limits, services
from accounts.entries import Scope
from accounts.models import User
from accounts.roles import Role
from audit.models import AuditEvent
from tests.factories import PASSWORD, UserFactory

SIGN_IN = "/accounts/login/"
SIGN_UP = "/accounts/signup/"
RESET = "/accounts/password/reset/"
NEW_PASSWORD = "seven purple otters hum"  # noqa: S105


@pytest.fixture
def member(team) -> User:
    return UserFactory(username="amara", email="amara@clinic.example", team=team, raw_password=PASSWORD)


def sign_up(client, **changes):
    data = {
        "username": "newcomer",
        "email": "New.Comer@clinic.example",
        "display_name": "Nell Comer",
        "credentials": "OTR/L",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    return client.post(SIGN_UP, data | changes)


def sign_in(client, login, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def is_signed_in(client) -> bool:
    return client.get("/account/").status_code == 200


# Sign-up.


def test_signing_up_makes_an_account_that_waits(client, db):
    response = sign_up(client)
    assert response.status_code == 302
    user = User.objects.get()
    assert (user.username, user.email, user.display_name, user.credentials) == (
        "newcomer", "new.comer@clinic.example", "Nell Comer", "OTR/L",
    )  # fmt: skip
    assert (user.is_approved, user.is_staff, user.is_superuser, user.team) == (False, False, False, None)
    assert user.password.startswith("argon2")
    page = client.get("/", follow=True)
    assert page.redirect_chain == [("/awaiting-approval/", 302)]
    assert b"waiting for approval" in page.content
    assert list(AuditEvent.objects.values_list("event_type", "actor")) == [
        ("account.signed_up", user.pk),
        ("account.signed_in", user.pk),
    ]


def test_an_account_that_waits_sees_its_own_pages_and_nothing_else(client, db, patient):
    sign_up(client)
    assert client.get("/account/").status_code == 200
    assert client.get("/account/password/").status_code == 200
    for path in ("/caseload/", "/dashboard/", "/admin/", f"/patients/{patient.pk}/"):
        response = client.get(path)
        assert (response.status_code, response.url) == (302, "/awaiting-approval/"), path


def test_approved_with_a_role_and_a_team_it_is_in(client, team, admin_user):
    sign_up(client)
    user = User.objects.get(username="newcomer")
    services.change_account(account=user, changes={"role": Role.THERAPIST, "team": team}, by=admin_user)
    services.approve_account(account=user, by=admin_user)
    assert client.get("/").url == "/caseload/"
    assert client.get("/awaiting-approval/").url == "/"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("username", "AMARA", "This username is taken"),
        ("username", "Admin", "This username is taken"),
        ("username", "someone@clinic.example", "Use letters, digits and . + - _ only"),
        ("username", "\N{FULLWIDTH LATIN SMALL LETTER A}mara", "This username is taken"),
        ("username", "x" * 151, "at most 150"),
        ("username", "", "Enter a username"),
        ("email", "AMARA@clinic.example", "An account has this email already"),
        ("email", "nonsense", "valid email"),
        ("email", f"{'x' * 60}@{'y' * 200}.example", "at most 254"),
        ("display_name", "x" * 151, "at most 150"),
        ("display_name", " ", "Enter your name"),
        ("credentials", "x" * 61, "at most 60"),
        ("password2", "something else entirely", "same password"),
        ("password1", "short passwrd", "at least 15"),
        ("password1", "password1234", "too common"),
        ("password1", "newcomer1234", "too similar to the username"),
        ("password1", "nell comer nell", "too similar to the display name"),
    ],
)
def test_a_rejected_sign_up_says_why_beside_the_field_and_keeps_what_was_typed(client, member, field, value, message):
    changes = {field: value} | ({"password2": value} if field == "password1" else {})
    response = sign_up(client, **changes)
    assert response.status_code == 422
    assert any(message in error for error in response.context["form"].errors[field]), response.context["form"].errors
    text = response.content.decode()
    assert "There is a problem" in text
    assert f'id="id_{field}_error"' in text
    if field != "display_name":
        assert 'value="Nell Comer"' in text
    assert PASSWORD not in text
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", ["username", "email"])
def test_two_sign_ups_at_once_with_one_name_make_one_account_and_one_message(settings, same):
    settings.ACCOUNT_RATE_LIMITS = {"signup": ""}  # its lock would keep them apart
    start = threading.Barrier(2)
    statuses = []

    def post(number: int) -> None:
        other = {"username": f"user{number}", "email": f"user{number}@clinic.example"}
        del other[same]
        start.wait()
        statuses.append(sign_up(Client(), **other).status_code)
        connections.close_all()

    threads = [threading.Thread(target=post, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [302, 422]
    assert User.objects.count() == 1


# Sign-in.


@pytest.mark.parametrize("login", ["amara", "AMARA", "amara@clinic.example", "Amara@Clinic.Example", " amara "])
def test_signing_in_by_username_or_email(client, member, login):
    assert sign_in(client, login).url == "/"
    assert is_signed_in(client)


def test_signing_in_gives_the_session_a_new_key(client, member):
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "before"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    sign_in(client, "amara")
    assert client.cookies["sessionid"].value != before
    assert not type(session)().exists(before)


def test_a_wrong_password_and_an_unknown_account_answer_alike(client, member):
    answers = set()
    for login in ("amara", "amara@clinic.example", "nobody", "nobody@clinic.example"):
        response = sign_in(client, login, "not the password")
        assert response.status_code == 422
        answers.add(
            re.sub(rf'value="{login}"|csrf\w+" value="\w+"|"X-CSRFToken": "\w+"', "", response.content.decode())
        )
    assert len(answers) == 1
    events = AuditEvent.objects.filter(event_type="account.sign_in_refused")
    assert events.count() == 4
    assert {(event.actor, str(event.details)) for event in events} == {(None, "{}")}


@pytest.mark.parametrize("login", ["amara", "amara@clinic.example", "nobody", "nobody@clinic.example"])
def test_every_refusal_hashes_one_password(client, member, login, monkeypatch):
    """Otherwise the time that an answer takes would tell whether there is an account."""
    hashed = []
    from django.contrib.auth.hashers import Argon2PasswordHasher

    for name in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher,
            name,
            lambda self, *a, _original=original, **k: hashed.append(1) or _original(self, *a, **k),
        )
    sign_in(client, login, "not the password")
    assert len(hashed) == 1


def test_after_five_failures_the_account_waits_even_with_the_right_password(client, member, time_machine):
    time_machine.move_to("2026-11-21T10:00:00Z", tick=False)
    for _ in range(5):
        assert sign_in(client, "amara", "wrong").status_code == 422
    response = sign_in(Client(), "amara")
    assert response.status_code == 422
    assert "Too many attempts" in response.content.decode()
    other = UserFactory(username="other", raw_password=PASSWORD)
    assert sign_in(Client(), other.username).status_code == 302
    time_machine.shift(dt.timedelta(seconds=301))
    assert sign_in(Client(), "amara").status_code == 302


def test_names_that_nobody_has_are_limited_alike(client, db):
    for _ in range(5):
        sign_in(client, "nobody", "wrong")
    assert "Too many attempts" in sign_in(client, "NOBODY ", "wrong").content.decode()


def test_one_address_may_fail_for_many_accounts_but_not_for_ever(client, member, settings, monkeypatch):
    monkeypatch.setitem(limits.BY_ADDRESS, Scope.PASSWORD, limits.Rule(3, limits.MINUTE, limits.MINUTE))
    for number in range(3):
        sign_in(client, f"nobody{number}", "wrong")
    assert "Too many attempts" in sign_in(client, "amara").content.decode()
    settings.OT_TRUSTED_PROXIES = 1
    response = client.post(
        SIGN_IN, {"login": "amara", "password": PASSWORD}, headers={"x-forwarded-for": "192.0.2.7, 192.0.2.9"}
    )
    assert response.status_code == 302, "another address behind the same proxy"


def test_a_reset_frees_an_account_that_was_locked(client, member):
    for _ in range(5):
        sign_in(client, "amara", "wrong")
    client.post(RESET, {"email": member.email})
    where = client.get(link_in(mail.outbox[0])).url
    client.post(where, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert sign_in(Client(), "amara", NEW_PASSWORD).status_code == 302


def test_signing_in_takes_few_queries(client, member, django_assert_max_num_queries):
    client.get(SIGN_IN)
    with django_assert_max_num_queries(18):
        sign_in(client, "amara")


def test_signing_in_leads_back_to_where_one_was_going_but_not_elsewhere(client, member):
    assert client.get("/caseload/").url == "/accounts/login/?next=/caseload/"
    assert 'name="next" value="/caseload/"' in client.get("/accounts/login/?next=/caseload/").content.decode()
    assert sign_in(client, "amara", next="/caseload/").url == "/caseload/"
    for elsewhere in (
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "http://[",
        "\\\\evil",
        "/\\evil",
    ):
        assert sign_in(Client(), "amara", next=elsewhere).url == "/", elsewhere


def test_a_switched_off_account_learns_so_only_with_the_right_password(client, member, admin_user):
    services.deactivate_account(account=member, by=admin_user)
    assert sign_in(client, "amara", "wrong").status_code == 422
    response = sign_in(client, "amara")
    assert response.url == "/accounts/inactive/"
    assert b"switched off" in client.get(response.url).content
    assert not is_signed_in(client)


def test_switching_off_ends_a_live_session_for_good(client, member, admin_user):
    sign_in(client, "amara")
    services.deactivate_account(account=member, by=admin_user)
    assert not is_signed_in(client)
    services.reactivate_account(account=member, by=admin_user)
    assert not is_signed_in(client), "the session from before does not come back"
    assert sign_in(Client(), "amara").status_code == 302


def test_signing_out_takes_a_post(client, member):
    sign_in(client, "amara")
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/accounts/logout/").url == SIGN_IN
    assert not is_signed_in(client)
    assert AuditEvent.objects.filter(event_type="account.signed_out", actor=member).count() == 1


def test_signing_out_needs_the_forms_token(member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post("/accounts/logout/").status_code == 403
    assert is_signed_in(client)


def test_an_expired_session_sends_htmx_to_sign_in_and_back_to_the_page(client, db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/caseload/?page=2"}
    response = client.get("/caseload/", headers=headers)
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/accounts/login/?next=/caseload/%3Fpage%3D2"


# Passwords.


def change_password(client, old=PASSWORD, new=NEW_PASSWORD):
    return client.post("/account/password/", {"oldpassword": old, "password1": new, "password2": new})


def test_changing_the_password_keeps_this_session_and_ends_the_others(client, member):
    other = Client()
    sign_in(client, "amara")
    sign_in(other, "amara")
    assert change_password(client).url == "/account/"
    assert is_signed_in(client)
    assert not is_signed_in(other)
    member.refresh_from_db()
    assert member.password.startswith("argon2")
    assert AuditEvent.objects.filter(event_type="account.password_changed", actor=member).count() == 1


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("wrong", NEW_PASSWORD, "oldpassword"),
        (PASSWORD, "short", "password1"),
        (PASSWORD, "amara.clinic.example", "password1"),
    ],
)
def test_a_rejected_change_of_password_changes_nothing(client, member, old, new, field):
    sign_in(client, "amara")
    response = change_password(client, old, new)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert sign_in(Client(), "amara").status_code == 302


def test_a_change_of_password_does_not_undo_what_an_administrator_did_meanwhile(client, member, admin_user):
    stale = User.objects.get(pk=member.pk)
    services.deactivate_account(account=member, by=admin_user)
    services.set_password(account=stale, password=NEW_PASSWORD, by=stale)
    member.refresh_from_db()
    assert not member.is_active


def link_in(message) -> str:
    return re.search(r"http://testserver(/\S+)", message.body)[1]


def test_a_reset_link_sets_a_new_password_once(client, member):
    live = Client()
    sign_in(live, "amara")
    assert client.post(RESET, {"email": "Amara@Clinic.example"}).url == "/accounts/password/reset/done/"
    (message,) = mail.outbox
    assert message.to == ["amara@clinic.example"]
    assert message.subject == "Set a new password for OT Tracker"
    assert "amara" in message.body
    assert not message.alternatives
    link = link_in(message)
    form = client.get(link, follow=True)
    assert form.status_code == 200
    where = form.redirect_chain[-1][0]
    assert "set-password" in where, "the key leaves the address, so that it cannot leak from there"
    assert client.post(where, {"password1": "short", "password2": "short"}).status_code == 422
    done = client.post(where, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert done.url == "/accounts/password/reset/key/done/"
    assert client.get(done.url).status_code == 200
    assert not is_signed_in(client), "setting a password does not sign in"
    assert not is_signed_in(live), "and ends every session"
    assert sign_in(Client(), "amara", NEW_PASSWORD).status_code == 302
    assert b"does not work" in Client().get(link).content
    assert AuditEvent.objects.filter(event_type="account.password_reset", actor=member).count() == 1


def test_reset_answers_alike_for_an_address_that_nobody_has(client, member):
    known = client.post(RESET, {"email": member.email}, follow=True)
    unknown = client.post(RESET, {"email": "nobody@clinic.example"}, follow=True)
    strip = r'"X-CSRFToken": "\w+"'
    assert known.redirect_chain == unknown.redirect_chain
    assert re.sub(strip, "", known.content.decode()) == re.sub(strip, "", unknown.content.decode())
    assert [m.to for m in mail.outbox] == [[member.email], ["nobody@clinic.example"]]
    assert "http" not in mail.outbox[1].body


def test_a_switched_off_account_gets_no_link_and_an_old_link_stops_working(client, member, admin_user):
    client.post(RESET, {"email": member.email})
    services.deactivate_account(account=member, by=admin_user)
    assert b"does not work" in client.get(link_in(mail.outbox[0])).content
    client.post(RESET, {"email": member.email})
    assert "http" not in mail.outbox[1].body


def test_a_former_address_gets_no_link_and_does_not_sign_in(client, member, admin_user):
    sign_in(client, "amara")
    services.change_account(account=member, changes={"email": "New@Clinic.example"}, by=admin_user)
    assert sign_in(Client(), "amara@clinic.example").status_code == 422
    assert sign_in(Client(), "new@clinic.example").status_code == 302
    client.post(RESET, {"email": "amara@clinic.example"})
    assert "http" not in mail.outbox[0].body


def test_the_packages_own_table_of_addresses_stays_empty(client, db):
    sign_up(client)
    change_password(client)
    Client().post(RESET, {"email": "new.comer@clinic.example"})
    Client().get(link_in(mail.outbox[0]))
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize(
    "key", ["1-x", "zzzzzzzzzzzzz-x", "1y2p0ij32e8e8-abc-def", "0-%F0%9F%92%A9", "1-a/b/c", "1-set-password"]
)
def test_links_that_nobody_was_sent_do_not_work(client, member, key):
    response = client.get(f"/accounts/password/reset/key/{key}/")
    assert response.status_code == 200
    assert b"This link does not work" in response.content


def test_a_mail_server_that_does_not_answer_is_said_alike_for_every_address(client, member, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for address in (member.email, "nobody@clinic.example"):
        response = client.post(RESET, {"email": address})
        assert response.status_code == 503
        assert "could not be sent" in response.content.decode()
    assert "@" not in caplog.text


def test_requests_that_ask_for_json_get_pages(client, member):
    for headers in ({"accept": "application/json"}, {"x-requested-with": "XMLHttpRequest"}):
        assert client.get(SIGN_IN, headers=headers)["Content-Type"].startswith("text/html")


def test_too_many_sign_ups_from_one_address_get_a_page_of_ours(client, db):
    for _ in range(20):
        assert client.post(SIGN_UP, {}).status_code == 422
    response = client.post(SIGN_UP, {})
    assert response.status_code == 429
    assert b"Too many attempts" in response.content


@pytest.mark.parametrize(
    "path",
    [
        "accounts/email/",
        "accounts/confirm-email/",
        "accounts/password/set/",
        "accounts/reauthenticate/",
        "accounts/",
        "accounts/login/code/confirm/",
    ],
)
def test_pages_of_the_package_that_we_do_not_use_are_not_there(client, member, path):
    sign_in(client, "amara")
    assert client.get(f"/{path}").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_signup",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
    ],
)
def test_every_page_of_the_entrance_is_in_our_design(client, db, name):
    text = client.get(reverse(name)).content.decode()
    assert 'class="page cq signin"' in text
    assert "css/tokens.css" in text
