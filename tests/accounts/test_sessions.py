"""Sessions: how they end, what keeps them alive, where one is signed in, and what comes back after signing in again."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts import kept, services, sessions
from accounts.models import KeptForm, Session, User
from accounts.roles import Role
from audit.models import AuditEvent
from patients.models import Patient
from tests.factories import PASSWORD, UserFactory

SIGN_IN = "/accounts/login/"
SCRIPT = {"Sec-Fetch-Mode": "cors"}


@pytest.fixture(autouse=True)
def at_ten(time_machine):
    time_machine.move_to("2026-11-21T10:00:00Z", tick=False)


@pytest.fixture
def amara(team) -> User:
    return UserFactory(username="amara", team=team, raw_password=PASSWORD)


def enter(client, user, **more):
    return client.post(SIGN_IN, {"login": user.username, "password": PASSWORD, **more}, headers={"user-agent": "Firefox/1 Windows"})  # fmt: skip


def is_in(client, **headers) -> bool:
    response = client.get("/account/", headers=headers)
    return response.status_code == 200 and "HX-Redirect" not in response.headers


def ends(name="account.session_timed_out"):
    return list(AuditEvent.objects.filter(event_type=name).values_list("actor__username", "details__after"))


# Idle.


def test_a_session_ends_after_fifteen_minutes_in_which_nothing_was_done(client, amara, time_machine):
    enter(client, amara)
    for _ in range(4):
        time_machine.shift(dt.timedelta(minutes=14, seconds=59))
        assert is_in(client)
    time_machine.shift(dt.timedelta(minutes=15, seconds=1))
    assert client.get("/caseload/?page=2").url == "/accounts/login/?next=/caseload/%3Fpage%3D2"
    assert not is_in(client), "and it does not come back"
    assert ends() == [("amara", "idle")]


def test_the_time_is_a_setting(client, amara, time_machine, settings):
    settings.OT_IDLE_SECONDS = 60
    enter(client, amara)
    time_machine.shift(dt.timedelta(seconds=61))
    assert not is_in(client)


@pytest.mark.parametrize(
    "headers",
    [SCRIPT, {"HX-Request": "true"}, {"HX-Request": "true", "Sec-Fetch-Mode": "cors"}, {"Sec-Fetch-Mode": "no-cors"}],
    ids=["fetch", "htmx", "htmx and fetch", "an image"],
)
def test_what_a_script_asks_for_by_itself_keeps_no_session_alive(client, amara, time_machine, headers):
    enter(client, amara)
    for _ in range(7):
        time_machine.shift(dt.timedelta(minutes=2))
        assert is_in(client, **headers)
        client.get("/account/time-left/", headers=headers)
    time_machine.shift(dt.timedelta(minutes=2))
    assert not is_in(client, **headers)


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Mode": "navigate"}, SCRIPT | {"X-Active": "1"}])
def test_a_page_opened_and_a_script_whose_user_is_there_do(client, amara, time_machine, headers):
    enter(client, amara)
    for _ in range(5):
        time_machine.shift(dt.timedelta(minutes=10))
        assert is_in(client, **headers)


def test_asking_how_long_there_is_left_makes_it_no_longer(client, amara, time_machine):
    enter(client, amara)
    for minutes in (0, 5, 5):
        time_machine.shift(dt.timedelta(minutes=minutes))
        response = client.get("/account/time-left/", headers=SCRIPT)
    assert (response.status_code, response["X-Seconds-Left"]) == (204, "300")
    assert client.get("/account/time-left/", headers=SCRIPT | {"X-Active": "1"})["X-Seconds-Left"] == "900"
    assert Client().get("/account/time-left/")["X-Seconds-Left"] == "0"


def test_being_there_is_written_once_a_minute_at_most(sign_in, therapist, time_machine):
    client = sign_in(therapist)

    def writes() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/account/")
        return sum(query["sql"].startswith('UPDATE "accounts_session"') for query in captured)

    assert writes() == 0
    time_machine.shift(dt.timedelta(seconds=59))
    assert writes() == 0
    time_machine.shift(dt.timedelta(seconds=2))
    assert [writes(), writes()] == [1, 0]


def test_a_slow_request_does_not_put_the_clock_back(sign_in, therapist, time_machine):
    client = sign_in(therapist)
    slow = client.session
    slow["x"] = 1
    time_machine.shift(dt.timedelta(minutes=10))
    client.get("/account/")
    slow.save()
    time_machine.shift(dt.timedelta(minutes=10))
    assert is_in(client)


# However busy.


def test_no_session_lives_longer_than_twelve_hours(client, amara, time_machine):
    enter(client, amara)
    for _ in range(71):
        time_machine.shift(dt.timedelta(minutes=10))
        assert is_in(client)
        session = client.session  # what messages and preferences do: saving must not make it longer either
        session["x"] = 1
        session.save()
    time_machine.shift(dt.timedelta(minutes=10, seconds=1))
    assert not is_in(client)
    assert ends() == [("amara", "longest")]


def test_a_new_key_does_not_make_it_longer(rf, amara):
    request = rf.get("/")
    store = sessions.SessionStore()
    request.session = store
    store["_auth_user_id"] = str(amara.pk)
    store.save()
    began = store.row.started_at
    store.cycle_key()
    store.save()
    row = Session.objects.get(account=amara)
    assert (row.started_at, row.expire_date) == (began, began + dt.timedelta(hours=12))


# Keys.


def test_the_key_in_the_cookie_is_not_in_the_database(client, amara):
    enter(client, amara)
    key = client.cookies["sessionid"].value
    assert not Session.objects.filter(session_key=key).exists()
    assert Session.objects.filter(session_key=sessions.row_key(key)).exists()
    client.cookies["sessionid"] = sessions.row_key(key)
    assert not is_in(client), "and what is in the database is no key"


def test_signing_in_again_over_ones_own_session_gives_a_new_key(client, amara):
    """Django keeps the key then."""
    from allauth.account.adapter import get_adapter
    from allauth.core import context

    enter(client, amara)
    before = client.session.session_key
    request = RequestFactory().post("/")
    request.session, request.user = client.session, amara
    with context.request_context(request):
        get_adapter(request).login(request, amara)
    assert request.session.session_key != before
    assert not request.session.exists(before)


@pytest.mark.parametrize("change", [{"role": Role.ASSISTANT}, {"is_superuser": True}, {"approved_at": None}])
def test_another_standing_gives_a_new_key_and_the_old_one_is_dead(client, amara, change):
    enter(client, amara)
    before = client.cookies["sessionid"].value
    User.objects.filter(pk=amara.pk).update(**change)
    client.get("/account/")
    after = client.cookies["sessionid"].value
    assert after != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert not is_in(thief)
    client.get("/account/")
    assert client.cookies["sessionid"].value == after, "once"


def test_cookies_are_kept_from_scripts_and_other_sites(client, amara):
    enter(client, amara)
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert not cookie["max-age"], "gone with the browser"


# Everywhere.


def test_one_sees_where_one_is_signed_in_and_ends_one_or_all_others(client, amara, therapist, sign_in):
    others = [Client(), Client()]
    stranger = Client()
    stranger.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    for other in others:
        enter(other, amara)
    enter(client, amara)
    page = client.get("/account/sessions/")
    assert page.content.decode().count("Firefox on Windows") >= 3
    assert page.content.decode().count("This browser") == 1
    mine = [row.pk for row in page.context["sessions"]]
    foreign = Session.objects.get(account=therapist).pk
    assert len(mine) == 3 and foreign not in mine
    here = sessions.row_key(client.cookies["sessionid"].value)
    for key in (foreign, here, "nonsense", "\N{PILE OF POO}"):
        client.post("/account/sessions/end/", {"session": key})
    assert is_in(stranger) and is_in(client) and all(map(is_in, others))
    client.post("/account/sessions/end/", {"session": sessions.row_key(others[0].cookies["sessionid"].value)})
    assert [is_in(other) for other in others] == [False, True]
    client.post("/account/sessions/end/")
    assert not is_in(others[1]) and is_in(client) and is_in(stranger)
    found = AuditEvent.objects.filter(event_type="account.sessions_ended")
    assert [(event.actor, event.details) for event in found] == [(amara, {"count": 1})] * 2


def test_switching_an_account_off_leaves_no_session_of_it(client, amara, admin_user):
    enter(client, amara)
    services.deactivate_account(account=amara, by=admin_user)
    assert not Session.objects.filter(account=amara).exists()


def test_signing_out_has_the_browser_forget(client, amara):
    enter(client, amara)
    response = client.post("/accounts/logout/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert "no-store" in response["Cache-Control"]
    assert not Session.objects.filter(account=amara).exists()


def test_no_page_of_somebody_signed_in_may_be_stored(client, amara, patient):
    enter(client, amara)
    for path in ("/", "/caseload/", "/account/", "/account/sessions/", "/equipment/", f"/patients/{patient.pk}/"):
        assert "no-store" in client.get(path)["Cache-Control"], path


def test_cleaning_up_records_sessions_that_ran_out_unseen_and_removes_what_has_served(client, amara, time_machine):
    enter(client, amara)
    enter(Client(), amara)
    time_machine.shift(dt.timedelta(minutes=16))
    enter(Client(), amara)
    call_command("clearsessions")
    assert ends() == [("amara", "idle")] * 2
    assert Session.objects.open_of(amara).count() == 1
    time_machine.shift(dt.timedelta(hours=13))
    call_command("clearsessions")
    call_command("clearsessions")
    assert len(ends()) == 3
    assert not Session.objects.filter(account=amara).exists()


def test_a_session_that_ran_out_is_recorded_once_however_many_ask(client, amara, time_machine):
    enter(client, amara)
    same = Client()
    same.cookies["sessionid"] = client.cookies["sessionid"].value
    time_machine.shift(dt.timedelta(hours=1))
    assert not is_in(client) and not is_in(same)
    assert len(ends()) == 1


# What was typed.


@pytest.fixture
def sid(client, patient, therapist):
    """The patient's therapist, signed in through the form."""
    therapist.set_password(PASSWORD)
    therapist.save()
    enter(client, therapist)
    return client


