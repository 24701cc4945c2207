"""Limits on attempts: who is locked, for how long, who sees it, who unlocks it, and what none of it gives away."""

import datetime as dt
import re
import threading

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import limits
from accounts.entries import Attempt, Lockout, Scope
from accounts.models import User
from audit.models import AuditEvent
from tests.factories import PASSWORD, UserFactory

SIGN_IN = "/accounts/login/"
RESET = "/accounts/password/reset/"


@pytest.fixture(autouse=True)
def at_ten(time_machine):
    time_machine.move_to("2026-11-21T10:00:00Z", tick=False)


@pytest.fixture
def amara(team) -> User:
    return UserFactory(username="amara", email="amara@clinic.example", team=team, raw_password=PASSWORD)


def enter(client, login="amara", password=PASSWORD, **headers):
    return client.post(SIGN_IN, {"login": login, "password": password}, headers=headers)


def fail(number=5, login="amara"):
    return [enter(Client(), login, "wrong") for _ in range(number)]


def is_locked(login="amara") -> bool:
    response = enter(Client(), login)
    return response.status_code == 422 and "Too many attempts" in response.content.decode()


def statements(run) -> list[str]:
    """What is asked of the database, without the values."""
    with CaptureQueriesContext(connection) as captured:
        run()
    return [re.sub(r"'[^']*'|\b\d+\b|curs_\w+", "?", query["sql"]) for query in captured]


def test_username_and_email_of_one_account_share_its_five_attempts(amara):
    fail(3, "AMARA ")
    fail(2, "Amara@Clinic.example")
    assert is_locked("amara") and is_locked("amara@clinic.example")


def test_an_account_that_is_locked_locks_neither_its_address_nor_anybody_else(amara, team):
    """A clinic of many people may share one address."""
    UserFactory(username="other", team=team, raw_password=PASSWORD)
    fail()
    assert is_locked()
    assert enter(Client(), "other").status_code == 302
    lockout = Lockout.objects.get()
    assert (lockout.subject, lockout.account) == (f"account:{amara.pk}", amara)


def test_each_lockout_is_longer_until_somebody_must_unlock(amara, time_machine):
    lengths = []
    for _ in range(20):
        fail()
        lockout = Lockout.objects.latest("pk")
        lengths.append(round((lockout.until - lockout.started_at).total_seconds() / 60))
        assert is_locked()
        if len(lengths) < 20:
            time_machine.shift(lockout.until - lockout.started_at + dt.timedelta(seconds=1))
    assert lengths[:8] == [5, 10, 20, 40, 80, 160, 240, 240]
    assert lengths[-1] > 60 * 24 * 365, "a hundred failures in a row"
    time_machine.shift(dt.timedelta(days=365))
    assert is_locked()


def test_a_success_begins_anew(amara, time_machine):
    fail()
    time_machine.shift(dt.timedelta(minutes=6))
    assert enter(Client()).status_code == 302
    fail()
    lockout = Lockout.objects.latest("pk")
    assert lockout.until - lockout.started_at == dt.timedelta(minutes=5)


def test_failures_far_apart_lock_nobody(amara, time_machine):
    for _ in range(20):
        fail(1)
        time_machine.shift(dt.timedelta(minutes=4))
    assert not is_locked()


def test_a_right_password_does_not_give_the_address_its_failures_back(amara, monkeypatch):
    monkeypatch.setitem(limits.BY_ADDRESS, Scope.PASSWORD, limits.Rule(6, limits.MINUTE, limits.MINUTE))
    for number in range(5):
        fail(1, f"guess{number}")
        assert enter(Client()).status_code == 302
    fail(1, "guess5")
    assert is_locked()
    assert Lockout.objects.get().subject == "address:127.0.0.1"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_tries_than_one_after_the_other(amara, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    tried = []
    original = Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda self, *a: tried.append(1) or original(self, *a))
    start = threading.Barrier(12)

    def guess() -> None:
        start.wait()
        enter(Client(), password="wrong")  # noqa: S106
        connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) <= 5
    assert Lockout.objects.count() <= 1


# What an answer gives away.


def test_known_and_unknown_accounts_take_the_same_statements_to_refuse(amara):
    def refused(login):
        return statements(lambda: enter(Client(), login, "wrong"))

    enter(Client(), "warm", "up")
    for known, unknown in (("amara", "nobody"), ("amara@clinic.example", "nobody@clinic.example")):
        for _ in range(2):
            assert refused(known) == refused(unknown)
    Attempt.objects.all().delete()
    Lockout.objects.all().delete()
    for _ in range(4):
        fail(1), fail(1, "nobody")
    assert len(refused("amara")) == len(refused("nobody")), "the one that locks"
    assert refused("amara") == refused("nobody"), "and the ones after it"


