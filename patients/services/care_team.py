"""Who takes part in a patient's care, and handover. Guardian rows follow in the same transaction."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import TREATING, Role
from audit.api import acting, record_event, stamp
from patients.errors import NotEligible, StatusUnchanged
from patients.models import CareRole, CareTeamMember, Patient
from patients.querysets import PatientQuerySet
from patients.services import grants
from patients.services.charts import lock

# Which parts in a patient's care an account of each role may have.
ELIGIBLE: dict[str, frozenset[str]] = {
    Role.THERAPIST: frozenset(CareRole),
    Role.LEAD: frozenset(CareRole),
    Role.ASSISTANT: frozenset({CareRole.ASSISTANT, CareRole.OBSERVER}),
    Role.OBSERVER: frozenset({CareRole.OBSERVER}),
}


def require_eligible(user: User, role: str) -> None:
    """Raise NotEligible where an account may not have this part in anybody's care."""
    if not user.is_clinical or role not in ELIGIBLE.get(user.role, frozenset()):
        raise NotEligible(_("%(name)s cannot be %(role)s") % {"name": user.name, "role": CareRole(role).label.lower()})


@transaction.atomic
def add_member(
    *,
    patient: Patient,
    user: User,
    role: str,
    by: User,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    reason: str = "",
) -> CareTeamMember:
    """Put somebody on the care team as covering therapist, assistant or observer, with the rights that go with it.

    Days are the clinic's, the last one included. Raises NotEligible, ValidationError (already on the team, dates).
    """
    require_eligible(user, role)
    if role == CareRole.PRIMARY:
        raise NotEligible(_("Hand the patient over to change the primary therapist"))
    patient = lock(patient.pk)
    return _add(patient, user, role, by=by, starts_on=starts_on, ends_on=ends_on, reason=reason)


def _add(
    patient: Patient,
    user: User,
    role: str,
    *,
    by: User,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    reason: str = "",
) -> CareTeamMember:
    today = timezone.localdate(stamp())
    starts_on = starts_on or today
    # A membership that ran out gives way, or nobody could cover twice. One that lasts is not cut short.
    for old in CareTeamMember.objects.filter(patient=patient, user=user, ended_at=None, ends_on__lt=today):
        _end(old, by=by, reason="")
    member = CareTeamMember(
        patient=patient, user=user, role=role, starts_on=starts_on, ends_on=ends_on, reason=reason, added_by=by
    )
    member.full_clean()
    with acting(by=by, reason=reason):
        member.save()
    grants.grant(patients=[patient], user=user, role=role, starts_on=starts_on, ends_on=ends_on)
    record_event("care_team.added", by=by, patient=patient, target=member, details={"user": user.pk, "role": role})
    return member


@transaction.atomic
def end_membership(*, member: CareTeamMember, by: User, reason: str = "") -> CareTeamMember:
    """Take somebody off the care team; their rights end at once. Raises StatusUnchanged, NotEligible (primary)."""
    lock(member.patient_id)
    member = CareTeamMember.objects.select_for_update().get(pk=member.pk)
    if member.ended_at:
        raise StatusUnchanged
    if member.role == CareRole.PRIMARY:
        raise NotEligible(_("Hand the patient over to change the primary therapist"))
    _end(member, by=by, reason=reason)
    return member


def _end(member: CareTeamMember, *, by: User, reason: str) -> None:
    member.ended_at = stamp()
    member.ended_by = by
    with acting(by=by, reason=reason):
        member.save(update_fields=["ended_at", "ended_by"])
    grants.revoke(patients=[member.patient_id], user=member.user)
    details = {"user": member.user_id, "role": member.role}
    record_event("care_team.ended", by=by, patient=member.patient, target=member, details=details)


@transaction.atomic
def hand_over(
    *,
    patients: Collection[Any],
    to: User,
    reason: str,
    by: User,
    keep_as_cover_until: dt.date | None = None,
    within: PatientQuerySet | None = None,
) -> list[Patient]:
    """Make `to` the primary therapist of these patients (keys or objects); rights follow in this transaction.

    The old primary therapist loses access at once unless kept as cover until a day, included. The patients join the
    new therapist's team, whose leads get them. Returns the patients that moved; those that `to` already has are
    left alone, and so are those that are not `within` what the gate handed out any more, asked again behind the lock.
    Raises NotEligible.
    """
    if to.role not in TREATING or to.team is None:
        raise NotEligible(_("%(name)s cannot be a primary therapist") % {"name": to.name})
    require_eligible(to, CareRole.PRIMARY)
    keys = [getattr(patient, "pk", patient) for patient in patients]
    # Locked before anything is joined, as in `lock`: of two handovers at once neither may miss a patient.
    chosen = Patient.objects.select_for_update(no_key=True).filter(pk__in=keys)
    locked = list(chosen.order_by("pk").values_list("pk", flat=True))
    allowed = Patient.objects.all() if within is None else within
    rows = allowed.with_people().filter(pk__in=locked).order_by("pk")
    moving = [patient for patient in rows if patient.primary_therapist_id != to.pk]
    for patient in moving:
        _move(patient, to, reason=reason, by=by, keep_as_cover_until=keep_as_cover_until)
    return moving


def _move(patient: Patient, to: User, *, reason: str, by: User, keep_as_cover_until: dt.date | None) -> None:
    before = patient.primary_therapist
    team = to.team or patient.team
    is_new_team = patient.team_id != team.pk
    for member in CareTeamMember.objects.filter(patient=patient, user__in=[before, to], ended_at=None):
        _end(member, by=by, reason=reason)
    patient.primary_therapist = to
    patient.team = team
    if is_new_team:
        patient.team_since = timezone.localdate(stamp())
    patient.version += 1
    patient.updated_at = stamp()
    patient.full_clean()
    with acting(by=by, reason=reason):
        patient.save(update_fields=["primary_therapist", "team", "team_since", "version", "updated_at"])
    _add(patient, to, CareRole.PRIMARY, by=by, reason=reason)
    if keep_as_cover_until and before.is_clinical:
        _add(patient, before, CareRole.COVERING, by=by, ends_on=keep_as_cover_until, reason=reason)
    if is_new_team:
        grants.grant_leads(patients=[patient], team=team)
    record_event("chart.handed_over", by=by, patient=patient, details={"from": before.pk, "to": to.pk})