def status_path(patient) -> str:
    return f"/patients/{patient.pk}/status/"


def typed_status(client, patient) -> dict[str, str]:
    form = client.get(status_path(patient)).context["form"]
    return {
        "to": "hoist", "reason": "Knee gave way; two carers.", "seen_on": "20-Nov-2026", "seen_time": "09:15",
        "from_status": "assist_1", "form_token": str(form["form_token"].value()),
    }  # fmt: skip


def lapse(time_machine, minutes=16) -> None:
    time_machine.shift(dt.timedelta(minutes=minutes))


def values(form) -> dict[str, str]:
    return {name: str(form[name].value()) for name in ("to", "reason", "seen_on", "seen_time", "form_token")}


def test_a_form_sent_too_late_comes_back_filled_in_and_is_saved_once(sid, patient, therapist, time_machine):
    data = typed_status(sid, patient)
    lapse(time_machine)
    answer = sid.post(f"{status_path(patient)}?next=/caseload/", data)
    assert answer.status_code == 302 and answer.url.startswith("/accounts/login/?next=")
    assert Patient.objects.get().mobility_status == "assist_1"
    back = enter(sid, therapist, next=f"{status_path(patient)}?next=/caseload/").url
    page = sid.get(back)
    assert values(page.context["form"]) == {name: data[name] for name in values(page.context["form"])}
    assert "This is what you had typed by" in page.content.decode()
    assert sid.post(back, data).url == "/caseload/"
    assert Patient.objects.get().mobility_status == "hoist"
    assert not KeptForm.objects.exists()
    assert sid.get(status_path(patient)).context["form"].restored is None
    assert patient.status_history.changes().count() == 1


