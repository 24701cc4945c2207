"""Every write about a request to amend. Each leaves a step: who, when, what; none of them is ever changed.

What the record itself says is corrected by the services of the app that owns it, and linked here.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from amendments.models import AmendmentLink, AmendmentRequest, AmendmentStep
from amendments.vocabulary import DAYS_TO_ACT, LONGEST_EXTENSION, PARTS, Ground, LinkRole, State, StepKind
from audit.api import record_event, stamp
from patients import timeline
from patients.errors import AlreadyRecorded, StatusUnchanged
from patients.models import Patient
from patients.services.charts import lock
from ui.dates import show_date

Entry = tuple[str, int]


@transaction.atomic
def record_request(
    *,
    patient: Patient,
    received_on: dt.date,
    asked_by: str,
    wanted: str,
    about: Iterable[Entry],
    by: User,
    asked_by_name: str = "",
    reason: str = "",
    form_token: uuid.UUID | None = None,
) -> AmendmentRequest:
    """Record that a patient or a personal representative asks in writing for the record to be amended: 164.526(b)(1).

    Archived charts take requests too: the right lasts as long as the record. `about` names entries of this chart by
    kind and key. Raises AlreadyRecorded; ValidationError for a day in the future, or nothing that it is about.
    """
    patient = lock(patient.pk)
    first = AmendmentRequest.objects.filter(form_token=form_token, recorded_by=by).first() if form_token else None
    if first:
        raise AlreadyRecorded(first)
    asked = AmendmentRequest(
        patient=patient,
        received_on=received_on,
        asked_by=asked_by,
        asked_by_name=asked_by_name,
        wanted=wanted,
        reason=reason,
        due_on=received_on + DAYS_TO_ACT,
        recorded_by=by,
        form_token=form_token,
    )
    asked.full_clean()
    asked.save(force_insert=True)
    if not _link(asked, about, LinkRole.ABOUT):
        raise ValidationError({"about": _("Choose what the request is about")})
    _add_step(asked, StepKind.RECEIVED, by=by, on=received_on)
    record_event("amendment.requested", by=by, patient=patient, target=asked)
    return asked


@transaction.atomic
def extend(
    *,
    asked: AmendmentRequest,
    until: dt.date,
    reason: str,
    told_on: dt.date,
    by: User,
    form_token: uuid.UUID | None = None,
) -> AmendmentRequest:
    """Take up to 30 days more, once: 164.526(b)(2)(ii).

    Only where the person who asked was told in writing, within the first 60 days, why and until when. Raises
    StatusUnchanged where it was extended or decided before, AlreadyRecorded, ValidationError.
    """
    asked = _lock(asked, form_token, by)
    if not asked.is_open or asked.extended_to:
        raise StatusUnchanged
    if not asked.due_on < until <= asked.due_on + LONGEST_EXTENSION:
        last = show_date(asked.due_on + LONGEST_EXTENSION)
        raise ValidationError({"until": _("Enter a date after %(due)s, %(last)s at the latest") % {
            "due": show_date(asked.due_on), "last": last,
        }})  # fmt: skip
    if told_on > asked.due_on:
        message = _("The statement had to be given by %(due)s: after that there is no extension")
        raise ValidationError({"told_on": message % {"due": show_date(asked.due_on)}})
    asked.extended_to = until
    asked.save(update_fields=["extended_to"])
    _add_step(asked, StepKind.EXTENDED, by=by, on=told_on, text=reason, form_token=form_token)
    record_event("amendment.extended", by=by, patient=asked.patient, target=asked, details={"until": until.isoformat()})
    return asked


@transaction.atomic
def decide(
    *,
    asked: AmendmentRequest,
    state: str,
    by: User,
    amended: str = "",
    notify: str = "",
    ground: str = "",
    basis: str = "",
    amends: Iterable[Entry] = (),
    form_token: uuid.UUID | None = None,
) -> AmendmentRequest:
    """Accept (164.526(c)), deny on one of the four grounds (164.526(a)(2), (d)), do both in part, or close as withdrawn.

    `amended` says what was amended and where, `amends` names the entries that do it, `notify` who is to be told:
    (c)(1) to (3). `basis` is the denial in plain language: (d)(1)(i). Raises StatusUnchanged where it was decided
    before, AlreadyRecorded, ValidationError.
    """
    asked = _lock(asked, form_token, by)
    if not asked.is_open:
        raise StatusUnchanged
    asked.state = State(state)
    asked.amended, asked.notify = (amended, notify) if asked.is_amended else ("", "")
    asked.ground = Ground(ground) if asked.is_denied and ground else ""
    asked.basis = "" if state == State.ACCEPTED else basis
    asked.decided_by, asked.decided_at = by, stamp()
    asked.full_clean()
    fields = ["state", "amended", "notify", "ground", "basis", "decided_by", "decided_at"]
    asked.save(update_fields=fields)
    if asked.is_amended:
        _link(asked, amends, LinkRole.AMENDS)
    _add_step(asked, StepKind.DECIDED, by=by, form_token=form_token)
    details: dict[str, Any] = {"as": state, "ground": asked.ground, "is_author": is_author(asked, by)}
    record_event("amendment.decided", by=by, patient=asked.patient, target=asked, details=details)
    return asked


@transaction.atomic
def record_told(
    *,
    asked: AmendmentRequest,
    is_asker: bool,
    happened_on: dt.date,
    text: str,
    by: User,
    whom: str = "",
    form_token: uuid.UUID | None = None,
) -> AmendmentStep:
    """Record that the person who asked was informed in writing, or that others were told: 164.526(c)(2), (c)(3), (d)(1).

    Raises StatusUnchanged before the decision, AlreadyRecorded, ValidationError.
    """
    asked = _lock(asked, form_token, by)
    if asked.is_open or not (is_asker or asked.is_amended):
        raise StatusUnchanged
    if not is_asker and not whom:
        raise ValidationError({"whom": _("Enter who was told")})
    kind = StepKind.INFORMED if is_asker else StepKind.TOLD
    whom = "" if is_asker else whom
    step = _add_step(asked, kind, by=by, on=happened_on, text=text, whom=whom, form_token=form_token)
    event = "amendment.informed" if is_asker else "amendment.told"
    record_event(event, by=by, patient=asked.patient, target=asked)
    return step


@transaction.atomic
def add_statement(
    *,
    asked: AmendmentRequest,
    happened_on: dt.date,
    text: str,
    by: User,
    form_token: uuid.UUID | None = None,
) -> AmendmentStep:
    """Record the patient's statement of disagreement with a denial: 164.526(d)(2), shown with the entries from now on.

    Raises StatusUnchanged where nothing was denied or there is one already, AlreadyRecorded, ValidationError.
    """
    asked = _lock(asked, form_token, by)
    if not asked.is_denied or _has(asked, StepKind.DISAGREEMENT):
        raise StatusUnchanged
    step = _add_step(asked, StepKind.DISAGREEMENT, by=by, on=happened_on, text=text, form_token=form_token)
    record_event("amendment.disagreement", by=by, patient=asked.patient, target=asked)
    return step


@transaction.atomic
def add_rebuttal(*, asked: AmendmentRequest, text: str, by: User, form_token: uuid.UUID | None = None) -> AmendmentStep:
    """Answer a statement of disagreement; the patient gets a copy: 164.526(d)(3).

    Raises StatusUnchanged where there is none or it was answered already, AlreadyRecorded, ValidationError.
    """
    asked = _lock(asked, form_token, by)
    if not _has(asked, StepKind.DISAGREEMENT) or _has(asked, StepKind.REBUTTAL):
        raise StatusUnchanged
    step = _add_step(asked, StepKind.REBUTTAL, by=by, text=text, form_token=form_token)
    record_event("amendment.rebuttal", by=by, patient=asked.patient, target=asked)
    return step


def is_author(asked: AmendmentRequest, by: User) -> bool:
    """Whether this person wrote an entry that the request is about; somebody else should decide where there is one."""
    keys = [(link.kind, link.entry) for link in asked.links.filter(role=LinkRole.ABOUT)]
    return any(entry.author_pk == by.pk for entry in timeline.find(asked.patient, keys).values())


def _lock(asked: AmendmentRequest, form_token: uuid.UUID | None, by: User) -> AmendmentRequest:
    """The request as it is now, behind the chart's lock. Raises AlreadyRecorded where this form was sent before."""
    patient = lock(asked.patient_id)
    locked: AmendmentRequest = AmendmentRequest.objects.select_for_update(no_key=True).get(pk=asked.pk)
    locked.patient = patient
    if form_token and (step := AmendmentStep.objects.filter(form_token=form_token, recorded_by=by).first()):
        raise AlreadyRecorded(step)
    return locked


