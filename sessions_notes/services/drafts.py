"""Drafts: what somebody is typing, kept on the server version by version. Never overwritten unseen."""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit.api import record_event, stamp
from patients.models import Patient
from patients.services.charts import lock
from sessions_notes.errors import DraftConflict
from sessions_notes.models import NoteDraft, SessionNote
from sessions_notes.services.notes import refuse_repeat

# Filled in by the form itself: a draft of these alone is not worth keeping.
PREFILLED = frozenset({"session_date", "version"})


@transaction.atomic
def save_draft(
    *,
    patient: Patient,
    by: User,
    token: uuid.UUID,
    draft_version: int,
    typed: Mapping[str, str],
    note: SessionNote | None = None,
) -> NoteDraft | None:
    """Keep what was typed so far, whatever it is; None where nothing was typed and nothing is kept yet.

    `token` is the form's; `draft_version` is the draft's version that the form knows, 0 for none; `note` is the saved
    note that is being changed. An archived chart takes drafts: they are no entries. Raises DraftConflict if another
    window saved a different text in between, AlreadyRecorded if the form was saved as a note.
    """
    # One writer a chart: a late autosave must see that its form was saved, or the draft would rise again.
    patient = lock(patient.pk)
    refuse_repeat(token, by)
    draft = _find(patient, by, token, note)
    if draft is None:
        if not _is_worth_keeping(typed):
            return None
        return NoteDraft.objects.create(patient=patient, author=by, note=note, token=token, typed=dict(typed))
    if draft.typed == dict(typed):
        return draft
    if draft.draft_version != draft_version:
        raise DraftConflict(draft)
    draft.typed, draft.token, draft.saved_at = dict(typed), token, stamp()
    draft.draft_version += 1
    draft.save(update_fields=["typed", "token", "saved_at", "draft_version"])
    return draft


def _find(patient: Patient, by: User, token: uuid.UUID, note: SessionNote | None) -> NoteDraft | None:
    this_form = Q(note=note) if note else Q(note=None, token=token)
    found: NoteDraft | None = patient.note_drafts.of(by).filter(this_form).select_for_update().first()
    return found


def _is_worth_keeping(typed: Mapping[str, str]) -> bool:
    return any(value.strip() for name, value in typed.items() if name not in PREFILLED)


@transaction.atomic
def discard_draft(*, draft: NoteDraft, by: User) -> None:
    """Throw a draft away. That it was there, how long and since when stays in the audit; its words do not."""
    details = {
        "characters": len(draft.note_text),
        "draft_version": draft.draft_version,
        "started_at": draft.started_at.isoformat(),
        "note": draft.note_id,
    }
    record_event("note_draft.discarded", by=by, patient=draft.patient, target=draft, details=details)
    draft.delete()