def test_from_a_dialog_the_form_comes_back_as_a_page(sid, patient, therapist, time_machine):
    data = typed_status(sid, patient)
    lapse(time_machine)
    chart = f"/patients/{patient.pk}/"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{chart}"}
    answer = sid.post(f"{status_path(patient)}?next={chart}", data, headers=headers)
    assert answer.status_code == 200
    assert answer["HX-Redirect"].startswith(f"/accounts/login/?next={status_path(patient)}")
    back = enter(sid, therapist, next=f"{status_path(patient)}?next={chart}").url
    assert sid.get(back).context["form"]["reason"].value() == data["reason"]


def test_nobody_else_at_the_same_browser_gets_it(sid, patient, therapist, cover, time_machine):
    data = typed_status(sid, patient)
    lapse(time_machine)
    sid.post(status_path(patient), data)
    cover.set_password(PASSWORD)
    cover.save()
    answer = enter(sid, cover, next=status_path(patient))
    assert answer.url == "/", "nor is somebody else led to where the first one was"
    page = sid.get(status_path(patient))
    assert page.status_code == 200
    assert data["reason"] not in page.content.decode()
    sid.post("/accounts/logout/")
    enter(sid, therapist)
    assert data["reason"] in sid.get(status_path(patient)).content.decode()


