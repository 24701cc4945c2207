"""Writing: a new note, a draft, a change to a saved note. Whatever is posted is kept as a draft before it is judged."""

import uuid
from dataclasses import dataclass, field
from typing import Any, Self

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Perm, patient_view
from accounts.http import StaffRequest
from patients.errors import AlreadyRecorded, ChartArchived, StaleVersion
from patients.forms import add_service_errors
from patients.models import Patient
from sessions_notes import panels, services
from sessions_notes.errors import DraftConflict, EnteredInError
from sessions_notes.forms import NO, YES, DiscardForm, EditNoteForm, NoteForm
from sessions_notes.models import NoteDraft, SessionNote
from sessions_notes.views.common import changeable, draft_url, note_url, notes_url
from sessions_notes.vocabulary import NOTE_LENGTH
from ui.http import place, saved

MOST_DRAFTS_OFFERED = 20


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def write_note(request: StaffRequest, patient: Patient) -> HttpResponse:
    if request.method == "POST":
        return _receive(request, Sheet.posted(request, patient))
    drafts = patient.note_drafts.of(request.user).of_new_notes().newest_first()[:MOST_DRAFTS_OFFERED]
    if "new" not in request.GET and drafts:
        context = {"patient": patient, "tab": "notes", "drafts": drafts, "back": place(request, notes_url(patient))}
        return render(request, "sessions_notes/choose_draft.html", context)
    typed = {"session_date": timezone.localdate()}
    return Sheet(patient, request.user).page(request, NoteForm(patient=patient, initial=typed))


@require_safe
@patient_view(Perm.ADD)
def continue_draft(request: StaffRequest, patient: Patient, draft_id: int) -> HttpResponse:
    draft = get_object_or_404(patient.note_drafts.of(request.user).select_related("note"), pk=draft_id)
    if draft.note:
        return redirect(_with_next(request, note_url(draft.note, "edit_note")))
    sheet = Sheet(patient, request.user, token=draft.token, draft=draft)
    return sheet.page(request, NoteForm(patient=patient, initial=draft.typed))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def edit_note(request: StaffRequest, patient: Patient, note_id: int) -> HttpResponse:
    note = changeable(request, patient, note_id)
    if note.is_in_error:
        messages.error(request, _("This note was entered in error. It stays as it is."))
        return redirect(note_url(note))
    if request.method == "POST":
        return _receive(request, Sheet.posted(request, patient, note))
    draft = patient.note_drafts.of(request.user).filter(note=note).first()
    sheet = Sheet(patient, request.user, note, draft=draft, token=draft.token if draft else uuid.uuid4())
    return sheet.page(request, EditNoteForm(patient=patient, initial=draft.typed if draft else _as_typed(note)))


@require_POST
@patient_view(Perm.ADD)
def autosave(request: StaffRequest, patient: Patient, note_id: int | None = None) -> HttpResponse:
    """Keeps what is typed so far. Answers a line for the form's indicator; 409 with the other text after a conflict."""
    sheet = Sheet.posted(request, patient, changeable(request, patient, note_id) if note_id is not None else None)
    try:
        draft = sheet.keep()
    except AlreadyRecorded as repeat:
        return render(request, "sessions_notes/_already_saved.html", {"note": repeat.existing}, status=409)
    except DraftConflict as conflict:
        context = {"stored": conflict.current, "note": sheet.note}
        return render(request, "sessions_notes/_stored_draft.html", context, status=409)
    context = {"draft": draft, "back": notes_url(patient), "is_too_long": draft and len(draft.note_text) > NOTE_LENGTH}
    return render(request, "sessions_notes/_draft_saved.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def discard_draft(request: StaffRequest, patient: Patient, draft_id: int) -> HttpResponse:
    draft = get_object_or_404(patient.note_drafts.of(request.user), pk=draft_id)
    if request.method == "POST":
        services.discard_draft(draft=draft, by=request.user)
        messages.success(request, _("Draft discarded."))
        return saved(request, notes_url(patient))
    back = place(request, notes_url(patient))
    context = {"patient": patient, "tab": "notes", "draft": draft, "form": DiscardForm(), "back": back}
    return render(request, "sessions_notes/discard_draft.html", context)


@dataclass
class Sheet:
    """A note that somebody is writing: the form's token, what was typed, and the draft that keeps it."""

    patient: Patient
    user: Any
    note: SessionNote | None = None  # the saved note that is being changed
    token: uuid.UUID = field(default_factory=uuid.uuid4)
    draft: NoteDraft | None = None
    draft_version: int = 0
    typed: dict[str, str] = field(default_factory=dict)
    action: str = "save"

    @classmethod
    def posted(cls, request: StaffRequest, patient: Patient, note: SessionNote | None = None) -> Self:
        """What a form of `page` sent. `replaces` is the version of another window's draft that this text replaces."""
        names = [name for name in (EditNoteForm if note else NoteForm).base_fields if name != "form_token"]
        typed = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in names}
        action = request.POST.get("do", "save")
        if action == "separate" and note is None:
            return cls(patient, request.user, None, uuid.uuid4(), typed=typed, action=action)
        version = request.POST.get("replaces") or request.POST.get("draft_version", "")
        number = int(version) if version.isdecimal() and len(version) < 10 else 0
        token = _uuid(request.POST.get("form_token", ""))
        return cls(patient, request.user, note, token, draft_version=number, typed=typed, action=action)

    def keep(self) -> NoteDraft | None:
        """Save what was typed as a draft. Raises DraftConflict, AlreadyRecorded."""
        self.draft = services.save_draft(
            patient=self.patient,
            by=self.user,
            note=self.note,
            token=self.token,
            draft_version=self.draft_version,
            typed=self.typed,
        )
        return self.draft

    def form(self, data: Any = None, **changes: Any) -> NoteForm:
        """The form with what was typed in it: judged if `data` is given, else as it stands."""
        form_class = EditNoteForm if self.note else NoteForm
        return form_class(data, patient=self.patient, initial=self.typed | changes)

    def page(self, request: StaffRequest, form: NoteForm, *, status: int = 0, **more: Any) -> HttpResponse:
        note, back = self.note, place(request, note_url(self.note) if self.note else notes_url(self.patient))
        template = "sessions_notes/edit_note.html" if note else "sessions_notes/write_note.html"
        arguments = {"patient_id": self.patient.pk} | ({"note_id": note.pk} if note else {})
        context = {
            "patient": self.patient,
            "tab": "notes",
            "form": form,
            "note": note,
            "draft": self.draft,
            "token": self.token,
            "action": reverse(f"sessions_notes:{'edit' if note else 'write'}_note", kwargs=arguments),
            "autosave_url": reverse("sessions_notes:autosave", kwargs=arguments),
            "back": back,
            "last": panels.last_session(self.patient, self.user, other_than=note, length=4_000),
            "open_follow_ups": panels.open_follow_ups(self.patient, self.user),
        }
        return render(request, template, context | more, status=status or (422 if form.errors else 200))


