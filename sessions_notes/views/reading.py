"""Reading: the Notes tab, one note, its versions; and saying that a note was entered in error."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Perm, patient_view
from accounts.http import StaffRequest
from patients.errors import ChartArchived
from patients.forms import add_service_errors
from patients.models import Patient
from sessions_notes import panels, services
from sessions_notes.differences import word_diff
from sessions_notes.errors import EnteredInError
from sessions_notes.forms import ErrorForm
from sessions_notes.models import SessionNoteVersion
from sessions_notes.views.common import changeable, note_url
from ui.http import form_page, saved
from ui.paging import Key

PAGE_SIZE = 20
VERSIONS_A_PAGE = 10


@require_safe
@patient_view(Perm.VIEW, only_reads=True)
def list_notes(request: StaffRequest, patient: Patient) -> HttpResponse:
    before = Key.decode(request.GET.get("before"))
    notes = patient.session_notes.with_people().with_follow_up().in_brief().page(before, PAGE_SIZE + 1)
    shown = notes[:PAGE_SIZE]
    held = patient.held_perms
    context = {
        "patient": patient,
        "tab": "notes",
        "notes": shown,
        "before": before,
        "next_key": Key(shown[-1].occurred_at, ("note", shown[-1].pk)).encode() if len(notes) > PAGE_SIZE else "",
        "drafts": patient.note_drafts.of(request.user).select_related("note").newest_first(),
        "others_drafts": patient.note_drafts.of_others(request.user) if Perm.REASSIGN in held else (),
        "open_follow_ups": panels.open_follow_ups(patient, request.user),
        "may_add": Perm.ADD in held and not patient.is_archived,
    }
    return render(request, "sessions_notes/list_notes.html", context)


@require_safe
@patient_view(Perm.VIEW)
def show_note(request: StaffRequest, patient: Patient, note_id: int) -> HttpResponse:
    note = get_object_or_404(patient.session_notes.with_people().with_follow_up(), pk=note_id)
    held = patient.held_perms
    may_write = not patient.is_archived
    context = {
        "patient": patient,
        "tab": "notes",
        "note": note,
        "follow_up": getattr(note, "follow_up", None),
        "versions": note.versions.defer("note_text").select_related("saved_by").newest_first()[:VERSIONS_A_PAGE],
        "may_change": may_write and not note.is_in_error and note.may_be_changed_by(request.user, held),
        "may_add": may_write and Perm.ADD in held,
    }
    return render(request, "sessions_notes/show_note.html", context)


@require_safe
@patient_view(Perm.VIEW)
def show_versions(request: StaffRequest, patient: Patient, note_id: int) -> HttpResponse:
    note = get_object_or_404(patient.session_notes.with_people(), pk=note_id)
    wanted = request.GET.get("before", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else None
    versions = list(
        note.versions.select_related("saved_by").before_number(number).newest_first()[: VERSIONS_A_PAGE + 1]
    )
    context = {
        "patient": patient,
        "tab": "notes",
        "note": note,
        "steps": _steps(versions)[:VERSIONS_A_PAGE],
        "next_number": versions[VERSIONS_A_PAGE - 1].number if len(versions) > VERSIONS_A_PAGE else None,
        "before": number,
    }
    return render(request, "sessions_notes/show_versions.html", context)


def _steps(versions: list[SessionNoteVersion]) -> list[dict[str, object]]:
    """Each version with what changed from the one before it, which is the next in the list."""
    return [
        {
            "version": version,
            "changes": version.facts_changed_from(earlier) if earlier else [],
            "pieces": word_diff(earlier.note_text, version.note_text) if earlier else [],
            "is_text_changed": bool(earlier and earlier.note_text != version.note_text),
        }
        for version, earlier in zip(versions, [*versions[1:], None], strict=False)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def mark_in_error(request: StaffRequest, patient: Patient, note_id: int) -> HttpResponse:
    note = changeable(request, patient, note_id)
    form = ErrorForm(request.POST if request.method == "POST" else None)
    context = {"patient": patient, "tab": "notes", "note": note, "form": form, "back": note_url(note)}
    template = "sessions_notes/mark_in_error.html"
    if not form.is_valid():
        return form_page(request, template, context)
    try:
        services.mark_in_error(note=note, reason=form.cleaned_data["reason"], by=request.user)
    except EnteredInError:
        messages.info(request, _("This note was marked as entered in error already."))
        return redirect(note_url(note))
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before changing it."))
        return form_page(request, template, context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, template, context)
    messages.success(request, _("Marked as entered in error. The note stays readable, struck through."))
    return saved(request, note_url(note))