def test_it_lies_sealed_and_for_its_owner_and_its_form_alone(sid, patient, therapist, colleague, time_machine):
    data = typed_status(sid, patient)
    lapse(time_machine)
    sid.post(status_path(patient), data)
    row = KeptForm.objects.get()
    assert row.account == therapist and "Knee" not in row.sealed
    KeptForm.objects.filter(pk=row.pk).update(path=f"/patients/{patient.pk}/edit/")
    enter(sid, therapist)
    assert "Knee" not in sid.get(f"/patients/{patient.pk}/edit/").content.decode(), "moved in the database"
    assert not KeptForm.objects.exists()


def test_it_waits_for_twelve_hours(sid, patient, therapist, time_machine):
    data = typed_status(sid, patient)
    lapse(time_machine)
    sid.post(status_path(patient), data)
    lapse(time_machine, 12 * 60 + 1)
    enter(sid, therapist)
    assert sid.get(status_path(patient)).context["form"].restored is None
    call_command("clearsessions")
    assert not KeptForm.objects.exists()


def test_its_owner_can_throw_it_away(sid, patient, therapist, time_machine):
    data = typed_status(sid, patient)
    lapse(time_machine)
    sid.post(status_path(patient), data)
    enter(sid, therapist)
    answer = sid.post("/account/kept/discard/", {"path": status_path(patient), "next": status_path(patient)})
    assert answer.url == status_path(patient)
    assert sid.get(status_path(patient)).context["form"].restored is None
    assert not KeptForm.objects.exists()


def test_the_page_of_a_kept_form_is_refused_to_who_has_lost_the_chart(sid, patient, therapist, stranger, time_machine):
    data = typed_status(sid, patient)
    lapse(time_machine)
    sid.post(status_path(patient), data)
    User.objects.filter(pk=therapist.pk).update(role=Role.OBSERVER)
    enter(sid, therapist)
    assert sid.get(status_path(patient)).status_code == 403


def test_registration_survives_as_well(sid, therapist, time_machine):
    data = {"patient_id": "OT-9", "family_name": "Nováková", "given_names": "Eliška", "date_of_birth": "03-Mar-1948",
            "allergies": "Latex\nPenicillin", "primary_therapist": str(therapist.pk), "mobility_status": "hoist"}  # fmt: skip
    lapse(time_machine)
    sid.post("/patients/register/", data)
    enter(sid, therapist)
    form = sid.get("/patients/register/").context["form"]
    assert {name: str(form[name].value()) for name in data} == data
    assert sid.post("/patients/register/", data).status_code == 302


