"""Care team and handover."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import Perm, caseload_view, patient_view
from accounts.http import StaffRequest
from accounts.roles import Role
from patients import services
from patients.errors import NotEligible, StatusUnchanged
from patients.forms import EndMembershipForm, HandOverForm, MemberForm, add_service_errors
from patients.models import Patient
from patients.querysets import PatientQuerySet
from patients.views.chart import chart_url
from patients.vocabulary import ChartStatus
from ui.http import form_page, posted, saved


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.CHANGE)
def add_member(request: StaffRequest, patient: Patient) -> HttpResponse:
    form = MemberForm(posted(request), by=request.user, initial={"starts_on": timezone.localdate()})
    context = {"patient": patient, "form": form, "tab": "overview", "back": chart_url(patient)}
    if not form.is_valid():
        return form_page(request, "patients/add_member.html", context)
    data = form.cleaned_data
    fields = {name: data[name] for name in ("user", "role", "starts_on", "ends_on", "reason")}
    try:
        services.add_member(patient=patient, by=request.user, **fields)
    except NotEligible as error:
        form.add_error("role", str(error))
        return form_page(request, "patients/add_member.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "patients/add_member.html", context)
    messages.success(request, _("%(name)s is on the care team.") % {"name": data["user"].name})
    return saved(request, chart_url(patient))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.CHANGE)
def end_membership(request: StaffRequest, patient: Patient, member_id: int) -> HttpResponse:
    member = get_object_or_404(patient.care_team.select_related("user"), pk=member_id)
    form = EndMembershipForm(posted(request))
    context = {"patient": patient, "form": form, "member": member, "tab": "overview", "back": chart_url(patient)}
    if not form.is_valid():
        return form_page(request, "patients/end_membership.html", context)
    try:
        services.end_membership(member=member, reason=form.cleaned_data["reason"], by=request.user)
    except StatusUnchanged:
        messages.info(request, _("%(name)s had left the care team already.") % {"name": member.user.name})
    except NotEligible as error:
        form.add_error(None, str(error))
        return form_page(request, "patients/end_membership.html", context)
    else:
        messages.success(request, _("%(name)s has left the care team.") % {"name": member.user.name})
    if member.user == request.user:
        return redirect("patients:list_caseload")
    return saved(request, chart_url(patient))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.REASSIGN)
def hand_over(request: StaffRequest, patient: Patient) -> HttpResponse:
    form = HandOverForm(posted(request), by=request.user)
    context = {"patient": patient, "form": form, "tab": "overview", "back": chart_url(patient)}
    if not form.is_valid():
        return form_page(request, "patients/hand_over.html", context)
    data = form.cleaned_data
    try:
        moved = _move([patient], data, request)
    except NotEligible as error:  # switched off since the form was checked
        form.add_error("to", str(error))
        return form_page(request, "patients/hand_over.html", context)
    _say_moved(request, len(moved), data["to"].name)
    return saved(request, reverse("dashboards:show_dashboard"))


@require_http_methods(["GET", "HEAD", "POST"])
@caseload_view(Perm.REASSIGN, roles=frozenset({Role.LEAD}))
def hand_over_many(request: StaffRequest, patients: PatientQuerySet) -> HttpResponse:
    """A selection, or a therapist's whole caseload (`therapist`): chosen on the team's list, decided here."""
    # What is sent is what was ticked: patients who joined the caseload since the page was shown stay where they are.
    therapist = "" if request.method == "POST" else request.GET.get("therapist", "")
    wanted = patients.chosen(request.POST.getlist("patient"), therapist=therapist)
    chosen = list(wanted.with_people().by_name())
    form = HandOverForm(request.POST if "reason" in request.POST else None, by=request.user)
    back = reverse("patients:list_caseload") + "?scope=team"
    closed = sum(patient.chart_status != ChartStatus.ACTIVE for patient in chosen)
    context = {"form": form, "patients": chosen, "closed": closed, "section": "team", "back": back}
    if not chosen:
        messages.error(request, _("Choose at least one patient to hand over."))
        return redirect(back)
    if not form.is_valid():
        return form_page(request, "patients/hand_over_many.html", context)
    data = form.cleaned_data
    try:
        moved = _move(chosen, data, request, within=patients)
    except NotEligible as error:
        form.add_error("to", str(error))
        return form_page(request, "patients/hand_over_many.html", context)
    done = {patient.pk for patient in moved}
    if gone := [p for p in chosen if p.pk not in done and p.primary_therapist_id != data["to"].pk]:
        text = _("Somebody else moved patients meanwhile: %(count)s of those chosen stay where they are now.")
        messages.warning(request, text % {"count": len(gone)})
    if moved or not gone:
        _say_moved(request, len(moved), data["to"].name)
    return redirect(back)


def _move(
    patients: list[Patient], data: dict[str, Any], request: StaffRequest, *, within: PatientQuerySet | None = None
) -> list[Patient]:
    return services.hand_over(
        patients=patients,
        to=data["to"],
        reason=data["reason"],
        keep_as_cover_until=data["keep_until"],
        by=request.user,
        within=within,
    )


def _say_moved(request: StaffRequest, count: int, name: str) -> None:
    if not count:
        messages.info(request, _("%(name)s was the primary therapist already.") % {"name": name})
        return
    text = ngettext("%(count)s patient handed over to %(name)s.", "%(count)s patients handed over to %(name)s.", count)
    messages.success(request, text % {"count": count, "name": name})
