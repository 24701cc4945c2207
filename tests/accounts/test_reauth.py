"""Showing again who one is before a sensitive act."""

import datetime as dt

import pytest
from django.test import Client

from accounts import reauth
from accounts.access import patient_view
from accounts.models import KeptForm, Session, User
from accounts.permissions import Perm
from audit.models import AuditEvent
from tests.accounts.factors import code, give_app
from tests.conftest import as_if_signed_in
from tests.factories import PASSWORD, UserFactory

LATER = dt.timedelta(minutes=6)


@pytest.fixture(autouse=True)
def at_ten(time_machine):
    time_machine.move_to("2026-11-21T10:00:00Z", tick=False)


@pytest.fixture
def amara(team) -> User:
    return UserFactory(username="amara", team=team, raw_password=PASSWORD)


@pytest.fixture
def inside(client, amara) -> Client:
    client.post("/accounts/login/", {"login": "amara", "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    "path",
    ["/account/second-factor/app/", "/account/second-factor/passkeys/add/", "/account/sessions/end/"],
)
def test_sensitive_pages_ask_when_the_last_time_is_long_ago(inside, amara, time_machine, path):
    method = inside.post if path.endswith("end/") else inside.get
    assert "/account/confirm/" not in getattr(method(path), "url", "")
    time_machine.shift(LATER)
    assert method(path).url.startswith("/account/confirm/?next=")
    wrong = inside.post(f"/account/confirm/?next={path}", {"password": "wrong"})
    assert wrong.status_code == 422
    assert inside.post("/account/confirm/", {"password": PASSWORD, "next": path}).url == path
    assert "/account/confirm/" not in getattr(method(path), "url", "")
    found = AuditEvent.objects.filter(event_type__startswith="account.").order_by("pk")
    assert [*found.values_list("event_type", flat=True)][:3] == [
        "account.signed_in", "account.sign_in_refused", "account.reauthenticated",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["/account/second-factor/app/remove/", "/account/second-factor/codes/make/", "/account/second-factor/codes/"],
)
def test_taking_it_away_and_recovery_codes_ask_too(client, amara, time_machine, path):
    from tests.accounts.factors import recovery_codes

    give_app(amara)
    recovery_codes(amara)
    client.force_login(amara, backend="allauth.account.auth_backends.AuthenticationBackend")
    as_if_signed_in(client, amara)
    time_machine.shift(LATER)
    for method in (client.get, client.post):
        response = method(path)
        assert response.status_code == 405 or response.url.startswith("/account/confirm/"), path
    assert client.post(f"/account/confirm/code/?next={path}", {"code": code()}).url == path
    assert client.get(path).status_code == 200


def test_changing_the_password_asks_for_the_present_one(inside, time_machine):
    time_machine.shift(LATER)
    new = "four words of something else"
    data = {"oldpassword": "wrong", "password1": new, "password2": new}
    assert inside.post("/account/password/", data).status_code == 422
    assert inside.post("/account/password/", data | {"oldpassword": PASSWORD}).status_code == 302


def test_the_admin_asks_before_a_password_is_set_or_a_second_factor_reset(
    client, sign_in, admin_user, amara, time_machine
):
    give_app(amara)
    sign_in(admin_user)
    time_machine.shift(LATER)
    assert client.get(f"/admin/accounts/user/{amara.pk}/password/").url.startswith("/account/confirm/")
    assert client.get(f"/admin/accounts/user/{amara.pk}/change/").status_code == 200
    time_machine.shift(2 * LATER)
    assert client.get(f"/admin/accounts/user/{amara.pk}/change/").url.startswith("/account/confirm/")
    assert client.get("/admin/accounts/user/add/").url.startswith("/account/confirm/")
    data = {"action": "reset_second_factor", "_selected_action": [amara.pk], "index": "0"}
    assert client.post("/admin/accounts/user/", data).url.startswith("/account/confirm/")
    before = User.objects.get(pk=amara.pk).password
    new = "four words of something else"
    client.post(f"/admin/accounts/user/{amara.pk}/password/", {"password1": new, "password2": new})
    assert User.objects.get(pk=amara.pk).password == before
    assert not KeptForm.objects.exists()


def test_ones_place_is_kept_but_no_address_elsewhere(inside, time_machine):
    time_machine.shift(LATER)
    for elsewhere in ("https://evil.example/", "//evil.example"):
        assert inside.post("/account/confirm/", {"password": PASSWORD, "next": elsewhere}).url == "/"


def test_a_form_that_asks_too_late_comes_back(rf, therapist, patient, sign_in):
    """The marker for break-glass, exports and the like."""
    called = []

    @patient_view(Perm.VIEW)
    @reauth.recently_authenticated(max_age=60)
    def export(request, patient):
        called.append(patient)

    request = rf.post(f"/patients/{patient.pk}/status/", {"reason": "Ambulance", "password": "x"})
    request.user, request.session = therapist, sign_in(therapist).session
    request.session["account_authentication_methods"][0]["at"] -= 61
    response = export(request, patient_id=patient.pk)
    assert response.url.startswith("/account/confirm/?next=")
    assert called == []
    assert KeptForm.objects.get().account == therapist
    assert request.session["kept"] == [f"/patients/{patient.pk}/status/"]


def test_ending_other_sessions_needs_a_fresh_look(inside, amara, time_machine):
    other = Client()
    other.post("/accounts/login/", {"login": "amara", "password": PASSWORD})
    time_machine.shift(LATER)
    inside.post("/account/sessions/end/")
    assert Session.objects.filter(account=amara).count() == 2