def test_a_note_sent_too_late_comes_back_as_well(sid, patient, therapist, time_machine):
    path = f"/patients/{patient.pk}/notes/write/"
    fresh = sid.get(path).context["form"]
    data = {"session_date": "21-Nov-2026", "session_type": "treatment", "note_text": "Kettle filled unaided.",
            "follow_up_needed": "no", "form_token": str(fresh["form_token"].value()), "draft_version": "0"}  # fmt: skip
    lapse(time_machine)
    sid.post(path, data)
    back = enter(sid, therapist, next=path).url
    page = sid.get(back, follow=True)
    assert page.context["form"]["note_text"].value() == data["note_text"]
    assert sid.post(path, data).status_code == 302
    assert patient.session_notes.get().author == therapist
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("path", ["/account/password/", "/account/confirm/", "/admin/accounts/user/add/", "/accounts/login/"])  # fmt: skip
def test_passwords_and_the_admin_are_never_kept(client, admin_user, time_machine, path):
    admin_user.set_password(PASSWORD)
    admin_user.save()
    enter(client, admin_user)
    lapse(time_machine)
    client.post(path, {"oldpassword": "a", "password1": "b", "password": "c", "username": "d", "login": "e"})
    assert not KeptForm.objects.exists()


def test_secret_fields_of_a_form_are_left_out(rf, patient, therapist):
    request = rf.post(status_path(patient), {"reason": "x", "password": "hunter2", "csrfmiddlewaretoken": "t"})
    request.user, request.session = therapist, {}
    assert kept.keep(request, therapist)
    request.session = {kept.IN_SESSION: [status_path(patient)]}
    request.path = status_path(patient)
    assert dict(kept.waiting(request).data) == {"reason": ["x"]}


def test_what_a_script_saves_by_itself_is_not_kept(sid, patient, time_machine):
    lapse(time_machine)
    answer = sid.post(f"/patients/{patient.pk}/notes/autosave/", {"note_text": "x"}, headers=SCRIPT)
    assert answer.status_code in {302, 404}
    assert not KeptForm.objects.exists()


def test_the_page_itself_hands_over_what_is_typed_as_its_time_runs_out(sid, patient, therapist, time_machine):
    data = typed_status(sid, patient)
    lapse(time_machine)
    sid.get("/account/time-left/", headers=SCRIPT)
    answer = sid.post("/account/keep/", data | {"kept_path": status_path(patient)}, headers=SCRIPT)
    assert answer.status_code == 204
    enter(sid, therapist)
    assert sid.get(status_path(patient)).context["form"]["reason"].value() == data["reason"]


def test_a_browser_that_was_never_signed_in_can_hand_over_nothing(client, patient, db):
    assert client.post("/account/keep/", {"kept_path": status_path(patient), "reason": "x"}).status_code == 403
    client.cookies["sessionid"] = "a" * 32
    assert client.post("/account/keep/", {"kept_path": status_path(patient), "reason": "x"}).status_code == 403
    assert client.post(status_path(patient), {"reason": "x"}).status_code == 302
    assert not KeptForm.objects.exists()


def test_nothing_is_kept_after_signing_out(sid, patient):
    data = typed_status(sid, patient)
    sid.post("/accounts/logout/")
    sid.post(status_path(patient), data)
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(
    "path", ["", "x", "//evil.example/", "/no/such/", "/accounts/login/", "/" + "x" * 400, "/\u0660/"]
)
def test_only_forms_of_this_site_are_kept(sid, path):
    sid.post("/account/keep/", {"kept_path": path, "reason": "x"}, headers=SCRIPT)
    assert not KeptForm.objects.exists()


def test_no_more_than_twenty_are_kept(sid, patient, therapist, rf):
    for number in range(25):
        sid.post("/account/keep/", {"kept_path": f"/patients/{patient.pk}/notes/{number}/edit/", "note_text": "x"})
    assert KeptForm.objects.count() == 20
    sid.post("/account/keep/", {"kept_path": status_path(patient), "reason": "x" * 600_000})
    assert not KeptForm.objects.filter(path=status_path(patient)).exists()


def test_other_pages_do_not_ask_for_what_is_kept(sid, patient, therapist, time_machine):
    data = typed_status(sid, patient)
    lapse(time_machine)
    sid.post(status_path(patient), data)
    enter(sid, therapist)
    with CaptureQueriesContext(connection) as captured:
        sid.get("/caseload/")
    assert not [query for query in captured if "keptform" in query["sql"]]
