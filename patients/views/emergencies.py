"""Emergency access: opening a chart, ending that, and the reviews."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.access import Perm, caseload_view, patient_view, role_view
from accounts.entries import Scope
from accounts.http import StaffRequest
from accounts.reauth import is_password_of
from accounts.roles import TREATING, Role
from audit.api import Relationship, during_emergency, record_event
from patients import services
from patients.access_forms import EmergencyForm, ReviewForm
from patients.emergencies import EmergencyQuerySet, emergencies_for, find_exactly, reviews_for
from patients.errors import NotEligible, StatusUnchanged
from patients.forms import add_service_errors
from patients.models import Patient
from patients.querysets import PatientQuerySet
from ui.http import form_page, posted

SHOWN = 100  # closed reviews on the list


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@caseload_view(Perm.VIEW, roles=TREATING)
def open_emergency(request: StaffRequest, patients: PatientQuerySet) -> HttpResponse:
    form = EmergencyForm(posted(request), id_label=settings.OT_PATIENT_ID_LABEL)
    back = reverse("patients:list_caseload")
    context = {"form": form, "section": "caseload", "back": back, "minutes": settings.OT_EMERGENCY_MINUTES}
    # Which chart is looked for last: until then all answers are the same, whatever was entered.
    if not form.is_valid() or not _may_try(request, form):
        return form_page(request, "patients/open_emergency.html", context)
    data = form.cleaned_data
    patient = find_exactly(patient_id=data["patient_id"], date_of_birth=data["date_of_birth"])
    if patient is None:
        _refused(request, "unknown")
        label = settings.OT_PATIENT_ID_LABEL
        form.add_error(None, _("No chart has this %(label)s and this date of birth. Check both.") % {"label": label})
        return form_page(request, "patients/open_emergency.html", context)
    if patients.filter(pk=patient.pk).exists():
        messages.info(request, _("This chart is open to you already."))
        return redirect("patients:show_chart", patient_id=patient.pk)
    try:
        services.open_emergency(
            patient=patient,
            reason_kind=data["reason_kind"],
            reason=data["reason"],
            form_token=data["form_token"],
            by=request.user,
            request=request,
        )
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "patients/open_emergency.html", context)
    return redirect("patients:show_chart", patient_id=patient.pk)


def _may_try(request: StaffRequest, form: EmergencyForm) -> bool:
    """Whether the limits allow an attempt and the password is right; what is wrong is said in the form."""
    if not limits.take(request, Scope.EMERGENCY, request.user):
        _refused(request, "limit")
        form.add_error(None, _("Too many attempts. Wait a quarter of an hour, and ask a lead meanwhile."))
        return False
    try:
        if is_password_of(request, request.user, form.cleaned_data["password"]):
            return True
    except limits.TooMany:
        _refused(request, "locked")
        form.add_error("password", _("Too many wrong passwords. Wait five minutes, then try again."))
        return False
    _refused(request, "password")
    form.add_error("password", _("This is not your password"))
    return False


def _refused(request: StaffRequest, why: str) -> None:
    # Not what was entered: an identifier that is nobody's is somebody's with a typing error.
    record_event(
        "emergency.refused", by=request.user, request=request, details={"why": why}, relationship=Relationship.NONE
    )


@require_POST
@patient_view(Perm.VIEW)
def end_emergency(request: StaffRequest, patient: Patient) -> HttpResponse:
    if services.end_emergency(patient=patient, by=request.user, request=request):
        messages.success(request, _("Your emergency access has ended."))
        return redirect("patients:list_caseload")
    messages.info(request, _("You have no emergency access to this chart."))
    return redirect("patients:show_chart", patient_id=patient.pk)


@require_safe
@role_view(Role.THERAPIST, Role.LEAD, Role.AUDITOR, hands=emergencies_for)
def list_emergencies(request: StaffRequest, emergencies: EmergencyQuerySet) -> HttpResponse:
    context = {
        "section": "emergencies",
        "waiting": list(emergencies.unreviewed().with_people().oldest_first()),
        "closed": list(emergencies.reviewed().with_people().newest_first()[:SHOWN]),
        "may_review": request.user.role in {Role.LEAD, Role.AUDITOR},
    }
    return render(request, "patients/list_emergencies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_view(Role.LEAD, Role.AUDITOR, hands=reviews_for)
def review_emergency(request: StaffRequest, emergencies: EmergencyQuerySet, emergency_id: int) -> HttpResponse:
    access = get_object_or_404(emergencies.with_people(), pk=emergency_id)
    form = ReviewForm(posted(request))
    back = reverse("patients:list_emergencies")
    done = during_emergency(access)
    context = {"form": form, "access": access, "done": done, "section": "emergencies", "back": back}
    if access.reviewed_at and request.method != "POST":
        return render(request, "patients/show_emergency.html", context)
    if not form.is_valid():
        return form_page(request, "patients/review_emergency.html", context)
    data = form.cleaned_data
    try:
        services.review_emergency(
            access=access, outcome=data["outcome"], review=data["review"], by=request.user, request=request
        )
    except StatusUnchanged:
        access = context["access"] = get_object_or_404(emergencies.with_people(), pk=emergency_id)
        if (access.reviewed_by_id, access.outcome, access.review) != (request.user.pk, data["outcome"], data["review"]):
            form.add_error(
                None, _("Somebody else closed this review meanwhile. Yours was not saved; it is still below.")
            )
            return render(request, "patients/review_emergency.html", context, status=HTTPStatus.CONFLICT)
    except NotEligible as error:
        form.add_error(None, str(error))
        return form_page(request, "patients/review_emergency.html", context)
    messages.success(request, _("The review is closed."))
    return redirect(back)
