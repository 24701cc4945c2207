"""Opening a chart in an emergency, ending that, and its review by somebody else."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.roles import TREATING
from audit.api import Relationship, record_event, stamp
from patients.emergencies import EmergencyAccess
from patients.errors import NotEligible, StatusUnchanged
from patients.models import Patient
from patients.services import grants
from patients.services.charts import lock


@transaction.atomic
def open_emergency(
    *,
    patient: Patient,
    reason_kind: str,
    reason: str,
    by: User,
    form_token: uuid.UUID | None = None,
    request: Any = None,
) -> EmergencyAccess:
    """Open a chart to a therapist or lead outside its care team for OT_EMERGENCY_MINUTES, and tell who must know.

    One that lasts already is returned as it is. Raises NotEligible, ValidationError.
    """
    if not by.is_clinical or by.role not in TREATING:
        raise NotEligible(_("%(name)s cannot open charts in an emergency") % {"name": by.name})
    patient = lock(patient.pk)
    now = stamp()
    running: EmergencyAccess | None = EmergencyAccess.objects.running(now).filter(patient=patient, user=by).first()
    if running:
        return running
    access = EmergencyAccess(
        patient=patient,
        user=by,
        reason_kind=reason_kind,
        reason=reason,
        starts_at=now,
        ends_at=now + dt.timedelta(minutes=settings.OT_EMERGENCY_MINUTES),
        form_token=form_token,
    )
    access.full_clean()
    access.save(force_insert=True)
    grants.grant_emergency(access=access)
    details = {"kind": reason_kind, "minutes": settings.OT_EMERGENCY_MINUTES}
    record_event(
        "emergency.opened",
        by=by,
        patient=patient,
        target=access,
        request=request,
        details=details,
        relationship=Relationship.EMERGENCY,
    )
    if access.ends_at > timezone.now():  # not for the invented past of the demo clinic
        _tell(patient)
    return access


def _tell(patient: Patient) -> None:
    """Mail the primary therapist and the team's leads, once it is certain. Nobody is named, nor what it is about."""
    people = User.objects.clinical().filter(pk=patient.primary_therapist_id)
    leads = User.objects.clinical().filter(groups=patient.team.lead_group_id)
    addresses = sorted({person.email for person in [*people, *leads] if person.email})

    def send() -> None:
        with override(settings.LANGUAGE_CODE):
            subject, text = _("Something waits for you in OT Tracker"), _("Sign in to OT Tracker to see what it is.")
        for address in addresses:
            send_mail(subject, text, None, [address])

    # Robust: the chart is open and the notices stand, whatever the mail server does.
    transaction.on_commit(send, robust=True)


@transaction.atomic
def end_emergency(*, patient: Patient, by: User, request: Any = None) -> bool:
    """End the person's own emergency access to a chart; False where none lasts."""
    lock(patient.pk)
    running = EmergencyAccess.objects.running().select_for_update(no_key=True).filter(patient=patient, user=by)
    ended = [_end(access, by) for access in running]
    for access in ended:
        record_event("emergency.ended", by=by, patient=patient, target=access, request=request)
    return bool(ended)


def _end(access: EmergencyAccess, by: User) -> EmergencyAccess:
    access.ended_at, access.ended_by = stamp(), by
    access.save(update_fields=["ended_at", "ended_by"])
    grants.revoke_emergency(access=access)
    return access


@transaction.atomic
def review_emergency(
    *, access: EmergencyAccess, outcome: str, review: str, by: User, request: Any = None
) -> EmergencyAccess:
    """Close the review of an emergency access; one that still lasts ends with it, and its rights are gone.

    Raises StatusUnchanged where somebody closed it before, NotEligible for one's own, ValidationError.
    """
    lock(access.patient_id)
    access = EmergencyAccess.objects.select_for_update(no_key=True).get(pk=access.pk)
    if access.reviewed_at:
        raise StatusUnchanged
    if access.user_id == by.pk:
        raise NotEligible(_("Somebody else must review this"))
    if access.ended_at is None and access.ends_at > stamp():
        access.ended_at, access.ended_by = stamp(), by
    grants.revoke_emergency(access=access)
    access.reviewed_at, access.reviewed_by, access.outcome, access.review = stamp(), by, outcome, review
    access.full_clean()
    access.save(update_fields=["ended_at", "ended_by", "reviewed_at", "reviewed_by", "outcome", "review"])
    record_event(
        "emergency.reviewed", by=by, patient=access.patient, target=access, request=request, details={"as": outcome}
    )
    return access
