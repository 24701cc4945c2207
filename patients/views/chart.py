"""The chart: its overview, details and statuses."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Perm, patient_view
from accounts.http import StaffRequest
from patients import services, timeline
from patients.errors import ChartArchived, StaleVersion, StatusUnchanged
from patients.forms import ChartStatusForm, EditForm, StatusForm, add_service_errors
from patients.models import Patient
from patients.registry import ChartPanel, EntryMarks, prefill, read_for, registry
from patients.vocabulary import MobilityStatus
from ui.addresses import reverse
from ui.http import form_page, posted, saved
from ui.paging import Key


def chart_url(patient: Patient) -> str:
    return reverse("patients:show_chart", kwargs={"patient_id": patient.pk})


@require_safe
@patient_view(Perm.VIEW, only_reads=True)
def show_chart(request: StaffRequest, patient: Patient) -> HttpResponse:
    before, kind = Key.decode(request.GET.get("before")), request.GET.get("show", "")
    shown = [] if before else registry.of(ChartPanel)
    if not before:
        read_for(patient, request.user, *shown, *registry.of(EntryMarks), *timeline.shown_by(kind))
    panels = [(panel, panel.fetch(patient, request.user)) for panel in shown]
    context = {
        "patient": patient,
        "tab": "overview",
        "section": "caseload",
        "strip": [(panel.part, data) for panel, data in panels if panel.area == "strip"],
        "rail": [(panel.part, data) for panel, data in panels if panel.area == "rail"],
        "timeline": timeline.read(patient, request.user, before=before, kind=kind),
        "before": before,
        "today": timezone.localdate(),
        "may_change": Perm.CHANGE in patient.held_perms,
        "may_reassign": Perm.REASSIGN in patient.held_perms,
    }
    return render(request, "patients/show_chart.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.CHANGE)
def change_status(request: StaffRequest, patient: Patient) -> HttpResponse:
    now = timezone.localtime()
    initial: dict[str, Any] = {
        "seen_on": now.date(),
        "seen_time": now.strftime("%H:%M"),
        "from_status": patient.mobility_status,
    }
    if suggested := prefill(patient, request.GET.get("suggested", "")):
        initial |= asdict(suggested)
    form = StatusForm(posted(request), initial=initial)
    context = {
        "patient": patient,
        "form": form,
        "tab": "overview",
        "back": chart_url(patient),
        "levels": [(status, status.level) for status in MobilityStatus],
    }
    if not form.is_valid():
        return form_page(request, "patients/change_status.html", context)
    data = form.cleaned_data
    to = MobilityStatus(data["to"])
    try:
        services.change_mobility_status(
            patient=patient,
            to=to,
            reason=data["reason"],
            from_status=data["from_status"],
            effective_at=data["seen_at"],
            by=request.user,
        )
    except StaleVersion:
        patient.refresh_from_db()
        return render(request, "patients/change_status.html", context | {"is_conflict": True}, status=409)
    except StatusUnchanged:
        messages.info(request, _("Mobility status is %(status)s already.") % {"status": to.label})
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before changing it."))
        return form_page(request, "patients/change_status.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "patients/change_status.html", context)
    else:
        messages.success(request, _("Mobility status is now %(status)s.") % {"status": to.label})
    return saved(request, chart_url(patient))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.CHANGE)
def change_chart_status(request: StaffRequest, patient: Patient) -> HttpResponse:
    form = ChartStatusForm(posted(request))
    context = {"patient": patient, "form": form, "tab": "overview", "back": chart_url(patient)}
    if not form.is_valid():
        return form_page(request, "patients/change_chart_status.html", context)
    data = form.cleaned_data
    try:
        patient = services.change_chart_status(
            patient=patient, to=data["to"], deceased_on=data["deceased_on"], reason=data["reason"], by=request.user
        )
    except StatusUnchanged:
        messages.info(request, _("The chart has this status already."))
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "patients/change_chart_status.html", context)
    else:
        label = patient.get_chart_status_display().lower()
        messages.success(request, _("The chart is now %(status)s.") % {"status": label})
    return saved(request, chart_url(patient))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.CHANGE)
def edit_patient(request: StaffRequest, patient: Patient) -> HttpResponse:
    initial = {name: getattr(patient, name) for name in (*EditForm.base_fields,) if name != "form_token"}
    form = EditForm(posted(request), initial=initial, id_label=settings.OT_PATIENT_ID_LABEL)
    context = {"patient": patient, "form": form, "tab": "overview", "back": chart_url(patient)}
    if not form.is_valid():
        return form_page(request, "patients/edit_patient.html", context)
    try:
        services.edit_patient(
            patient=patient, version=form.cleaned_data["version"], changes=form.details(), by=request.user
        )
    except StaleVersion as stale:
        return _edit_conflict(request, form, stale.current, context)
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before changing it."))
        return form_page(request, "patients/edit_patient.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "patients/edit_patient.html", context)
    messages.success(request, _("Details saved."))
    return saved(request, chart_url(patient))


def _words(field: BoundField, value: Any) -> Any:
    """What was typed or stored, a choice by its label."""
    return dict(getattr(field.field, "choices", ())).get(value, value)


def _edit_conflict(request: StaffRequest, form: EditForm, current: Patient, context: dict[str, object]) -> HttpResponse:
    """Both texts side by side; sending the form again with the new version number takes what is in it."""
    differing = [
        (field, _words(field, form.cleaned_data[field.name]), _words(field, getattr(current, field.name)))
        for field in form.visible_fields()
        if form.cleaned_data[field.name] != getattr(current, field.name)
    ]
    form.data = {**form.data.dict(), "version": str(current.version)}  # type: ignore[attr-defined]
    page = context | {"differing": differing, "current": current}
    return render(request, "patients/edit_patient.html", page, status=409)
