"""Guardian rows: what each part in a patient's care grants. Nothing else writes the permission tables."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.access import Perm
from accounts.models import Team, User
from patients.emergencies import EMERGENCY_PERMS
from patients.models import CareRole, EmergencyAccess, Patient, PatientGroupPermission, PatientUserPermission

GRANTS: dict[str, tuple[Perm, ...]] = {
    CareRole.PRIMARY: (Perm.VIEW, Perm.ADD, Perm.CHANGE),
    CareRole.COVERING: (Perm.VIEW, Perm.ADD, Perm.CHANGE),
    CareRole.ASSISTANT: (Perm.VIEW, Perm.ADD),
    CareRole.OBSERVER: (Perm.VIEW,),
}
LEAD_GRANTS: tuple[Perm, ...] = tuple(Perm)


def permission_ids() -> dict[str, int]:
    """The primary keys of the permissions on Patient, by codename."""
    rows = Permission.objects.filter(content_type__app_label="patients", content_type__model="patient")
    return dict(rows.values_list("codename", "pk"))


def grant(
    *, patients: Iterable[Patient], user: User, role: str, starts_on: dt.date, ends_on: dt.date | None = None
) -> None:
    """Give a person what `role` grants on these patients, instead of whatever they held: two statements."""
    patients = list(patients)
    revoke(patients=patients, user=user)
    ids = permission_ids()
    PatientUserPermission.objects.bulk_create(
        PatientUserPermission(
            user=user, permission_id=ids[perm], content_object=patient, starts_on=starts_on, ends_on=ends_on
        )
        for patient in patients
        for perm in GRANTS[role]
    )


def revoke(*, patients: Iterable[Any], user: User) -> None:
    """Take every right that a person has by the care teams of these patients away, at once."""
    PatientUserPermission.objects.filter(content_object__in=list(patients), user=user, emergency=None).delete()


def grant_emergency(*, access: EmergencyAccess) -> None:
    """Give what an emergency access opens, until it ends."""
    ids = permission_ids()
    PatientUserPermission.objects.bulk_create(
        PatientUserPermission(
            user=access.user,
            permission_id=ids[perm],
            content_object=access.patient,
            starts_on=timezone.localdate(access.starts_at),
            ends_at=access.ends_at,
            emergency=access,
        )
        for perm in EMERGENCY_PERMS
    )


def revoke_emergency(*, access: EmergencyAccess) -> None:
    """Take away what an emergency access opened, at once."""
    PatientUserPermission.objects.filter(emergency=access).delete()


def grant_leads(*, patients: Iterable[Patient], team: Team) -> None:
    """Give the team's lead group its rights on these patients, and take other teams' lead groups' away."""
    patients = list(patients)
    PatientGroupPermission.objects.filter(content_object__in=patients).delete()
    ids = permission_ids()
    PatientGroupPermission.objects.bulk_create(
        PatientGroupPermission(group_id=team.lead_group_id, permission_id=ids[perm], content_object=patient)
        for patient in patients
        for perm in LEAD_GRANTS
    )
