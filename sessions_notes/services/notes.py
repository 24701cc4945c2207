"""Writing a note, changing it with a reason, and saying that it was entered in error. Each save adds a version."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import Perm
from accounts.models import User
from accounts.roles import Role
from audit.api import acting, record_event, stamp
from patients.errors import AlreadyRecorded, StaleVersion
from patients.models import CareRole, Patient
from patients.services.charts import lock, require_open
from sessions_notes.errors import EnteredInError
from sessions_notes.models import FollowUp, NoteDraft, SessionNote, SessionNoteVersion
from sessions_notes.services import follow_ups
from sessions_notes.vocabulary import CONTENT, FOLLOW_UP

MARKING = ["entered_in_error_at", "entered_in_error_by", "entered_in_error_reason"]


@transaction.atomic
def write_note(
    *,
    patient: Patient,
    by: User,
    session_date: dt.date,
    session_type: str,
    note_text: str,
    start_time: dt.time | None = None,
    duration_minutes: int | None = None,
    follow_up_needed: bool = False,
    follow_up_text: str = "",
    follow_up_due_on: dt.date | None = None,
    form_token: uuid.UUID | None = None,
) -> SessionNote:
    """Save a new note with its first version and the follow-up that it asks for; the draft of this form goes.

    Raises ChartArchived; AlreadyRecorded if this form was submitted before by the same person; ValidationError for an
    impossible day or time, an empty note, a follow-up that does not say what is to be done.
    """
    patient = lock(patient.pk)
    require_open(patient)
    refuse_repeat(form_token, by)
    note = SessionNote(
        patient=patient,
        author=by,
        session_date=session_date,
        start_time=start_time,
        duration_minutes=duration_minutes,
        session_type=session_type,
        note_text=note_text,
        follow_up_needed=follow_up_needed,
        needs_cosignature=_is_assistant(by, patient),
        form_token=form_token,
        occurred_at=stamp(),
    )
    note.created_at = note.updated_at = stamp()
    try:
        with transaction.atomic():
            _save(note, None, text=follow_up_text, due_on=follow_up_due_on, by=by, form_token=form_token)
    except IntegrityError:
        # The same form was faster on another connection.
        refuse_repeat(form_token, by)
        raise
    if form_token:
        NoteDraft.objects.filter(patient=patient, author=by, token=form_token).delete()
    record_event("note.written", by=by, patient=patient, target=note)
    return note


def refuse_repeat(form_token: uuid.UUID | None, by: User) -> None:
    """Raise AlreadyRecorded where a note was saved from this form before."""
    if form_token is None:
        return
    saved = SessionNoteVersion.objects.filter(form_token=form_token, saved_by=by).select_related("note").first()
    if saved:
        raise AlreadyRecorded(saved.note)


def _is_assistant(by: User, patient: Patient) -> bool:
    """Whether somebody writes in this chart as an assistant, whose notes a therapist co-signs."""
    if by.role == Role.ASSISTANT:
        return True
    if not patient.care_team.current_or_later().filter(user=by, role=CareRole.ASSISTANT).exists():
        return False
    return not Patient.objects.permitting(by, Perm.CHANGE).filter(pk=patient.pk).exists()


@transaction.atomic
def edit_note(
    *,
    note: SessionNote,
    version: int,
    changes: Mapping[str, Any],
    reason: str,
    by: User,
    form_token: uuid.UUID | None = None,
) -> SessionNote:
    """Change what a note says, for a reason; how it read before stays readable as a version.

    `version` is the note's version when the form was shown; `changes` names columns of vocabulary.CONTENT and
    FOLLOW_UP. With follow_up_needed turned off, an open follow-up is resolved for the same reason. The editor's draft
    goes. Nothing is written where nothing changed. Raises StaleVersion if somebody saved in between, EnteredInError,
    ChartArchived, AlreadyRecorded, ValidationError.
    """
    unknown = changes.keys() - {*CONTENT, *FOLLOW_UP}
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    patient = lock(note.patient_id)
    require_open(patient)
    refuse_repeat(form_token, by)
    note = _locked(note)
    note.patient = patient
    if note.version != version:
        raise StaleVersion(note)
    before = _as_saved(note)
    after = before | dict(changes)
    NoteDraft.objects.filter(author=by, note=note).delete()
    if before == after:
        return note
    if not reason.strip():
        raise ValidationError({"change_reason": _("Enter the reason for the change")})
    for name in CONTENT:
        setattr(note, name, after[name])
    note.version += 1
    note.updated_at = stamp()
    text, due_on = after["follow_up_text"], after["follow_up_due_on"]
    _save(note, before, text=text, due_on=due_on, by=by, reason=reason, form_token=form_token)
    record_event("note.edited", by=by, patient=note.patient, target=note, details={"version": note.version})
    return note


def _locked(note: SessionNote) -> SessionNote:
    found: SessionNote = SessionNote.objects.select_for_update(of=("self",)).with_people().get(pk=note.pk)
    if found.is_in_error:
        raise EnteredInError
    return found


def _as_saved(note: SessionNote) -> dict[str, Any]:
    last = note.versions.newest_first().first()
    return {name: getattr(last, name) for name in (*CONTENT, *FOLLOW_UP)}


def _save(
    note: SessionNote,
    before: Mapping[str, Any] | None,
    *,
    text: str,
    due_on: dt.date | None,
    by: User,
    form_token: uuid.UUID | None,
    reason: str = "",
) -> None:
    """The note, its version row and its follow-up, in one go. `before` is how it read, None for a new note."""
    if not note.follow_up_needed:
        text, due_on = "", None
    elif not text.strip():
        raise ValidationError({"follow_up_text": _("Enter what is to be done")})
    elif due_on and due_on < note.session_date:
        raise ValidationError({"follow_up_due_on": _("Enter a day that is not before the session")})
    note.full_clean()
    with acting(by=by, reason=reason):
        note.save()
    saved = SessionNoteVersion(
        note=note,
        number=note.version,
        **{name: getattr(note, name) for name in CONTENT},
        follow_up_text=text,
        follow_up_due_on=due_on,
        change_reason=reason,
        saved_by=by,
        saved_at=note.updated_at,
        form_token=form_token,
    )
    saved.full_clean()
    saved.save(force_insert=True)
    was_needed = bool(before and before["follow_up_needed"])
    follow_ups.settle(note, was_needed=was_needed, text=text, due_on=due_on, by=by, reason=reason)


@transaction.atomic
def mark_in_error(*, note: SessionNote, reason: str, by: User) -> SessionNote:
    """Say that a note should not be in this chart. It stays readable, struck through; its open follow-up is resolved.

    Raises EnteredInError if it was said before, ChartArchived, ValidationError without a reason.
    """
    patient = lock(note.patient_id)
    require_open(patient)
    note = _locked(note)
    note.patient = patient
    if not reason.strip():
        raise ValidationError({"reason": _("Enter the reason")})
    note.entered_in_error_at, note.entered_in_error_by, note.entered_in_error_reason = stamp(), by, reason
    note.validate_only(*MARKING)
    with acting(by=by, reason=reason):
        note.save(update_fields=MARKING)
    NoteDraft.objects.filter(author=by, note=note).delete()
    for follow_up in FollowUp.objects.open().filter(note=note).select_for_update():
        follow_up.patient = patient
        follow_ups.close(follow_up, resolution=_("Note entered in error"), by=by)
    record_event("note.entered_in_error", by=by, patient=patient, target=note)
    return note
