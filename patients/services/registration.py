"""Registering patients, and the decision about a registration that may duplicate a chart its author may not see."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import acting, record_event, stamp
from audit.events import Event
from patients.errors import AlreadyRecorded, NotEligible, StatusUnchanged
from patients.models import CareRole, Patient, RegistrationCheck
from patients.services import grants
from patients.services.care_team import _add, require_eligible
from patients.services.charts import lock

DECIDED = {
    RegistrationCheck.State.REGISTERED: Event.REGISTRATION_REGISTERED,
    RegistrationCheck.State.SAME_PERSON: Event.REGISTRATION_SAME_PERSON,
    RegistrationCheck.State.DECLINED: Event.REGISTRATION_DECLINED,
}


@transaction.atomic
def register_patient(
    *,
    by: User,
    primary_therapist: User,
    mobility_status: str,
    details: Mapping[str, Any],
    form_token: uuid.UUID | None = None,
    chart_status: str = "active",
    reason: str = "",
) -> Patient:
    """Open a chart in the primary therapist's team, with its first status rows, care team and rights.

    `details` holds the other fields of Patient by name. Raises NotEligible; ValidationError where a field or a
    constraint refuses (the identifier exists); AlreadyRecorded if this form was submitted before by the same person.
    """
    require_eligible(primary_therapist, CareRole.PRIMARY)
    team = primary_therapist.team
    if team is None:
        raise NotEligible(_("%(name)s is in no team") % {"name": primary_therapist.name})
    _refuse_repeat(form_token, by)
    patient = Patient(
        **details,
        mobility_status=mobility_status,
        chart_status=chart_status,
        primary_therapist=primary_therapist,
        team=team,
        form_token=form_token,
        created_by=by,
    )
    patient.full_clean()
    try:
        with transaction.atomic(), acting(by=by, reason=reason or _("Registered")):
            patient.save(force_insert=True)
    except IntegrityError:
        # Somebody was faster: the same form again, or another patient with this identifier.
        _refuse_repeat(form_token, by)
        patient.full_clean()
        raise
    grants.grant_leads(patients=[patient], team=team)
    _add(patient, primary_therapist, CareRole.PRIMARY, by=by)
    record_event("chart.registered", by=by, patient=patient)
    return patient


def _refuse_repeat(form_token: uuid.UUID | None, by: User) -> None:
    if form_token is None:
        return
    existing = Patient.objects.filter(form_token=form_token, created_by=by).first()
    if existing:
        raise AlreadyRecorded(existing)


@transaction.atomic
def request_registration_check(
    *, match: Patient, entered: Mapping[str, Any], form_token: uuid.UUID, by: User
) -> RegistrationCheck:
    """Ask the lead of a chart that `by` may not see whether a registration is the same person.

    `entered` is the form as it was typed. The same form again returns the first request; corrected and sent again
    before the decision it takes the first one's place, and after it is another request.
    """
    asked: dict[str, Any] = {"match": match, "entered": dict(entered), "asked_by": by}
    check, created = RegistrationCheck.objects.get_or_create(form_token=form_token, defaults=asked)
    if created:
        record_event("registration.check_requested", by=by, patient=match, target=check)
        return check
    check = RegistrationCheck.objects.select_for_update().get(pk=check.pk)
    if check.asked_by_id != by.pk or check.state != RegistrationCheck.State.OPEN:
        check = RegistrationCheck.objects.create(form_token=uuid.uuid4(), **asked)
        record_event("registration.check_requested", by=by, patient=match, target=check)
    elif (check.match_id, check.entered) != (match.pk, dict(entered)):
        check.match, check.entered = match, dict(entered)
        with acting(by=by):
            check.save(update_fields=["match", "entered"])
        record_event("registration.check_corrected", by=by, patient=match, target=check)
    return check


@transaction.atomic
def decide_registration(
    *,
    check: RegistrationCheck,
    state: str,
    by: User,
    note: str = "",
    patient: Patient | None = None,
    cover_until: dt.date | None = None,
) -> RegistrationCheck:
    """Close a registration check as same person, registered anew (`patient` is the new chart) or declined.

    A same person's chart gets the asker as covering therapist until a day, included. Raises StatusUnchanged when it was
    decided before, ValidationError without that day.
    """
    check = (
        RegistrationCheck.objects.select_for_update(of=("self",)).select_related("match", "asked_by").get(pk=check.pk)
    )
    if check.state != RegistrationCheck.State.OPEN:
        raise StatusUnchanged
    if state == RegistrationCheck.State.SAME_PERSON:
        require_eligible(check.asked_by, CareRole.COVERING)
        if cover_until is None:
            raise ValidationError({"cover_until": _("Enter the last day of the cover")})
        match = lock(check.match_id)
        _add(match, check.asked_by, CareRole.COVERING, by=by, ends_on=cover_until, reason=note)
    check.state = state
    check.decided_by, check.decided_at, check.decision_note = by, stamp(), note
    with acting(by=by, reason=note):
        check.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    record_event(DECIDED[RegistrationCheck.State(state)], by=by, patient=patient or check.match, target=check)
    return check
