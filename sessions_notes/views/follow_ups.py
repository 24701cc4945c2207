"""Resolving follow-ups, and opening them again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Perm, patient_view
from accounts.http import StaffRequest
from patients.errors import ChartArchived
from patients.forms import add_service_errors
from patients.models import Patient
from sessions_notes import services
from sessions_notes.errors import FollowUpClosed
from sessions_notes.forms import ReopenForm, ResolveForm
from sessions_notes.views.common import note_url, notes_url
from ui.http import form_page, saved


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def resolve_follow_up(request: StaffRequest, patient: Patient, follow_up_id: int) -> HttpResponse:
    follow_up = get_object_or_404(patient.follow_ups.with_people().with_note(), pk=follow_up_id)
    form = ResolveForm(request.POST if request.method == "POST" else None)
    back = notes_url(patient)
    context = {"patient": patient, "tab": "notes", "follow_up": follow_up, "form": form, "back": back}
    if not form.is_valid():
        return form_page(request, "sessions_notes/resolve_follow_up.html", context)
    try:
        services.resolve_follow_up(follow_up=follow_up, resolution=form.cleaned_data["resolution"], by=request.user)
    except FollowUpClosed:
        messages.info(request, _("This follow-up was resolved already."))
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before changing it."))
        return form_page(request, "sessions_notes/resolve_follow_up.html", context)
    else:
        messages.success(request, _("Follow-up resolved."))
    return saved(request, back)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def reopen_follow_up(request: StaffRequest, patient: Patient, follow_up_id: int) -> HttpResponse:
    follow_up = get_object_or_404(patient.follow_ups.with_people().with_note(), pk=follow_up_id)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    back = note_url(follow_up.note)
    context = {"patient": patient, "tab": "notes", "follow_up": follow_up, "form": form, "back": back}
    if not form.is_valid():
        return form_page(request, "sessions_notes/reopen_follow_up.html", context)
    try:
        services.reopen_follow_up(follow_up=follow_up, reason=form.cleaned_data["reason"], by=request.user)
    except FollowUpClosed:
        messages.info(request, _("This follow-up is open, or its note does not ask for it any more."))
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before changing it."))
        return form_page(request, "sessions_notes/reopen_follow_up.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "sessions_notes/reopen_follow_up.html", context)
    else:
        messages.success(request, _("Follow-up is open again."))
    return saved(request, back)