def test_known_and_unknown_addresses_take_the_same_statements_to_reset(amara, client):
    client.post(RESET, {"email": "warm@clinic.example"})
    known = statements(lambda: client.post(RESET, {"email": amara.email}))
    unknown = statements(lambda: client.post(RESET, {"email": "nobody@clinic.example"}))
    assert known == unknown
    assert len(mail.outbox) == 3


def test_too_many_resets_are_refused_alike(amara, client):
    for address in (amara.email, "nobody@clinic.example"):
        for _ in range(5):
            assert client.post(RESET, {"email": address}).status_code == 302
        response = client.post(RESET, {"email": address.upper()})
        assert response.status_code == 422
        assert "Too many attempts" in response.content.decode()
    assert len(mail.outbox) == 10
    assert not is_locked(), "asking for links locks nobody out"


def test_resets_from_one_address_have_an_end(db, client, monkeypatch):
    monkeypatch.setitem(limits.BY_ADDRESS, Scope.RESET, limits.Rule(3, limits.MINUTE, limits.MINUTE))
    for number in range(3):
        client.post(RESET, {"email": f"nobody{number}@clinic.example"})
    assert client.post(RESET, {"email": "another@clinic.example"}).status_code == 422


def test_what_was_typed_is_kept_nowhere(amara):
    fail(5, "My Secret Passphrase 1")
    rows = [str(vars(row)) for row in [*Attempt.objects.all(), *Lockout.objects.all(), *AuditEvent.objects.all()]]
    assert rows
    assert not any("secret" in row.lower() for row in rows)


# What administrators see and do.


def test_every_failure_and_lockout_is_in_the_audit_trail(amara):
    fail()
    is_locked()
    fail(5, "nobody")
    found = AuditEvent.objects.order_by("pk").values_list("event_type", "target_id", "details")
    me = str(amara.pk)
    refused = ("account.sign_in_refused", me, {})
    assert list(found)[:4] == [refused] * 4
    assert set(map(str, list(found)[4:6])) == {
        str(("account.locked_out", me, {"of": "account", "scope": "password", "minutes": 5})), str(refused),
    }  # fmt: skip
    assert list(found)[6] == ("account.sign_in_refused", me, {"locked": True})
    assert AuditEvent.objects.filter(event_type="account.locked_out", details__of="unknown name").count() == 1
    assert not AuditEvent.objects.exclude(actor=None).exists(), "who it was nobody knows"


def test_an_administrator_sees_lockouts_and_unlocks_one(client, sign_in, admin_user, amara):
    fail()
    fail(5, "nobody")
    sign_in(admin_user)
    page = client.get("/admin/accounts/lockout/").content.decode()
    assert amara.label in page and "No such account" in page
    assert "Until 21-Nov-2026" in client.get(f"/admin/accounts/user/{amara.pk}/change/").content.decode()
    lockout = Lockout.objects.get(account=amara)
    client.post("/admin/accounts/lockout/", {"action": "unlock", "_selected_action": [lockout.pk], "index": "0"})
    assert enter(Client()).status_code == 302
    event = AuditEvent.objects.get(event_type="account.unlocked")
    assert (event.actor, event.target_id, event.details) == (admin_user, str(amara.pk), {"scope": "password"})
    lockout.refresh_from_db()
    assert lockout.ended_by == admin_user
    for state in ("now", "over", "nonsense"):
        assert client.get("/admin/accounts/lockout/", {"state": state}).status_code in {200, 302}


def test_lockouts_can_be_neither_made_nor_changed_nor_deleted_by_hand(client, sign_in, admin_user, amara):
    fail()
    sign_in(admin_user)
    pk = Lockout.objects.get().pk
    for path in ("add/", f"{pk}/delete/"):
        assert client.get(f"/admin/accounts/lockout/{path}").status_code == 403
    client.post(f"/admin/accounts/lockout/{pk}/change/", {"scope": "code"})
    assert Lockout.objects.get().scope == "password"


def test_attempts_are_cleared_away(amara, time_machine):
    fail(4)
    time_machine.shift(dt.timedelta(days=2))
    call_command("clearsessions")
    assert not Attempt.objects.exists()


def test_guessing_the_password_from_inside_is_limited_too(client, amara):
    enter(client)
    for _ in range(5):
        client.post("/account/password/", {"oldpassword": "x", "password1": PASSWORD * 2, "password2": PASSWORD * 2})
    response = client.post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": PASSWORD * 2, "password2": PASSWORD * 2}
    )
    assert "Too many attempts" in response.content.decode()
    assert "Too many attempts" in client.post("/account/confirm/", {"password": PASSWORD}).content.decode()
