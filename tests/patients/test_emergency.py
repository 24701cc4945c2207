"""Break-glass: who may, what it opens and for how long, who is told, and the review."""

import datetime as dt
import re
import threading

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import Perm
from accounts.limits import unlock
from accounts.models import Lockout, User
from accounts.roles import Role
from audit.models import AuditEvent
from audit.rights import rights_of
from patients import services
from patients.errors import NotEligible, StatusUnchanged
from patients.models import AccessRequest, EmergencyAccess, Patient, PatientUserPermission
from tests.factories import PASSWORD, UserFactory, make_patient

OPEN = "/emergencies/open/"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def outsider(other_team):
    """A therapist of another team, with a password."""
    return UserFactory(username="outsider", display_name="Ola Nordmann", team=other_team, raw_password=PASSWORD)


def typed(**fields):
    return {
        "patient_id": "OT-PLANTED-1", "date_of_birth": "31-Jan-1950", "reason_kind": "risk", "reason": "Fell on the stairs",
        "password": PASSWORD,
    } | fields  # fmt: skip


def open_chart(patient, user, **fields):
    return services.open_emergency(patient=patient, reason_kind="risk", reason="Fell", by=user, **fields)


def words(response):
    """The page without what differs by request."""
    text = re.sub(r'[0-9a-f-]{36}|csrfmiddlewaretoken" value="\w+|X-CSRFToken": "\w+', "", response.content.decode())
    return re.sub(r'value="[^"]*"', "", text)


def test_an_emergency_opens_one_chart_with_its_banner(sign_in, patient, therapist, outsider):
    other = make_patient(therapist)
    client = sign_in(outsider)
    assert client.get(f"/patients/{patient.pk}/").status_code == 404
    response = client.post(OPEN, typed(patient_id=" ot-planted-1 "))
    assert response.status_code == 302 and response.url == f"/patients/{patient.pk}/"
    for page in ("", "notes/", "scores/", "equipment/", "history/", "notes/write/"):
        content = client.get(f"/patients/{patient.pk}/{page}").content.decode()
        assert "Emergency access" in content and "End now" in content and "Ola Nordmann, until" in content
    assert client.get(f"/patients/{other.pk}/").status_code == 404
    access = EmergencyAccess.objects.get()
    assert (access.user, access.patient, access.reason, access.ends_at - access.starts_at) == (
        outsider, patient, "Fell on the stairs", 60 * MINUTE
    )  # fmt: skip


def test_it_lets_read_and_add_and_nothing_more(sign_in, patient, outsider):
    open_chart(patient, outsider)
    assert Patient.objects.held_by(outsider, patient.pk)[1] == {Perm.VIEW, Perm.ADD}
    client = sign_in(outsider)
    assert client.get(f"/patients/{patient.pk}/scores/record/").status_code == 200
    for page in ("edit/", "status/", "care-team/add/", "hand-over/", "chart-status/"):
        assert client.get(f"/patients/{patient.pk}/{page}").status_code == 403


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.OBSERVER, Role.AUDITOR, Role.ADMIN])
def test_other_roles_have_no_emergencies(sign_in, patient, team, role):
    user = UserFactory(role=role, team=team)
    with pytest.raises(NotEligible):
        open_chart(patient, user)
    assert sign_in(user).post(OPEN, typed()).status_code == 404
    assert not EmergencyAccess.objects.exists()


@pytest.mark.parametrize(
    ("seconds", "is_open"), [(0, True), (59 * 60 + 59, True), (60 * 60, False), (60 * 60 + 1, False)]
)
def test_it_ends_to_the_second_everywhere(sign_in, patient, outsider, time_machine, seconds, is_open):
    time_machine.move_to("2026-11-20 23:30:00Z", tick=False)  # over midnight, in the clinic as well
    open_chart(patient, outsider)
    time_machine.shift(seconds)
    client = sign_in(outsider)
    assert (client.get(f"/patients/{patient.pk}/").status_code == 200) is is_open
    written = client.post(f"/patients/{patient.pk}/scores/record/", {})
    assert written.status_code == (422 if is_open else 404)
    assert Patient.objects.permitting(outsider, Perm.VIEW).filter(pk=patient.pk).exists() is is_open
    assert (Patient.objects.held_by(outsider, patient.pk) is not None) is is_open


