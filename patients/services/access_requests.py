"""Asking for access to a chart, and the decision of its primary therapist or its team's lead."""

import datetime as dt
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import record_event, stamp
from patients.access_requests import AccessRequest, AccessRequestQuerySet
from patients.errors import StatusUnchanged
from patients.models import Patient
from patients.services.care_team import add_member
from patients.services.charts import lock


@transaction.atomic
def request_access(
    *, asked_for: uuid.UUID, reason_kind: str, reason: str, form_token: uuid.UUID, by: User, request: Any = None
) -> None:
    """Keep that somebody asks for access: the same statements whether there is such a chart or not, or a repeat."""
    patient = Patient.objects.filter(pk=asked_for).only("pk").first()
    row = AccessRequest(
        asked_for=asked_for,
        patient=patient,
        asked_by=by,
        reason_kind=reason_kind,
        reason=reason,
        form_token=form_token,
    )
    AccessRequest.objects.bulk_create([row], ignore_conflicts=True)
    details = {} if patient else {"asked_for": str(asked_for)}
    record_event("access.requested", by=by, patient=patient, request=request, details=details)


@transaction.atomic
def decide_access_request(
    *,
    asked: AccessRequest,
    state: str,
    by: User,
    role: str = "",
    ends_on: dt.date | None = None,
    note: str = "",
    within: AccessRequestQuerySet | None = None,
    request: Any = None,
) -> AccessRequest:
    """Grant a request, by putting the asker on the care team until a day, or decline it.

    All open requests of this person for this chart are decided with it. `within` is what the gate handed out:
    PermissionDenied where the chart is not the decider's any more, behind its lock. Raises StatusUnchanged when it was
    decided before, NotEligible, ValidationError (on the team already, no last day).
    """
    if asked.patient_id is None:
        raise LookupError("there is no such chart")
    patient = lock(asked.patient_id)
    asked = AccessRequest.objects.select_for_update(no_key=True).get(pk=asked.pk)
    if asked.state != AccessRequest.State.OPEN:
        raise StatusUnchanged
    if within is not None and not within.filter(pk=asked.pk).exists():
        raise PermissionDenied
    if state == AccessRequest.State.GRANTED:
        if ends_on is None:
            raise ValidationError({"ends_on": _("Enter the last day of the access")})
        user = User.objects.select_related("team").get(pk=asked.asked_by_id)
        add_member(patient=patient, user=user, role=role, by=by, ends_on=ends_on, reason=note or asked.reason)
    same = AccessRequest.objects.open().filter(patient=patient, asked_by=asked.asked_by_id)
    for one in same.select_for_update(no_key=True):
        one.state, one.decided_by, one.decided_at, one.decision_note = state, by, stamp(), note
        one.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
        event = f"access.{state}"
        record_event(event, by=by, patient=patient, target=one, request=request, details={"asked_by": one.asked_by_id})
    asked.refresh_from_db()
    return asked