def _link(asked: AmendmentRequest, entries: Iterable[Entry], role: str) -> int:
    """Link entries of this chart; what is not of it is refused."""
    wanted = sorted(set(entries))
    of_chart = timeline.find(asked.patient, wanted)
    for kind, pk in wanted:
        if (kind, pk) not in of_chart and not (kind in PARTS and pk == 0):
            raise ValidationError({"about": _("Choose entries of this chart")})
        AmendmentLink(request=asked, role=role, kind=kind, entry=pk).save(force_insert=True)
    return len(wanted)


def _has(asked: AmendmentRequest, kind: str) -> bool:
    return bool(asked.steps.filter(kind=kind).exists())


def _add_step(
    asked: AmendmentRequest,
    kind: str,
    *,
    by: User,
    on: dt.date | None = None,
    text: str = "",
    whom: str = "",
    form_token: uuid.UUID | None = None,
) -> AmendmentStep:
    now = stamp()
    today = timezone.localdate(now)
    day = on or today
    if not asked.received_on <= day <= today:
        message = _("Enter a date from %(first)s, when the request was received, to today")
        name = "told_on" if kind == StepKind.EXTENDED else "happened_on"
        raise ValidationError({name: message % {"first": show_date(asked.received_on)}})
    step = AmendmentStep(
        request=asked, kind=kind, happened_on=day, whom=whom, text=text, recorded_by=by, created_at=now,
        form_token=form_token,
    )  # fmt: skip
    step.full_clean()
    step.save(force_insert=True)
    return step
