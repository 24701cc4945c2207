"""Who may be what: approval, roles, leads, switching off, teams."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts import services
from accounts.models import Team, User
from accounts.permissions import Perm
from accounts.roles import Role
from audit.models import AuditEvent
from patients.models import Patient
from tests.factories import PASSWORD, TeamFactory, UserFactory


@pytest.fixture
def newcomer(db) -> User:
    return services.sign_up(username="new", email="new@clinic.example", display_name="Nell Comer", password=PASSWORD)


def events(kind: str) -> list[dict]:
    return list(AuditEvent.objects.filter(event_type=kind).values("actor", "target_id", "details"))


def sees(user: User, patient: Patient) -> bool:
    return Patient.objects.permitting(User.objects.get(pk=user.pk), Perm.VIEW).filter(pk=patient.pk).exists()


def test_approving_records_who_and_as_what(newcomer, team, admin_user):
    services.change_account(account=newcomer, changes={"role": Role.ASSISTANT, "team": team}, by=admin_user)
    account = services.approve_account(account=newcomer, by=admin_user)
    assert account.is_clinical
    assert account.approved_by == admin_user
    expected = {"actor": admin_user.pk, "target_id": str(newcomer.pk), "details": {"role": "assistant"}}
    assert events("account.approved") == [expected]


@pytest.mark.parametrize("role", ["therapist", "lead", "assistant", "observer"])
def test_nobody_treats_without_a_team(newcomer, admin_user, role):
    services.change_account(account=newcomer, changes={"role": role}, by=admin_user)
    with pytest.raises(ValidationError) as caught:
        services.approve_account(account=newcomer, by=admin_user)
    assert list(caught.value.message_dict) == ["team"]
    newcomer.refresh_from_db()
    assert not newcomer.is_approved


@pytest.mark.parametrize("role", ["auditor", "admin"])
def test_auditors_and_administrators_need_no_team(newcomer, admin_user, role):
    services.change_account(account=newcomer, changes={"role": role}, by=admin_user)
    assert services.approve_account(account=newcomer, by=admin_user).is_approved


def test_a_switched_off_account_is_not_approved_by_mistake(newcomer, team, admin_user):
    services.change_account(account=newcomer, changes={"team": team}, by=admin_user)
    services.deactivate_account(account=newcomer, by=admin_user)
    with pytest.raises(ValidationError, match="switched off"):
        services.approve_account(account=newcomer, by=admin_user)


def test_staff_status_follows_the_role_and_superuser_status_ends_with_it(admin_user, team):
    other = UserFactory(role=Role.ADMIN, is_superuser=True, team=team)
    assert other.is_staff
    account = services.change_account(account=other, changes={"role": Role.THERAPIST}, by=admin_user)
    account.refresh_from_db()
    assert (account.is_staff, account.is_superuser, account.is_clinical) == (False, False, True)


def test_a_change_names_the_fields_and_never_the_values(therapist, admin_user):
    services.change_account(
        account=therapist, changes={"display_name": "New Name", "email": therapist.email}, by=admin_user
    )
    assert [event["details"] for event in events("account.changed")] == [{"fields": ["display_name"]}]


def test_saving_without_a_difference_leaves_no_event(therapist, admin_user):
    services.change_account(account=therapist, changes={"role": therapist.role}, by=admin_user)
    assert events("account.changed") == []


def test_a_lead_who_moves_loses_the_old_teams_patients_and_gets_the_new_ones(patient, lead, other_team, admin_user):
    assert sees(lead, patient)
    services.change_account(account=lead, changes={"team": other_team}, by=admin_user)
    assert not sees(lead, patient)
    assert list(lead.groups.all()) == [other_team.lead_group]


def test_a_therapist_who_becomes_a_lead_sees_the_teams_patients(patient, colleague, admin_user):
    assert not sees(colleague, patient)
    services.change_account(account=colleague, changes={"role": Role.LEAD}, by=admin_user)
    assert sees(colleague, patient)
    services.change_account(account=colleague, changes={"role": Role.THERAPIST}, by=admin_user)
    assert not sees(colleague, patient)


def test_a_lead_switched_off_and_on_again_leads_the_same_team(patient, lead, admin_user):
    services.deactivate_account(account=lead, by=admin_user)
    assert not sees(lead, patient)
    assert not lead.groups.exists()
    services.reactivate_account(account=lead, by=admin_user)
    assert sees(lead, patient)


def test_nobody_switches_off_or_demotes_their_own_account(admin_user, team):
    with pytest.raises(ValidationError, match="your own account"):
        services.deactivate_account(account=admin_user, by=admin_user)
    with pytest.raises(ValidationError, match="your own account"):
        services.change_account(account=admin_user, changes={"role": Role.LEAD, "team": team}, by=admin_user)
    admin_user.refresh_from_db()
    assert admin_user.is_administrator


def test_an_administrator_switched_off_meanwhile_changes_nothing(admin_user, therapist):
    other = UserFactory(role=Role.ADMIN, team=None)
    services.deactivate_account(account=admin_user, by=other)
    with pytest.raises(ValidationError, match="has been switched off"):
        services.deactivate_account(account=other, by=admin_user)


def test_taken_names_are_told_by_field(newcomer, therapist, admin_user):
    for field in ("username", "email"):
        with pytest.raises(ValidationError) as caught:
            services.change_account(account=newcomer, changes={field: getattr(therapist, field).upper()}, by=admin_user)
        assert list(caught.value.message_dict) == [field]


def test_the_database_refuses_names_that_differ_in_case_alone(therapist):
    for field in ("username", "email"):
        with pytest.raises(IntegrityError), transaction.atomic():
            UserFactory(**{field: getattr(therapist, field).upper()})


def test_leads_of_other_teams_can_lead_a_team_as_well(patient, team, other_lead, admin_user):
    services.set_further_leads(team=team, leads=[other_lead], by=admin_user)
    assert sees(other_lead, patient)
    assert [event["details"] for event in events("team.leads_changed")] == [{"added": [other_lead.pk], "removed": []}]
    services.set_further_leads(team=team, leads=[], by=admin_user)
    assert not sees(other_lead, patient)


def test_further_leads_leave_the_teams_own_leads_alone(patient, team, lead, admin_user):
    services.set_further_leads(team=team, leads=[], by=admin_user)
    assert sees(lead, patient)


def test_only_leads_can_be_further_leads(team, stranger, admin_user):
    with pytest.raises(ValidationError):
        services.set_further_leads(team=team, leads=[stranger], by=admin_user)


def test_a_team_with_people_is_not_closed(team, therapist, admin_user):
    with pytest.raises(ValidationError, match="1 members"):
        services.change_team(team=team, name=team.name, is_active=False, by=admin_user)
    services.deactivate_account(account=therapist, by=admin_user)
    services.change_team(team=team, name=team.name, is_active=False, by=admin_user)
    with pytest.raises(ValidationError, match="closed"):
        services.reactivate_account(account=therapist, by=admin_user)


def test_a_name_that_a_team_gave_up_is_free_for_another(team, admin_user):
    services.change_team(team=team, name="East", is_active=True, by=admin_user)
    new = services.create_team(name="North", by=admin_user)
    team.lead_group.refresh_from_db()
    assert {team.lead_group.name, new.lead_group.name} == {"Leads of East", "Leads of North"}


def test_a_taken_team_name_is_told(team, admin_user):
    with pytest.raises(ValidationError) as caught:
        services.create_team(name="NORTH", by=admin_user)
    assert list(caught.value.message_dict) == ["name"]
    other = TeamFactory(name="West")
    with pytest.raises(ValidationError):
        services.change_team(team=other, name="north", is_active=True, by=admin_user)
    assert Team.objects.count() == 2


def test_the_first_administrator_is_made_on_the_command_line(db, client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, username="root.admin", email="Root@Clinic.example", verbosity=0)
    response = client.post("/accounts/login/", {"login": "root@clinic.example", "password": PASSWORD}, follow=True)
    assert response.redirect_chain == [("/", 302), ("/account/second-factor/", 302)]
    assert response.status_code == 200
    account = User.objects.get()
    assert not account.is_clinical
    made = AuditEvent.objects.get(event_type="account.created")
    assert (made.actor, made.target_id, made.details["from"]) == (None, str(account.pk), "command line")


def test_a_password_set_on_the_command_line_leaves_its_event_and_ends_the_sessions(sign_in, therapist, monkeypatch):
    client = sign_in(therapist)
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD)
    call_command("changepassword", username=therapist.username, stdout=io.StringIO())
    event = AuditEvent.objects.get(event_type="account.password_set")
    assert (event.actor, event.target_id) == (None, str(therapist.pk))
    therapist.refresh_from_db()
    assert therapist.check_password(PASSWORD)
    assert client.get("/account/").status_code == 302
