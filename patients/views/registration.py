"""Registering a patient, and deciding about registrations that may be duplicates."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Perm, caseload_view
from accounts.http import StaffRequest
from accounts.roles import TREATING, Role
from patients import registrations, services
from patients.errors import AlreadyRecorded, NotEligible, StatusUnchanged
from patients.forms import DecideForm, RegisterForm, add_service_errors
from patients.models import Patient
from patients.querysets import PatientQuerySet
from ui.http import form_page, posted


@require_http_methods(["GET", "HEAD", "POST"])
@caseload_view(Perm.VIEW, roles=TREATING)
def register_patient(request: StaffRequest, patients: PatientQuerySet) -> HttpResponse:
    form = RegisterForm(
        posted(request),
        by=request.user,
        initial={"primary_therapist": request.user.pk},
        id_label=settings.OT_PATIENT_ID_LABEL,
    )
    context = {"form": form, "section": "caseload", "back": reverse("patients:list_caseload")}
    if not form.is_valid():
        return form_page(request, "patients/register_patient.html", context)
    if before := registrations.made_by(form, request.user):
        if registrations.has_newer_words(form, before):
            words = _("This form was sent before. What you changed since is not saved: correct it in the chart.")
            messages.warning(request, words)
        return _registered(request, patients, before)
    found = registrations.find_duplicates(patients, form.details())
    if found.must_stop or (found.visible and not form.cleaned_data["is_not_duplicate"]):
        context |= {"duplicates": found.visible, "must_stop": found.must_stop}
        return render(request, "patients/register_patient.html", context, status=422)
    if found.hidden:
        services.request_registration_check(
            match=found.hidden,
            entered=registrations.as_typed(form),
            form_token=form.cleaned_data["form_token"],
            by=request.user,
        )
        messages.info(
            request, _("A lead has been asked to check this registration. Nothing is lost; you need not send it again.")
        )
        return redirect("patients:list_caseload")
    try:
        patient = services.register_patient(by=request.user, **registrations.arguments(form))
    except AlreadyRecorded as repeat:
        patient = repeat.existing
    except NotEligible as error:
        form.add_error("primary_therapist", str(error))
        return form_page(request, "patients/register_patient.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "patients/register_patient.html", context)
    return _registered(request, patients, patient)


def _registered(request: StaffRequest, patients: PatientQuerySet, patient: Patient) -> HttpResponse:
    """To the chart, or to the caseload where it was registered for somebody else."""
    messages.success(request, _("Patient registered."))
    if patients.filter(pk=patient.pk).exists():
        return redirect("patients:show_chart", patient_id=patient.pk)
    return redirect("patients:list_caseload")


@require_safe
@caseload_view(Perm.REASSIGN, roles=frozenset({Role.LEAD}))
def list_registrations(request: StaffRequest, patients: PatientQuerySet) -> HttpResponse:
    context = {"section": "team", "checks": registrations.open_checks(patients)}
    return render(request, "patients/list_registrations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@caseload_view(Perm.REASSIGN, roles=frozenset({Role.LEAD}))
def decide_registration(request: StaffRequest, patients: PatientQuerySet, check_id: int) -> HttpResponse:
    check = get_object_or_404(registrations.checks_about(patients), pk=check_id)
    entered = registrations.entered(check)
    initial = {"patient_id": entered.get("patient_id", "")}
    form = DecideForm(posted(request), initial=initial, id_label=settings.OT_PATIENT_ID_LABEL)
    back = reverse("patients:list_registrations")
    context = {"form": form, "check": check, "entered": entered, "section": "team", "back": back}
    if not form.is_valid():
        return form_page(request, "patients/decide_registration.html", context)
    try:
        registrations.decide(check=check, by=request.user, within=patients, **form.cleaned_data)
    except StatusUnchanged:
        check = context["check"] = get_object_or_404(registrations.checks_about(patients), pk=check_id)
        if (check.decided_by_id, check.state) != (request.user.pk, form.cleaned_data["state"]):
            form.add_error(
                None, _("Somebody else decided this meanwhile. Your decision was not saved; it is still below.")
            )
            return render(request, "patients/decide_registration.html", context, status=HTTPStatus.CONFLICT)
        messages.info(request, _("This registration was decided already."))
    except NotEligible as error:
        form.add_error("state", str(error))
        return form_page(request, "patients/decide_registration.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "patients/decide_registration.html", context)
    else:
        messages.success(request, _("Decided."))
    return redirect(back)
