"""Django admin: for administrators, about accounts and teams, by the rules of the services."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from accounts import services
from accounts.models import Team, User
from accounts.roles import Role
from accounts.site import RoleAdmin
from audit.models import AuditEvent
from tests.factories import PASSWORD, UserFactory, make_patient

USERS = "/admin/accounts/user/"
TEAMS = "/admin/accounts/team/"


@pytest.fixture
def administrator(db) -> User:
    """By role alone: no superuser, no model permission."""
    return UserFactory(username="admin", display_name="Ada Ministrator", role=Role.ADMIN, team=None)


@pytest.fixture
def office(sign_in, administrator) -> Client:
    return sign_in(administrator)


@pytest.fixture
def newcomer(db) -> User:
    return services.sign_up(username="new", email="new@clinic.example", display_name="Nell Comer", password=PASSWORD)


def form_of(user: User, **changes):
    data = {
        "username": user.username,
        "display_name": user.display_name,
        "credentials": user.credentials,
        "email": user.email,
        "role": user.role,
        "team": user.team_id or "",
        "is_active": "on" if user.is_active else "",
    }
    data |= changes
    return {name: value for name, value in data.items() if value is not None and (name != "is_active" or value)}


def act(client, action, *users, **more):
    data = {"action": action, "_selected_action": [user.pk for user in users], "index": "0"}
    return client.post(USERS, data | more, follow=True)


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# Who may.


@pytest.mark.parametrize("who", ["therapist", "lead", "assistant", "viewer", "auditor"])
@pytest.mark.parametrize("path", ["/admin/", USERS, TEAMS, "/admin/login/", "/admin/jsi18n/"])
def test_to_everybody_else_the_admin_is_not_there(request, db, sign_in, who, path):
    assert sign_in(request.getfixturevalue(who)).get(path).status_code == 404


def test_superuser_status_without_the_role_does_not_open_it(sign_in, team):
    user = UserFactory(role=Role.THERAPIST, team=team, is_superuser=True)
    assert sign_in(user).get("/admin/").status_code == 404


@pytest.mark.parametrize("path", ["/admin/", USERS, f"{USERS}1/change/", f"{USERS}1/password/", "/admin/anything/"])
def test_signed_out_people_get_the_sites_own_sign_in(client, db, path):
    response = client.get(path)
    assert (response.status_code, response.url) == (302, f"/accounts/login/?next={path}")


def test_an_administrator_who_waits_for_approval_waits(sign_in, administrator):
    User.objects.update(approved_at=None)
    assert sign_in(administrator).get(USERS).url == "/awaiting-approval/"


def test_the_admins_own_sign_in_and_password_pages_lead_to_the_sites(office):
    assert office.get("/admin/login/").url == "/admin/"
    assert office.get("/admin/logout/").url == "/accounts/logout/"
    assert office.get("/admin/password_change/").url == "/account/password/"


def test_what_the_admin_holds():
    ours = {"accounts", "equipment", "mobility", "audit", "patients", "sessions_notes", "dashboards", "interchange"}
    registered = set(admin.site._registry)
    assert {User, Team} <= registered
    for model, model_admin in admin.site._registry.items():
        assert model._meta.app_label in ours, "Django's, guardian's and the accounts package's own tables stay out"
        assert isinstance(model_admin, RoleAdmin), model
        related = {field.related_model for field in model._meta.fields if field.related_model}
        assert apps.get_model("patients", "Patient") not in {model, *related}, "nothing of a patient"


def test_an_administrator_without_superuser_status_gets_every_page(office, newcomer, team):
    for path in (
        "/admin/", "/admin/accounts/", USERS, f"{USERS}add/", f"{USERS}{newcomer.pk}/change/",
        f"{USERS}{newcomer.pk}/password/", f"{USERS}{newcomer.pk}/history/", TEAMS, f"{TEAMS}add/",
        f"{TEAMS}{team.pk}/change/", f"{TEAMS}{team.pk}/history/", "/admin/jsi18n/",
    ):  # fmt: skip
        assert office.get(path).status_code == 200, path


def test_no_patient_is_named_anywhere_in_it(office, patient, therapist, team):
    for path in (USERS, f"{USERS}{therapist.pk}/change/", f"{TEAMS}{team.pk}/change/", "/admin/"):
        text = office.get(path).content.decode()
        assert "Oluwaseun" not in text and "OLUWASEUN" not in text and patient.patient_id not in text


def test_groups_and_permissions_are_nowhere_to_be_given(office, therapist):
    text = office.get(f"{USERS}{therapist.pk}/change/").content.decode()
    for name in ("is_superuser", "is_staff", "groups", "user_permissions"):
        assert f'name="{name}"' not in text
    office.post(f"{USERS}{therapist.pk}/change/", form_of(therapist, is_superuser="on", is_staff="on", groups=["1"]))
    therapist.refresh_from_db()
    assert (therapist.is_superuser, therapist.is_staff, therapist.groups.count()) == (False, False, 0)


def test_nothing_is_deleted_there(office, therapist, team):
    for path in (f"{USERS}{therapist.pk}/delete/", f"{TEAMS}{team.pk}/delete/"):
        assert office.post(path, {"post": "yes"}).status_code == 403
    assert "delete_selected" not in office.get(USERS).content.decode()


# Accounts.


def test_the_list_says_who_is_waiting_and_filters_and_searches(office, newcomer, therapist, administrator):
    def listed(query: str) -> set[str]:
        return {user.username for user in office.get(f"{USERS}?{query}").context["cl"].result_list}

    assert listed("") == {"new", "therapist", "admin"}
    assert listed("state=waiting") == {"new"}
    assert listed("state=in") == {"therapist", "admin"}
    services.deactivate_account(account=therapist, by=administrator)
    assert listed("state=off") == {"therapist"}
    assert listed("role__exact=admin") == {"admin"}
    assert listed(f"team__id__exact={therapist.team_id}") == {"therapist"}
    assert listed("q=comer") == listed("q=NEW@clinic") == {"new"}
    assert b"Awaiting approval" in office.get(USERS).content


def test_the_list_takes_the_same_number_of_queries_for_many(office, team, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as few:
        office.get(USERS)
    UserFactory.create_batch(30, team=team)
    with django_assert_max_num_queries(len(few)):
        office.get(USERS)


def test_role_team_and_approval_in_one_go(office, newcomer, team, administrator):
    page = f"{USERS}{newcomer.pk}/change/"
    response = office.post(page, form_of(newcomer, role="lead", team=team.pk, approve="on"))
    assert response.status_code == 302
    newcomer.refresh_from_db()
    assert (newcomer.role, newcomer.team, newcomer.is_approved) == ("lead", team, True)
    assert newcomer.approved_by == administrator
    assert list(newcomer.groups.all()) == [team.lead_group]
    kinds = list(AuditEvent.objects.filter(target_id=newcomer.pk).values_list("event_type", flat=True))
    assert kinds == ["account.signed_up", "account.changed", "account.approved"]
    assert LogEntry.objects.filter(object_id=str(newcomer.pk)).count() == 1
    assert b'name="approve"' not in office.get(page).content


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "therapist", "approve": "on"}, "team"),
        ({"username": "THERAPIST"}, "username"),
        ({"username": "a@b"}, "username"),
        ({"email": "Therapist@clinic.example"}, "email"),
        ({"display_name": ""}, "display_name"),
        ({"role": "emperor"}, "role"),
        ({"team": "999"}, "team"),
        ({"team": "x"}, "team"),
    ],
)
def test_a_rejected_change_says_why_beside_the_field(office, newcomer, therapist, changes, field):
    response = office.post(f"{USERS}{newcomer.pk}/change/", form_of(newcomer, **changes))
    assert response.status_code == 422
    assert list(response.context["adminform"].form.errors) == [field]
    newcomer.refresh_from_db()
    assert (newcomer.username, newcomer.is_approved) == ("new", False)


def test_unticking_active_switches_off_and_ticking_it_on(office, therapist):
    page = f"{USERS}{therapist.pk}/change/"
    office.post(page, form_of(therapist, is_active=""))
    therapist.refresh_from_db()
    assert not therapist.is_active
    office.post(page, form_of(therapist, is_active="on"))
    therapist.refresh_from_db()
    assert therapist.is_active
    kinds = list(AuditEvent.objects.filter(target_id=therapist.pk).values_list("event_type", flat=True))
    assert kinds == ["account.deactivated", "account.reactivated"]


@pytest.mark.parametrize("changes", [{"is_active": ""}, {"role": "auditor"}])
def test_administrators_cannot_lock_themselves_out(office, administrator, changes):
    response = office.post(f"{USERS}{administrator.pk}/change/", form_of(administrator, **changes))
    assert response.status_code == 422
    assert "your own account" in response.content.decode()
    administrator.refresh_from_db()
    assert administrator.is_administrator


@pytest.mark.parametrize("changes", [{"is_active": ""}, {"role": "auditor"}, {"team": "other"}])
def test_what_happens_to_the_patients_is_said_in_numbers(office, therapist, patient, other_team, changes):
    make_patient(therapist)
    changes = {name: other_team.pk if value == "other" else value for name, value in changes.items()}
    response = office.post(f"{USERS}{therapist.pk}/change/", form_of(therapist, **changes), follow=True)
    assert any("still the primary therapist of 2 patients" in text for text in said(response)), said(response)


def test_an_account_made_by_an_administrator_is_approved(office, team, client):
    data = {
        "username": "made", "display_name": "Made Here", "credentials": "", "email": "made@clinic.example",
        "role": "therapist", "team": team.pk, "password1": PASSWORD, "password2": PASSWORD,
    }  # fmt: skip
    assert office.post(f"{USERS}add/", data).status_code == 302
    user = User.objects.get(username="made")
    assert user.is_approved and user.password.startswith("argon2") and user.check_password(PASSWORD)
    assert AuditEvent.objects.filter(event_type="account.created", target_id=user.pk).exists()
    for change, field in (
        ({"team": ""}, "team"), ({"password2": "x"}, "password2"), ({"username": "MADE"}, "username"),
    ):  # fmt: skip
        response = office.post(f"{USERS}add/", data | {"username": "more", "email": "m@x.example"} | change)
        assert response.status_code == 422
        assert field in response.context["adminform"].form.errors
    weak = data | {"username": "more", "email": "m@x.example", "password1": "password1234", "password2": "password1234"}
    assert office.post(f"{USERS}add/", weak).status_code == 422


def test_setting_somebodys_password_ends_their_sessions(office, therapist):
    live = Client()
    live.force_login(therapist, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = f"{USERS}{therapist.pk}/password/"
    assert office.post(page, {"password1": "short", "password2": "short"}).status_code == 422
    assert live.get("/account/").status_code == 200
    assert office.post(page, {"password1": PASSWORD, "password2": PASSWORD}).status_code == 302
    assert live.get("/account/").status_code == 302
    therapist.refresh_from_db()
    assert therapist.check_password(PASSWORD)
    assert AuditEvent.objects.filter(event_type="account.password_set", target_id=therapist.pk).exists()
    assert office.get(USERS).status_code == 200


# Bulk actions.


def test_approving_many_says_of_whom_it_was_refused_and_why(office, team, administrator):
    ready = [UserFactory(approved_at=None, team=team) for _ in range(2)]
    no_team = UserFactory(approved_at=None, team=None)
    response = act(office, "approve", *ready, no_team)
    assert said(response) == [
        f"{no_team.label}: Choose a team: an account with the role Therapist belongs to one.",
        "2 accounts are approved.",
    ]
    assert set(User.objects.approved()) == {*ready, administrator}


def test_switching_many_off_leaves_ones_own_account_on(office, therapist, patient, administrator):
    response = act(office, "deactivate", therapist, administrator)
    assert f"{administrator.label}: You cannot switch off your own account." in said(response)
    assert "1 account is switched off. Its sessions have ended." in said(response)
    assert any("primary therapist of 1 patient." in text for text in said(response))
    assert set(User.objects.filter(is_active=False)) == {therapist}
    act(office, "reactivate", therapist)
    assert User.objects.get(pk=therapist.pk).is_active
    assert LogEntry.objects.filter(object_id=str(therapist.pk)).count() == 2


# Teams.


def test_teams_are_made_renamed_and_closed(office):
    assert office.post(f"{TEAMS}add/", {"name": "East"}).status_code == 302
    team = Team.objects.get()
    page = f"{TEAMS}{team.pk}/change/"
    inline = {"members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0"}
    assert office.post(page, {"name": "Far East", **inline}).status_code == 302
    team.refresh_from_db()
    assert (team.name, team.is_active) == ("Far East", False)
    assert office.post(f"{TEAMS}add/", {"name": "FAR EAST"}).status_code == 422
    events = AuditEvent.objects.filter(event_type__startswith="team.").order_by("pk")
    assert list(events.values_list("event_type", "details")) == [
        ("team.created", {}),
        ("team.changed", {"fields": ["is_active", "name"]}),
    ]


def test_a_team_with_members_is_not_closed(office, team, therapist):
    response = office.post(f"{TEAMS}{team.pk}/change/", {"name": team.name, **_inline(team)})
    assert response.status_code == 422
    assert list(response.context["adminform"].form.errors) == ["is_active"]


def test_further_leads_are_chosen_on_the_teams_page(office, team, lead, other_lead, stranger):
    page = f"{TEAMS}{team.pk}/change/"
    data = {"name": team.name, "is_active": "on", **_inline(team)}
    assert office.post(page, data | {"further_leads": [stranger.pk]}).status_code == 422
    assert office.post(page, data | {"further_leads": [other_lead.pk]}).status_code == 302
    assert set(team.lead_group.user_set.all()) == {lead, other_lead}
    assert "Siobh\N{LATIN SMALL LETTER A WITH ACUTE}n" in office.get(TEAMS).content.decode()
    assert office.post(page, data).status_code == 302
    assert set(team.lead_group.user_set.all()) == {lead}


def test_a_team_without_a_lead_is_pointed_out(office, team, therapist):
    data = {"name": team.name, "is_active": "on", **_inline(team)}
    response = office.post(f"{TEAMS}{team.pk}/change/", data, follow=True)
    assert any("no lead" in text for text in said(response))


def test_members_are_not_changed_through_the_teams_page(office, team, therapist):
    data = {"name": team.name, "is_active": "on", **_inline(team)}
    data |= {"members-0-id": therapist.pk, "members-0-team": team.pk, "members-0-role": "admin"}
    office.post(f"{TEAMS}{team.pk}/change/", data)
    therapist.refresh_from_db()
    assert therapist.role == Role.THERAPIST


# Requests that no page made.


@pytest.mark.parametrize(
    "key", ["x", "1; DROP", "9" * 30, "-1", "\N{SUPERSCRIPT TWO}", "", "\x00", "9223372036854775808"]
)
def test_selected_rows_that_cannot_be_are_refused(office, therapist, key):
    data = {"action": "deactivate", "_selected_action": [str(therapist.pk), key], "index": "0"}
    assert office.post(USERS, data).status_code == 400
    assert User.objects.get(pk=therapist.pk).is_active


@pytest.mark.parametrize("action", ["delete_selected", "nothing", "", "__class__"])
def test_actions_that_are_not_there_do_nothing(office, therapist, action):
    assert act(office, action, therapist).status_code == 200
    assert User.objects.get(pk=therapist.pk).is_active


# fmt: off
ODD_QUERIES = (
    "p=x", "p=99999", "p=-1", "p=99999999999999999999", "o=99", "o=x.y", "all=1", "e=1", "q=%00", "q=" + "x" * 5000,
    "state=none", "role__exact=zzz", "team__id__exact=x", "team__id__exact=99999999999999999999",
    "id__in=99999999999999999999", "id__gt=99999999999999999999999", "id__isnull=maybe", "password__startswith=a",
    "groups__permissions=1", "primary_patients__display_name=a", "_to_field=password", "_popup=1",
    "_changelist_filters=%2500", "x" * 3000, "last_login__year=99999999999", "team__name__regex=((((",
    "is_active__exact=2", "_facets=True", "approved_at__gte=x", "role__exact=a&role__exact=b", "team__isnull=x",
)
ODD_KEYS = ("0", "x", "99999999999999999999999", "_00", "%00", "%FF", "1/2", "None")
# fmt: on


@pytest.mark.parametrize("path", [USERS, TEAMS, f"{USERS}add/", "/admin/autocomplete/"])
def test_addresses_that_no_link_has_never_break_it(office, path):
    for query in ODD_QUERIES:
        assert office.get(f"{path}?{query}").status_code in {200, 302, 400, 403, 404}, query


def test_the_address_asks_the_database_nothing_but_the_filters(office, db):
    for lookup in ("password__startswith", "email__startswith", "groups__name", "primary_patients__display_name"):
        assert office.get(f"{USERS}?{lookup}=a").status_code == 400, lookup


@pytest.mark.parametrize("page", ["change", "password", "history", "delete"])
def test_rows_that_are_not_there(office, page):
    for key in ODD_KEYS:
        for path in (f"{USERS}{key}/{page}/", f"{TEAMS}{key}/{page}/"):
            assert office.get(path).status_code in {302, 400, 403, 404}, path
            assert office.post(path, {"x": "y"}).status_code in {302, 400, 403, 404}, path


def test_a_broken_form_never_breaks_it(office, newcomer):
    page = f"{USERS}{newcomer.pk}/change/"
    for body in ({}, {"username": "\x00"}, form_of(newcomer, display_name="x" * 100_000), {"role": ["a", "b"]}):
        assert office.post(page, body).status_code in {400, 422}
    assert office.post(page, b"\xff\xfe", content_type="application/json").status_code == 422
    assert office.post(f"{TEAMS}add/", {"name": "x" * 500}).status_code == 422


def _inline(team: Team) -> dict[str, str]:
    count = str(team.members.count())
    return {"members-TOTAL_FORMS": count, "members-INITIAL_FORMS": count}


def test_the_groups_of_django_are_used_for_leads_alone(team, lead):
    assert {group.pk for group in Group.objects.all()} == {t.lead_group_id for t in Team.objects.all()}
    assert all(group.permissions.count() == 0 for group in Group.objects.all())
