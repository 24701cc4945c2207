"""Follow-ups: asked for by a note, resolved by somebody, reopened with a reason."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import acting, record_event, stamp
from patients.services.charts import lock, require_open
from sessions_notes.errors import FollowUpClosed
from sessions_notes.models import FollowUp, SessionNote

RESOLUTION = ["resolved_at", "resolved_by", "resolution"]
REOPENING = ["reopened_at", "reopened_by", "reopen_reason"]


@transaction.atomic
def resolve_follow_up(*, follow_up: FollowUp, by: User, resolution: str = "") -> FollowUp:
    """Close a follow-up: who, when, and what was done. Raises FollowUpClosed if it is resolved, ChartArchived."""
    follow_up = _locked(follow_up)
    if not follow_up.is_open:
        raise FollowUpClosed
    close(follow_up, resolution=resolution, by=by)
    return follow_up


@transaction.atomic
def reopen_follow_up(*, follow_up: FollowUp, by: User, reason: str) -> FollowUp:
    """Open a resolved follow-up again; how it was resolved stays in its field history.

    Raises FollowUpClosed if it is open or its note does not ask for it any more, ChartArchived, ValidationError without
    a reason.
    """
    follow_up = _locked(follow_up)
    if follow_up.is_open or follow_up.note.is_in_error or not follow_up.note.follow_up_needed:
        raise FollowUpClosed
    if not reason.strip():
        raise ValidationError({"reason": _("Enter the reason")})
    _reopen(follow_up, reason=reason, by=by)
    return follow_up


def _locked(follow_up: FollowUp) -> FollowUp:
    require_open(lock(follow_up.patient_id))
    found: FollowUp = FollowUp.objects.select_for_update(of=("self",)).with_note().get(pk=follow_up.pk)
    return found


def close(follow_up: FollowUp, *, resolution: str, by: User) -> None:
    """Mark a locked follow-up as resolved."""
    follow_up.resolved_at, follow_up.resolved_by, follow_up.resolution = stamp(), by, resolution
    _save(follow_up, RESOLUTION, by=by, reason=resolution, event="follow_up.resolved")


def _reopen(follow_up: FollowUp, *, reason: str, by: User) -> None:
    follow_up.resolved_at, follow_up.resolved_by, follow_up.resolution = None, None, ""
    follow_up.reopened_at, follow_up.reopened_by, follow_up.reopen_reason = stamp(), by, reason
    _save(follow_up, RESOLUTION + REOPENING, by=by, reason=reason, event="follow_up.reopened")


def _save(follow_up: FollowUp, fields: list[str], *, by: User, reason: str, event: str) -> None:
    follow_up.full_clean(exclude=["note"])
    with acting(by=by, reason=reason):
        follow_up.save(update_fields=fields)
    record_event(event, by=by, patient=follow_up.patient, target=follow_up)


def settle(note: SessionNote, *, was_needed: bool, text: str, due_on: dt.date | None, by: User, reason: str) -> None:
    """Bring a note's follow-up in line with what the note says now; its patient is locked."""
    follow_up = FollowUp.objects.select_for_update(of=("self",)).filter(note=note).first()
    if not note.follow_up_needed:
        if follow_up and follow_up.is_open:
            close(follow_up, resolution=reason, by=by)
        return
    if follow_up is None:
        follow_up = FollowUp(note=note, patient=note.patient, text=text, due_on=due_on, created_by=by)
        follow_up.full_clean()
        with acting(by=by, reason=reason):
            follow_up.save(force_insert=True)
        return
    if not was_needed and not follow_up.is_open:
        _reopen(follow_up, reason=reason, by=by)
    if (follow_up.text, follow_up.due_on) != (text, due_on):
        follow_up.text, follow_up.due_on = text, due_on
        _save(follow_up, ["text", "due_on"], by=by, reason=reason, event="follow_up.changed")