def test_what_somebody_lost_while_the_emergency_lasted_stays_lost(patient, outsider):
    open_chart(patient, outsider)
    User.objects.filter(pk=outsider.pk).update(role=Role.OBSERVER)
    assert Patient.objects.held_by(User.objects.get(pk=outsider.pk), patient.pk)[1] == {Perm.VIEW}
    User.objects.filter(pk=outsider.pk).update(is_active=False)
    assert Patient.objects.held_by(User.objects.get(pk=outsider.pk), patient.pk) is None


def test_ending_it_closes_the_chart_at_once(sign_in, patient, outsider):
    open_chart(patient, outsider)
    client = sign_in(outsider)
    assert client.get(f"/patients/{patient.pk}/emergency/end/").status_code == 405
    assert client.post(f"/patients/{patient.pk}/emergency/end/").url == "/caseload/"
    assert client.get(f"/patients/{patient.pk}/").status_code == 404
    assert not PatientUserPermission.objects.filter(user=outsider).exists()
    access = EmergencyAccess.objects.get()
    assert (access.ended_by, access.is_running) == (outsider, False)
    assert AuditEvent.objects.filter(event_type="emergency.ended", patient=patient, actor=outsider).exists()


def test_a_second_one_while_the_first_lasts_is_the_first(patient, outsider, time_machine):
    first = open_chart(patient, outsider)
    assert open_chart(patient, outsider) == first
    time_machine.move_to(timezone.now() + 61 * MINUTE)
    assert open_chart(patient, outsider) != first
    assert Patient.objects.held_by(outsider, patient.pk)


def test_it_is_on_nobodys_caseload_and_easy_to_find_again(sign_in, patient, outsider):
    own = make_patient(outsider)
    open_chart(patient, outsider)
    client = sign_in(outsider)
    for address in (
        "/caseload/",
        "/caseload/?charts=all",
        "/caseload/?sort=status",
        "/caseload/?page=1&status=assist_1",
    ):
        response = client.get(address)
        assert [row.patient for row in response.context["rows"]] == [own]
        assert response.context["chips"][0].count == 1
        assert "Open to you in an emergency" in response.content.decode()
    assert client.post("/find/", {"q": "PLANTED"}).url == f"/patients/{patient.pk}/"


def test_a_cover_stands_beside_it_and_outlasts_it(patient, lead, outsider, time_machine):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    services.add_member(patient=patient, user=outsider, role="covering", by=lead, starts_on=tomorrow)
    open_chart(patient, outsider)
    assert Patient.objects.held_by(outsider, patient.pk)[0].emergency_until
    time_machine.move_to(timezone.now() + dt.timedelta(days=1))
    held = Patient.objects.held_by(outsider, patient.pk)
    assert (held[1], held[0].emergency_pk) == ({Perm.VIEW, Perm.ADD, Perm.CHANGE}, None)


def test_who_joins_the_care_team_meanwhile_sees_no_banner(patient, lead, outsider):
    open_chart(patient, outsider)
    member = services.add_member(patient=patient, user=outsider, role="observer", by=lead)
    found, perms = Patient.objects.held_by(outsider, patient.pk)
    assert (perms, found.emergency_pk) == ({Perm.VIEW, Perm.ADD}, None)
    services.end_membership(member=member, by=lead)
    assert Patient.objects.held_by(outsider, patient.pk)[0].emergency_pk, "the emergency itself is not over"


# Finding the chart