def _receive(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    try:
        draft = sheet.keep()
    except AlreadyRecorded as repeat:
        return _repeated(request, sheet, repeat.existing)
    except DraftConflict as conflict:
        sheet.draft = conflict.current
        return sheet.page(request, sheet.form(), status=409, stored=conflict.current)
    if sheet.action == "draft":
        messages.success(request, _("Draft saved. Only you can see it."))
        return saved(request, notes_url(sheet.patient))
    if draft and sheet.action in {"replace", "separate"}:
        page = note_url(sheet.note, "edit_note") if sheet.note else draft_url(draft)
        return redirect(_with_next(request, page))
    return _save(request, sheet)


def _save(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    form = sheet.form(request.POST)
    if not form.is_valid():
        return sheet.page(request, form)
    try:
        note = _call_service(sheet, form)
    except AlreadyRecorded as repeat:
        return _repeated(request, sheet, repeat.existing)
    except StaleVersion as stale:
        form = sheet.form(version=stale.current.version)
        return sheet.page(request, form, status=409, current=stale.current, current_version=_latest(stale.current))
    except ChartArchived:
        form.add_error(None, _("This chart is archived and takes no notes. What you wrote is kept as your draft."))
        return sheet.page(request, form)
    except EnteredInError:
        form.add_error(None, _("Somebody marked this note as entered in error meanwhile. It stays as it is."))
        return sheet.page(request, form)
    except ValidationError as error:
        add_service_errors(form, error)
        return sheet.page(request, form)
    return _written(request, note)


def _call_service(sheet: Sheet, form: NoteForm) -> SessionNote:
    if sheet.note is None:
        return services.write_note(patient=sheet.patient, by=sheet.user, form_token=sheet.token, **form.content())
    return services.edit_note(
        note=sheet.note,
        version=form.cleaned_data["version"],
        changes=form.content(),
        reason=form.cleaned_data["change_reason"],
        by=sheet.user,
        form_token=sheet.token,
    )


def _written(request: StaffRequest, note: SessionNote) -> HttpResponse:
    messages.success(request, _("Note saved."))
    return saved(request, note_url(note) if note.is_edited else notes_url(note.patient))


def _repeated(request: StaffRequest, sheet: Sheet, note: SessionNote) -> HttpResponse:
    """The same form again. If the first answer got lost and its author wrote on, the newer words become a draft."""
    saved_text = note.versions.filter(form_token=sheet.token).values_list("note_text", flat=True).first()
    if saved_text is None or sheet.typed["note_text"].strip() == saved_text.strip():
        return _written(request, note)
    try:
        Sheet(sheet.patient, sheet.user, note, typed=sheet.typed).keep()
    except DraftConflict:  # a change to this note is being written elsewhere: that draft stays, and so does this text
        Sheet(sheet.patient, sheet.user, typed=sheet.typed).keep()
        messages.warning(request, _("This form was saved before. What you wrote since is kept as a draft of its own."))
        return redirect(notes_url(sheet.patient))
    messages.warning(
        request, _("This form was saved before. What you wrote since is in the form: save it as a change.")
    )
    return redirect(note_url(note, "edit_note"))


def _latest(note: SessionNote) -> Any:
    return note.versions.select_related("saved_by").newest_first().first()


def _as_typed(note: SessionNote) -> dict[str, Any]:
    """A saved note as its form shows it."""
    follow_up = getattr(note, "follow_up", None) if note.follow_up_needed else None
    return {
        "session_date": note.session_date,
        "start_time": note.start_time.strftime("%H:%M") if note.start_time else "",
        "duration_minutes": note.duration_minutes or "",
        "session_type": note.session_type,
        "note_text": note.note_text,
        "follow_up_needed": YES if note.follow_up_needed else NO,
        "follow_up_text": follow_up.text if follow_up else "",
        "follow_up_due_on": follow_up.due_on if follow_up else None,
        "version": note.version,
    }


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


def _with_next(request: StaffRequest, url: str) -> str:
    wanted = place(request, "")
    return f"{url}?{urlencode({'next': wanted})}" if wanted else url
