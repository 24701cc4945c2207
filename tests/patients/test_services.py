"""Care team, handover, registration: rights follow in the same transaction."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user  # noqa: TID251  (what guardian itself would say)

from accounts.access import Perm
from accounts.models import User
from accounts.roles import Role
from accounts.services import sync_lead_groups
from patients import services
from patients.errors import AlreadyRecorded, NotEligible, StaleVersion
from patients.models import Patient, PatientUserPermission
from tests.factories import make_patient


def perms(user: User, patient: Patient) -> set[str]:
    user = User.objects.get(pk=user.pk)
    one_by_one = {perm for perm in Perm if Patient.objects.permitting(user, perm).filter(pk=patient.pk).exists()}
    held = Patient.objects.held_by(user, patient.pk)
    assert (set(held[1]) if held else set()) == one_by_one, "lists and single charts must agree"
    return one_by_one


ALL = set(Perm)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("therapist", ALL - {Perm.REASSIGN}),
        ("cover", ALL - {Perm.REASSIGN}),
        ("assistant", {Perm.VIEW, Perm.ADD}),
        ("viewer", {Perm.VIEW}),
        ("lead", ALL),
        ("colleague", set()),
        ("stranger", set()),
        ("other_lead", set()),
        ("auditor", set()),
        ("admin_user", set()),
    ],
)
def test_the_role_table(request, patient, who, expected):
    assert perms(request.getfixturevalue(who), patient) == expected


@pytest.mark.parametrize("who", ["therapist", "lead", "assistant", "viewer", "stranger"])
def test_guardian_itself_agrees(request, patient, who):
    user = request.getfixturevalue(who)
    for perm in Perm:
        theirs = get_objects_for_user(user, f"patients.{perm}", accept_global_perms=False, with_superuser=False)
        assert theirs.filter(pk=patient.pk).exists() == (perm in perms(user, patient))


def test_model_level_permission_opens_nothing(patient, stranger):
    stranger.user_permissions.add(*Permission.objects.filter(content_type__app_label="patients"))
    assert perms(stranger, patient) == set()


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"is_superuser": True}, {"approved_at": None}, {"role": Role.AUDITOR}]
)
def test_rows_count_for_nothing_on_an_account_that_may_not(patient, therapist, change):
    User.objects.filter(pk=therapist.pk).update(**change)
    assert perms(therapist, patient) == set()


def test_a_therapist_who_becomes_an_assistant_keeps_no_more_than_an_assistant_has(patient, therapist):
    User.objects.filter(pk=therapist.pk).update(role=Role.ASSISTANT)
    assert perms(therapist, patient) == {Perm.VIEW, Perm.ADD}


def test_a_lead_who_steps_down_loses_the_team(patient, lead):
    lead.role = Role.THERAPIST
    lead.save()
    sync_lead_groups(account=lead)
    assert perms(lead, patient) == set()


def test_cover_counts_from_its_first_day_to_its_last(patient, stranger, lead, time_machine):
    day = dt.date(2026, 12, 1)
    services.add_member(
        patient=patient, user=stranger, role="covering", by=lead, starts_on=day, ends_on=day + dt.timedelta(days=1)
    )
    seen = {}
    for moment in ("2026-11-30T23:59", "2026-12-01T00:00", "2026-12-02T23:59", "2026-12-03T00:00"):
        time_machine.move_to(timezone.make_aware(dt.datetime.fromisoformat(moment)), tick=False)
        seen[moment] = bool(perms(stranger, patient))
    assert list(seen.values()) == [False, True, True, False]


def test_leaving_the_care_team_ends_every_right_at_once(patient, cover, lead):
    services.end_membership(member=patient.care_team.get(user=cover), by=lead)
    assert perms(cover, patient) == set()
    assert not PatientUserPermission.objects.filter(user=cover).exists(), "rows of a removed grant are gone"


def test_handover_moves_the_rights(patient, therapist, colleague, lead):
    moved = services.hand_over(patients=[patient], to=colleague, reason="Leave", by=lead)
    assert [p.pk for p in moved] == [patient.pk]
    assert perms(therapist, patient) == set()
    assert perms(colleague, patient) == ALL - {Perm.REASSIGN}
    row = patient.status_history.of_type("primary_therapist").newest_first().first()
    assert (row.from_value, row.to_value, row.change_reason) == (therapist.label, colleague.label, "Leave")


def test_handover_can_keep_the_old_therapist_as_cover(patient, therapist, colleague, lead):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    services.hand_over(patients=[patient], to=colleague, reason="Leave", by=lead, keep_as_cover_until=tomorrow)
    assert perms(therapist, patient) == ALL - {Perm.REASSIGN}
    assert patient.care_team.get(user=therapist, ended_at=None).ends_on == tomorrow


def test_handover_to_another_team_moves_the_leads_too(patient, stranger, lead, other_lead):
    services.hand_over(patients=[patient], to=stranger, reason="Moved house", by=lead)
    assert perms(lead, patient) == set()
    assert perms(other_lead, patient) == ALL


def test_handover_to_somebody_who_cannot_treat_is_refused_and_changes_nothing(patient, therapist, assistant, lead):
    with pytest.raises(NotEligible):
        services.hand_over(patients=[patient], to=assistant, reason="x", by=lead)
    assert perms(therapist, patient) == ALL - {Perm.REASSIGN}


def test_the_same_identifier_in_other_spacing_is_the_same_identifier(patient, therapist):
    with pytest.raises(ValidationError, match="Another patient has this ID"):
        make_patient(therapist, patient_id="ot-planted -1")


def test_a_form_sent_twice_registers_once(therapist):
    token = uuid.uuid4()
    details = {"patient_id": "A1", "family_name": "Once"}
    first = services.register_patient(
        by=therapist, primary_therapist=therapist, mobility_status="hoist", details=details, form_token=token
    )
    with pytest.raises(AlreadyRecorded) as caught:
        services.register_patient(
            by=therapist, primary_therapist=therapist, mobility_status="hoist", details=details, form_token=token
        )
    assert caught.value.existing == first


def test_a_stale_edit_is_refused_with_what_is_stored_now(patient, therapist, lead):
    services.edit_patient(patient=patient, version=patient.version, changes={"phone": "1"}, by=therapist)
    with pytest.raises(StaleVersion) as caught:
        services.edit_patient(patient=patient, version=patient.version, changes={"phone": "2"}, by=lead)
    assert caught.value.current.phone == "1"


def test_search_folds_accents_and_case_and_takes_wildcards_literally(therapist):
    nguyen = make_patient(therapist, family_name="Nguyễn", given_names="Thị Hương", patient_id="999 350 1166")
    percent = make_patient(therapist, family_name="100%_sure", given_names="")
    matching = Patient.objects.matching
    assert set(matching("NGUYEN huong")) == set(matching("9993501166")) == {nguyen}
    assert set(matching("0%_")) == {percent}


def test_a_single_name_stays_as_it_is(therapist):
    assert (
        make_patient(therapist, family_name="Warsono", given_names="", name_title="Mr").display_name == "Warsono (Mr)"
    )
