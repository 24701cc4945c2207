"""The demo clinic as it is in the database, loaded once for all of these tests."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.access import Perm
from accounts.models import Team, User
from amendments.models import AmendmentRequest
from audit.models import AuditEvent, StatusHistory
from demo import staff
from equipment.models import EquipmentItem, EquipmentLog
from mobility import catalogue
from mobility.models import MobilityScore
from patients.models import CareTeamMember, Patient, RegistrationCheck
from patients.vocabulary import ChartStatus, MobilityStatus
from sessions_notes.models import FollowUp, NoteDraft, SessionNote, SessionNoteVersion

# pytest-django makes a database only where some test is marked.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def output(django_db_setup, django_db_blocker):
    """Load in a transaction that is rolled back after the last test; returns what the command said."""
    with django_db_blocker.unblock(), transaction.atomic():
        text = io.StringIO()
        call_command("load_demo", yes_this_is_a_demo=True, stdout=text, verbosity=0)
        yield text.getvalue()
        transaction.set_rollback(True)


def user(username):
    return User.objects.get(username=username)


def test_it_says_who_can_sign_in_and_how(output):
    for member in staff.STAFF:
        assert f"\n{member.username}" in output
    assert f"\nPassword: {staff.PASSWORD}\n" in output


def test_a_second_time_does_nothing_and_says_so():
    before = Patient.objects.count(), AuditEvent.objects.count()
    text = io.StringIO()
    call_command("load_demo", yes_this_is_a_demo=True, stdout=text, verbosity=0)
    assert text.getvalue().startswith("The demo clinic is loaded already.\n")
    assert f"\nPassword: {staff.PASSWORD}\n" in text.getvalue()
    assert (Patient.objects.count(), AuditEvent.objects.count()) == before


def test_the_deferred_rules_of_the_database_hold():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_it_is_as_large_as_promised():
    assert Team.objects.count() == 2
    assert Patient.objects.count() == 72
    assert Patient.objects.filter(date_of_birth=None).count() >= 2
    assert MobilityScore.objects.count() > 600
    assert SessionNote.objects.count() > 500
    assert EquipmentLog.objects.loans().count() > 70
    assert Patient.objects.of_therapist(user("therapist.1")).count() == 14
    newest, oldest = SessionNote.objects.newest_first().first(), SessionNote.objects.newest_first().last()
    assert newest.session_date - oldest.session_date > dt.timedelta(days=180)


def test_three_requests_to_amend_one_open_one_overdue_one_disputed():
    ours = AmendmentRequest.objects.with_links().order_by("pk")
    found = {(one.state, bool(one.extended_to), one.days_over > 0, one.is_disagreed) for one in ours}
    assert found == {("open", False, False, False), ("open", True, True, False), ("denied", False, False, True)}


def test_everybody_can_sign_in_but_who_waits():
    hashes = set(User.objects.values_list("password", flat=True))
    assert len(hashes) == 1
    assert user("therapist.3").check_password(staff.PASSWORD)
    assert [u.username for u in User.objects.awaiting_approval()] == ["newcomer.1"]
    assert [u.username for u in User.objects.filter(is_staff=True)] == ["admin.1"]
    assert not User.objects.filter(is_superuser=True).exists()


def test_leads_lead_their_own_team_only():
    for lead, team in (("lead.north", "North"), ("lead.south", "South")):
        seen = Patient.objects.permitting(user(lead), Perm.REASSIGN)
        assert seen.count() == Patient.objects.filter(team__name=team).count() > 30
    assert not Patient.objects.permitting(user("admin.1"), Perm.VIEW).exists()
    assert not Patient.objects.permitting(user("auditor.1"), Perm.VIEW).exists()


def test_every_kind_of_chart_and_every_level_is_there():
    charts = dict(Patient.objects.values_list("chart_status").annotate(n=Count("pk")))
    assert set(charts) == set(ChartStatus.values)
    levels = set(Patient.objects.open_charts().values_list("mobility_status", flat=True))
    assert levels == set(MobilityStatus.values)
    new = Patient.objects.open_charts().filter(created_at__gt=timezone.now() - dt.timedelta(days=12))
    assert new.annotate(n=Count("mobility_scores")).filter(n=0).exists()


def test_the_dashboard_has_news_of_both_kinds():
    since = timezone.now() - dt.timedelta(days=7)
    changes = StatusHistory.objects.of_type("mobility_status").changes().filter(effective_at__gte=since)
    for team in ("North", "South"):
        assert changes.improved().filter(patient__team__name=team).count() >= 2
        assert changes.declined().filter(patient__team__name=team).exists()


def test_each_status_is_the_last_of_an_unbroken_history():
    rows = StatusHistory.objects.of_type("mobility_status").order_by("patient", "revision")
    last = {}
    for row in rows:
        assert row.from_value == last.get(row.patient_id, "")
        assert row.change_reason
        last[row.patient_id] = row.to_value
    assert last == dict(Patient.objects.values_list("pk", "mobility_status"))


def test_scores_fit_the_status_of_the_time():
    """Nobody who is hoisted walks, nobody independent scores like somebody who is hoisted."""
    reach = {"hoist": (0, 20), "independent": (95, 100)}
    for status, (low, high) in reach.items():
        found = MobilityScore.objects.live().filter(score_type="barthel_index", patient__mobility_status=status)
        moved = StatusHistory.objects.of_type("mobility_status").changes()
        moved = moved.filter(
            patient=OuterRef("patient"), effective_at__gt=OuterRef("occurred_at") + dt.timedelta(hours=1)
        )
        values = list(found.filter(~Exists(moved)).values_list("score_value", flat=True))
        assert values
        assert all(low <= value <= high for value in values), (status, values)


def test_scores_can_be_compared_and_are_legal():
    for score in MobilityScore.objects.all():
        instrument = catalogue.get(score.score_type)
        assert instrument.version == score.instrument_version
        instrument.clean_value(score.score_value)


def test_one_score_was_wrong_and_is_corrected():
    wrong = MobilityScore.objects.in_error().get()
    assert wrong.corrections.get().score_value != wrong.score_value


def test_nothing_happens_after_a_death_but_that_things_come_back():
    dead = Patient.objects.filter(chart_status=ChartStatus.DECEASED)
    assert dead.count() == 3
    for patient in dead:
        after = Q(occurred_at__date__gt=patient.deceased_on)
        assert not patient.mobility_scores.filter(after).exists()
        assert not patient.session_notes.filter(after).exists()
        assert not patient.equipment_logs.filter(checked_out_at__date__gt=patient.deceased_on).exists()
        assert patient.status_history.filter(effective_at__date__gt=patient.deceased_on).count() == 1
    assert EquipmentLog.objects.for_patients(dead).out().exists()


def test_archived_charts_took_nothing_after_they_were_archived():
    for patient in Patient.objects.filter(chart_status=ChartStatus.ARCHIVED):
        closed = patient.status_history.get(to_value=ChartStatus.ARCHIVED).created_at
        for rows in (patient.mobility_scores, patient.session_notes, patient.follow_ups):
            assert not rows.filter(created_at__gt=closed).exists()
        assert not patient.follow_ups.open().exists()
        assert not patient.equipment_logs.out().exists()


def test_what_is_out_is_out_once_and_the_register_says_so():
    out = EquipmentLog.objects.out()
    assert set(out.values_list("item", flat=True)) == set(
        EquipmentItem.objects.having("checked_out").values_list("pk", flat=True)
    )
    assert out.count() == len(set(out.values_list("item", flat=True))) > 20
    assert out.overdue(timezone.localdate()).count() >= 5
    statuses = EquipmentItem.objects.status_counts()
    assert {"in_stock", "checked_out", "in_repair", "lost", "retired"} == set(statuses)
    assert EquipmentItem.objects.filter(serial_number__in=["WC-0417", "TB-0093"]).exists()


def test_follow_ups_are_open_overdue_and_resolved():
    follow_ups, today = FollowUp.objects.all(), timezone.localdate()
    assert follow_ups.open().count() > 15
    assert 4 <= follow_ups.overdue(today).count() < follow_ups.open().count()
    assert follow_ups.filter(resolved_at__isnull=False).count() > 80
    assert not follow_ups.filter(resolved_at__lt=F("created_at")).exists()


def test_rows_are_stamped_in_the_past_and_in_order():
    start_of_today = timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time()))
    for model in (Patient, MobilityScore, SessionNote, EquipmentLog, EquipmentItem, StatusHistory, CareTeamMember):
        assert not model.objects.filter(created_at__gte=start_of_today).exists(), model
    assert not SessionNote.objects.filter(created_at__lt=F("occurred_at")).exists()
    assert not MobilityScore.objects.filter(created_at__lt=F("occurred_at")).exists()
    assert not SessionNoteVersion.objects.filter(saved_at__gte=start_of_today).exists()
    history = MobilityScore.history.model.objects
    assert not history.filter(history_date__gte=start_of_today).exists()
    assert not history.filter(history_user=None).exists()


def test_a_draft_a_check_covers_and_helpers_are_there():
    draft = NoteDraft.objects.get()
    assert draft.author == user("therapist.1")
    check = RegistrationCheck.objects.get()
    assert check.asked_by.username == "therapist.4"
    assert check.match.team.name == "North"
    assert check.match in Patient.objects.permitting(user("lead.north"), Perm.REASSIGN)
    today = timezone.localdate()
    covers = CareTeamMember.objects.filter(role="covering", starts_on__lte=today, ends_on__gte=today)
    assert covers.count() >= 4
    assert covers.filter(user__username="therapist.1").exists()
    for helper in ("assistant.1", "student.1"):
        assert 2 <= Patient.objects.permitting(user(helper), Perm.VIEW).count() < 20
    assert SessionNote.objects.filter(needs_cosignature=True, author__username="assistant.1").exists()
    assert SessionNote.objects.filter(version=2).count() == 1


def test_pages_of_the_demo_open(client, settings):
    settings.OT_REQUIRE_SECOND_FACTOR = "none"
    for username, path in (("therapist.1", "/caseload/"), ("lead.south", "/dashboard/"), ("assistant.1", "/caseload/")):
        client.force_login(user(username), backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(path).status_code == 200
    client.force_login(user("therapist.1"), backend="allauth.account.auth_backends.AuthenticationBackend")
    for patient in Patient.objects.of_therapist(user("therapist.1")):
        assert client.get(f"/patients/{patient.pk}/").status_code == 200
