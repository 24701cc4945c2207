"""Equipment in a patient's chart."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Perm, patient_view
from accounts.http import StaffRequest
from equipment import forms, services
from equipment.events import chart_entries
from equipment.models import EquipmentLog, items_to_offer
from equipment.views.answers import attempt, form_answer, posted
from patients.models import Patient
from ui.addresses import reverse
from ui.http import saved
from ui.paging import Key, older_than

PAST_SIZE = 20
EVENTS_SIZE = 20
EITHER = ["GET", "HEAD", "POST"]


def _custody_url(patient: Patient) -> str:
    return reverse("equipment:show_custody", kwargs={"patient_id": patient.pk})


def _chart_form(
    request: StaffRequest, patient: Patient, name: str, form: forms.ErrorsForm, **more: Any
) -> HttpResponse:
    context = {"patient": patient, "form": form, "back": _custody_url(patient), "tab": "equipment", **more}
    return form_answer(request, f"equipment/{name}.html", context)


def _done(request: StaffRequest, patient: Patient, message: str) -> HttpResponse:
    messages.success(request, message)
    return saved(request, _custody_url(patient))


@require_safe
@patient_view(Perm.VIEW, only_reads=True)
def show_custody(request: StaffRequest, patient: Patient) -> HttpResponse:
    older, before = Key.decode(request.GET.get("older")), Key.decode(request.GET.get("before"))
    past = older_than(patient.equipment_logs.past().with_people().newest_first(), older, field="checked_out_at")
    rows = list(past[: PAST_SIZE + 1])
    events = chart_entries(patient, request.user, before, EVENTS_SIZE + 1)
    may_add = Perm.ADD in patient.held_perms
    last = rows[PAST_SIZE - 1] if len(rows) > PAST_SIZE else None
    context = {
        "patient": patient,
        "tab": "equipment",
        "out": list(patient.equipment_logs.out().with_people().longest_first()),
        "past": rows[:PAST_SIZE],
        "past_count": patient.equipment_logs.past().count(),
        "older": older,
        "older_key": Key(last.checked_out_at, ("log", last.pk)).encode() if last else "",
        "events": events[:EVENTS_SIZE],
        "before": before,
        "before_key": events[EVENTS_SIZE - 1].key.encode() if len(events) > EVENTS_SIZE else "",
        "may_add": may_add and not patient.is_archived,
        "may_return": may_add,
    }
    return render(request, "equipment/show_custody.html", context)


@require_http_methods(EITHER)
@patient_view(Perm.ADD)
def check_out(request: StaffRequest, patient: Patient) -> HttpResponse:
    form = forms.CheckOutForm(posted(request))
    if form.is_valid():
        data = form.cleaned_data
        log = attempt(
            form,
            lambda: services.check_out(
                patient=patient,
                by=request.user,
                serial_number=data["serial_number"],
                equipment_name=data["equipment_name"],
                checked_out_at=data["at"],
                due_back_on=data["due_back_on"],
                notes=data["notes"],
                form_token=data["form_token"],
            ),
            viewer=request.user,
            patient=patient,
        )
        if log:
            return _done(request, patient, _("%(serial)s is checked out") % {"serial": log.serial_number})
    return _chart_form(request, patient, "check_out", form, offered=items_to_offer())


@require_http_methods(EITHER)
@patient_view(Perm.ADD)
def return_item(request: StaffRequest, patient: Patient, log_id: int) -> HttpResponse:
    log: EquipmentLog = get_object_or_404(patient.equipment_logs.with_people(), pk=log_id)
    form = forms.ReturnForm(posted(request))
    if form.is_valid():
        data = form.cleaned_data
        returned = attempt(
            form,
            lambda: services.return_item(
                log=log,
                by=request.user,
                returned_at=data["at"],
                condition=data["condition"],
                notes=data["notes"],
                fault=data["fault"],
            ),
            viewer=request.user,
        )
        if returned:
            return _done(request, patient, _("%(serial)s is returned") % {"serial": log.serial_number})
    return _chart_form(request, patient, "return_item", form, log=form.conflict or log)


@require_http_methods(EITHER)
@patient_view(Perm.ADD)
def mark_lost(request: StaffRequest, patient: Patient, log_id: int) -> HttpResponse:
    log: EquipmentLog = get_object_or_404(patient.equipment_logs.with_people(), pk=log_id)
    form = forms.LostForm(posted(request))
    if form.is_valid():
        data = form.cleaned_data
        lost = attempt(
            form,
            lambda: services.mark_lost(log=log, by=request.user, lost_at=data["at"], notes=data["notes"]),
            viewer=request.user,
        )
        if lost:
            return _done(request, patient, _("%(serial)s is marked as lost") % {"serial": log.serial_number})
    return _chart_form(request, patient, "mark_lost", form, log=form.conflict or log)


@require_http_methods(EITHER)
@patient_view(Perm.ADD)
def change_due_date(request: StaffRequest, patient: Patient, log_id: int) -> HttpResponse:
    log: EquipmentLog = get_object_or_404(patient.equipment_logs.with_people(), pk=log_id)
    form = forms.DueForm(posted(request), initial={"due_back_on": log.due_back_on, "version": log.version})
    if form.is_valid():
        data = form.cleaned_data
        changed = attempt(
            form,
            lambda: services.change_due_date(
                log=log, by=request.user, version=data["version"], due_back_on=data["due_back_on"]
            ),
            viewer=request.user,
        )
        if changed:
            return _done(request, patient, _("The day %(serial)s is due back is saved") % {"serial": log.serial_number})
    return _chart_form(request, patient, "change_due_date", form, log=form.conflict or log)


@require_http_methods(EITHER)
@patient_view(Perm.ADD)
def void_entry(request: StaffRequest, patient: Patient, log_id: int) -> HttpResponse:
    log: EquipmentLog = get_object_or_404(patient.equipment_logs.with_people(), pk=log_id)
    form = forms.VoidForm(posted(request), initial={"version": log.version})
    if form.is_valid():
        data = form.cleaned_data
        voided = attempt(
            form,
            lambda: services.void_entry(log=log, by=request.user, version=data["version"], reason=data["reason"]),
            viewer=request.user,
        )
        if voided:
            return _done(request, patient, _("The entry is marked as entered in error"))
    return _chart_form(request, patient, "void_entry", form, log=form.conflict or log)