def test_nothing_is_looked_for_before_the_form_and_the_password_are_right(sign_in, patient, outsider, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    client = sign_in(outsider)
    for wrong in ({"reason": " "}, {"reason_kind": ""}, {"password": ""}, {"password": "wrong"}):
        pages, statements = [], []
        for pair in ({}, {"date_of_birth": "01-Feb-1950"}, {"patient_id": "NOBODY"}):
            with CaptureQueriesContext(connection) as asked:
                response = client.post(OPEN, typed(**wrong, **pair))
            assert response.status_code == 422
            assert not any("ot_key" in query["sql"] for query in asked)
            pages.append(words(response))
            statements.append(len(asked))
        if wrong != {"password": "wrong"}:  # each failure of a password takes another slot
            assert len(set(pages)) == len(set(statements)) == 1


def test_an_unknown_pair_is_answered_alike_whatever_is_wrong_with_it(sign_in, patient, outsider, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # the page says how long the session lasts
    client = sign_in(outsider)
    pages, statements = set(), []
    for pair in ({"date_of_birth": "01-Feb-1950"}, {"patient_id": "NOBODY"}, {"patient_id": "OT-PLANTED-2"}):
        with CaptureQueriesContext(connection) as asked:
            response = client.post(OPEN, typed(**pair))
        assert response.status_code == 422
        assert "No chart has this ID and this date of birth" in response.content.decode()
        assert PASSWORD not in response.content.decode()
        pages.add(words(response))
        statements.append(len(asked))
    assert len(pages) == len({*statements}) == 1
    events = AuditEvent.objects.filter(event_type="emergency.refused", actor=outsider)
    assert [(event.patient, event.details) for event in events] == [(None, {"why": "unknown"})] * 3


def test_a_chart_without_a_birth_date_cannot_be_found(sign_in, therapist, outsider):
    make_patient(therapist, patient_id="OT-UNBORN", date_of_birth=None)
    assert sign_in(outsider).post(OPEN, typed(patient_id="OT-UNBORN")).status_code == 422


def test_attempts_are_limited_and_the_refusal_says_nothing_of_the_chart(
    sign_in, patient, outsider, admin_user, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    client = sign_in(outsider)
    for _ in range(5):
        client.post(OPEN, typed(patient_id="NOBODY"))
    right, wrong = client.post(OPEN, typed()), client.post(OPEN, typed(patient_id="NOBODY"))
    assert "Too many attempts" in right.content.decode()
    assert words(right) == words(wrong)
    assert not EmergencyAccess.objects.exists()
    last = AuditEvent.objects.filter(event_type="emergency.refused").newest_first().first()
    assert last.details == {"why": "limit"}
    lockout = Lockout.objects.get()
    assert (lockout.scope, lockout.account, lockout.until) == ("emergency", outsider, timezone.now() + 15 * MINUTE)
    unlock(lockout=lockout, by=admin_user)
    assert "No chart has this" in client.post(OPEN, typed(patient_id="NOBODY")).content.decode()


def test_fifteen_attempts_in_a_day_are_the_end_for_a_working_day(sign_in, outsider, time_machine):
    for number in range(15):
        time_machine.move_to(timezone.now() + 16 * MINUTE * (number % 5 == 4), tick=False)
        sign_in(outsider).post(OPEN, typed(patient_id="NOBODY"))
    lockout = Lockout.objects.get(subject=f"account:{outsider.pk}:day")
    assert (lockout.account, lockout.until - lockout.started_at) == (outsider, 480 * MINUTE)


def test_wrong_passwords_lock_as_at_sign_in(sign_in, client, patient, outsider):
    inside = sign_in(outsider)
    for _ in range(5):
        assert "This is not your password" in inside.post(OPEN, typed(password="wrong")).content.decode()  # noqa: S106
    inside.post("/accounts/logout/")
    response = inside.post("/accounts/login/", {"login": "outsider", "password": PASSWORD})
    assert response.status_code != 302
    assert AuditEvent.objects.filter(event_type="account.password_refused", actor=outsider).count() == 5


def test_a_chart_that_is_ones_own_needs_no_emergency(sign_in, patient, therapist):
    therapist.set_password(PASSWORD)
    therapist.save()
    assert sign_in(therapist).post(OPEN, typed()).url == f"/patients/{patient.pk}/"
    assert not EmergencyAccess.objects.exists()


# Who is told, and the record


def test_therapist_and_lead_are_told_at_once_without_a_name(
    sign_in, patient, therapist, lead, outsider, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(outsider).post(OPEN, typed())
    assert sorted(message.to for message in mail.outbox) == [[lead.email], [therapist.email]]
    for message in mail.outbox:
        text = f"{message.subject} {message.body}".lower()
        assert not any(word in text for word in ("oluwaseun", "planted", "nordmann", "1950", str(patient.pk), "chart"))
    for who, address in ((therapist, "/caseload/"), (lead, "/caseload/"), (lead, "/dashboard/")):
        assert "A chart was opened in an emergency" in sign_in(who).get(address).content.decode()
    assert "OLUWASEUN" in sign_in(lead).get("/dashboard/").content.decode()


def test_nobody_else_is_told(sign_in, patient, lead, outsider, colleague, other_lead):
    open_chart(patient, outsider)
    for who in (colleague, other_lead, outsider):
        client = sign_in(who)
        assert "A chart was opened in an emergency" not in client.get("/caseload/").content.decode()
        assert "OLUWASEUN" not in client.get("/emergencies/").content.decode()


def test_a_mail_server_that_fails_keeps_no_chart_closed(
    sign_in, patient, therapist, outsider, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def broken(*args, **kwargs):
        raise OSError("no route to the mail server")

    monkeypatch.setattr("patients.services.emergencies.send_mail", broken)
    with django_capture_on_commit_callbacks(execute=True):
        assert sign_in(outsider).post(OPEN, typed()).status_code == 302


def test_every_event_of_the_chart_says_that_it_was_an_emergency(sign_in, patient, therapist, outsider):
    client = sign_in(outsider)
    client.post(OPEN, typed())
    access = EmergencyAccess.objects.get()
    client.get(f"/patients/{patient.pk}/notes/")
    client.post(f"/patients/{patient.pk}/scores/record/", {})
    client.get(f"/patients/{patient.pk}/edit/")
    kinds = {"chart.viewed", "chart.written", "chart.refused"}
    events = AuditEvent.objects.filter(actor=outsider, patient=patient, event_type__in=kinds)
    assert {event.event_type for event in events} == kinds
    assert {event.details["emergency"] for event in events} == {access.pk}
    opened = AuditEvent.objects.get(event_type="emergency.opened")
    assert (opened.patient, opened.target_id, opened.address) == (patient, str(access.pk), "127.0.0.1")
    sign_in(therapist).get(f"/patients/{patient.pk}/")
    assert "emergency" not in AuditEvent.objects.get(event_type="chart.viewed", actor=therapist).details


# The review


@pytest.mark.parametrize(("who", "status"), [("lead", 200), ("auditor", 200), ("other_lead", 404), ("therapist", 404)])
def test_who_may_review(request, sign_in, patient, outsider, who, status):
    access = open_chart(patient, outsider)
    client = sign_in(request.getfixturevalue(who))
    assert client.get(f"/emergencies/{access.pk}/").status_code == status
    sent = client.post(f"/emergencies/{access.pk}/", {"outcome": "justified", "review": "Spoke to the ward"})
    assert sent.status_code == (302 if status == 200 else 404)
    access.refresh_from_db()
    assert bool(access.reviewed_at) is (status == 200)


def test_a_review_needs_an_outcome_and_words(sign_in, patient, lead, outsider):
    access = open_chart(patient, outsider)
    response = sign_in(lead).post(f"/emergencies/{access.pk}/", {})
    assert response.status_code == 422
    assert "Choose the outcome" in response.content.decode() and "Enter what you found" in response.content.decode()


def test_closing_a_review_ends_what_still_lasts_and_is_said_once(sign_in, patient, lead, auditor, outsider):
    access = open_chart(patient, outsider)
    services.review_emergency(access=access, outcome="not_justified", review="No emergency", by=lead)
    assert Patient.objects.held_by(outsider, patient.pk) is None
    client = sign_in(auditor)
    again = client.post(f"/emergencies/{access.pk}/", {"outcome": "justified", "review": "Other words"})
    assert again.status_code == 409
    for words in ("Somebody else closed this review meanwhile", "No emergency", "Other words"):
        assert words in again.content.decode()
    access.refresh_from_db()
    assert (access.outcome, access.reviewed_by, access.ended_by) == ("not_justified", lead, lead)
    twice = sign_in(lead).post(f"/emergencies/{access.pk}/", {"outcome": "not_justified", "review": "No emergency"})
    assert twice.status_code == 302, "sent twice, closed once"
    assert "A chart was opened" not in sign_in(lead).get("/dashboard/").content.decode()


def test_nobody_reviews_their_own_even_as_a_lead_or_by_hand(sign_in, patient, team, outsider):
    access = open_chart(patient, outsider)
    outsider.role, outsider.team = Role.LEAD, team
    outsider.save()
    outsider.groups.add(team.lead_group)
    assert sign_in(outsider).get(f"/emergencies/{access.pk}/").status_code == 404
    with pytest.raises(NotEligible):
        services.review_emergency(access=access, outcome="justified", review="Fine", by=outsider)
    with pytest.raises(DatabaseError, match="emergency_reviewed_by_another"), transaction.atomic():
        EmergencyAccess.objects.filter(pk=access.pk).update(
            reviewed_at=timezone.now(), reviewed_by=outsider, outcome="justified", review="Fine"
        )


@pytest.mark.parametrize(
    "change",
    [
        {"ends_at": timezone.now() + dt.timedelta(hours=20)},
        {"reason": "Something else"},
        {"starts_at": timezone.now() - dt.timedelta(minutes=5)},
        {"reviewed_at": None, "reviewed_by": None, "outcome": "", "review": ""},
        {"outcome": "justified"},
        {"ended_at": None, "ended_by": None},
    ],
    ids=lambda change: "-".join(change),
)
def test_the_database_refuses_to_change_what_was_written(patient, lead, outsider, change):
    access = open_chart(patient, outsider)
    services.review_emergency(access=access, outcome="not_justified", review="No", by=lead)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        EmergencyAccess.objects.filter(pk=access.pk).update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM patients_emergencyaccess")


def test_the_database_refuses_a_long_one(patient, outsider):
    with pytest.raises(DatabaseError, match="emergency_is_short"), transaction.atomic():
        EmergencyAccess.objects.create(
            patient=patient, user=outsider, reason_kind="risk", reason="x",
            ends_at=timezone.now() + dt.timedelta(hours=25),
        )  # fmt: skip


def test_an_unreviewed_one_ages_visibly(sign_in, patient, lead, auditor, outsider, time_machine):
    open_chart(patient, outsider)
    opened = timezone.now()
    for days, text in ((0, "waits for less than a day"), (1, "waits for 1 day<"), (3, "waits for 3 days")):
        time_machine.move_to(opened + dt.timedelta(days=days, minutes=1))
        for who, address in ((lead, "/dashboard/"), (lead, "/emergencies/"), (auditor, "/emergencies/")):
            content = sign_in(who).get(address).content.decode()
            assert text in content
            assert ("Overdue:" in content) is (days >= 3)


def test_of_two_reviewers_at_once_one_is_first(transactional_db, patient, lead, auditor, outsider):
    access = open_chart(patient, outsider)
    start, told = threading.Barrier(2), []

    def review(by, words):
        start.wait()
        try:
            services.review_emergency(access=access, outcome="justified", review=words, by=by)
            told.append("closed")
        except StatusUnchanged:
            told.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=review, args=pair) for pair in ((lead, "Lead"), (auditor, "Auditor"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["closed", "too late"]
    access.refresh_from_db()
    assert (access.review, access.reviewed_by) in {("Lead", lead), ("Auditor", auditor)}
    assert AuditEvent.objects.filter(event_type="emergency.reviewed").count() == 1


def test_two_clicks_at_once_open_one(transactional_db, patient, outsider):
    start = threading.Barrier(2)

    def click():
        start.wait()
        try:
            open_chart(patient, outsider)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert EmergencyAccess.objects.count() == 1


def test_the_sites_role_may_not_delete_them():
    for model in (EmergencyAccess, AccessRequest):
        assert rights_of(model) == ("SELECT", "INSERT", "UPDATE")
