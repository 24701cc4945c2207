"""What the pages of notes share."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.http import StaffRequest
from patients.models import Patient
from sessions_notes.models import NoteDraft, SessionNote


def notes_url(patient: Patient) -> str:
    return reverse("sessions_notes:list_notes", kwargs={"patient_id": patient.pk})


def note_url(note: SessionNote, page: str = "show_note") -> str:
    return reverse(f"sessions_notes:{page}", kwargs={"patient_id": note.patient_id, "note_id": note.pk})


def draft_url(draft: NoteDraft, page: str = "continue_draft") -> str:
    return reverse(f"sessions_notes:{page}", kwargs={"patient_id": draft.patient_id, "draft_id": draft.pk})


def changeable(request: StaffRequest, patient: Patient, note_id: int) -> SessionNote:
    """A note of this patient that this person may change: 404 for no such note, 403 for somebody else's."""
    notes = patient.session_notes.with_people().with_follow_up()
    note: SessionNote = get_object_or_404(notes, pk=note_id)
    if not note.may_be_changed_by(request.user, patient.held_perms):
        raise PermissionDenied
    note.patient = patient
    return note
