"""Requests for access: asking, and deciding."""

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.access import role_view
from accounts.entries import Scope
from accounts.http import StaffRequest
from accounts.roles import CLINICAL, Role
from audit.api import record_event
from patients import services
from patients.access_forms import AskForm, DecideAccessForm
from patients.access_requests import AccessRequest, AccessRequestQuerySet, requests_for
from patients.errors import NotEligible, StatusUnchanged
from patients.forms import add_service_errors
from patients.services.care_team import ELIGIBLE
from ui.http import form_page, posted


@require_POST
@role_view(*sorted(CLINICAL))
def request_access(request: StaffRequest) -> HttpResponse:
    """Where the refusal page's form goes. Nothing here depends on whether there is such a chart."""
    if not _is_key(request.POST.get("chart", "")):
        raise Http404
    form = AskForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "section": "caseload", "back": reverse("patients:list_caseload")}
        return form_page(request, "patients/request_access.html", context)
    if not limits.take(request, Scope.ACCESS, request.user):
        record_event("access.request_refused", by=request.user, request=request, details={"why": "limit"})
        messages.error(request, _("Too many requests. Wait a quarter of an hour, then try again."))
        return redirect("patients:list_caseload")
    data = form.cleaned_data
    services.request_access(
        asked_for=data["chart"],
        reason_kind=data["reason_kind"],
        reason=data["reason"],
        form_token=data["form_token"],
        by=request.user,
        request=request,
    )
    text = _("If there is such a chart, those who treat the patient can see your request. A grant is shown here.")
    messages.info(request, text)
    return redirect("patients:list_caseload")


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@require_safe
@role_view(Role.THERAPIST, Role.LEAD, hands=requests_for)
def list_access_requests(request: StaffRequest, asked: AccessRequestQuerySet) -> HttpResponse:
    context = {"section": "requests", "requests": list(asked.open().newest_of_each().with_people())}
    return render(request, "patients/list_access_requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_view(Role.THERAPIST, Role.LEAD, hands=requests_for)
def decide_access(request: StaffRequest, asked: AccessRequestQuerySet, request_id: int) -> HttpResponse:
    found = get_object_or_404(asked.with_people(), pk=request_id)
    is_open = found.state == AccessRequest.State.OPEN
    form = DecideAccessForm(posted(request), roles=ELIGIBLE.get(found.asked_by.role, frozenset()))
    back = reverse("patients:list_access_requests")
    context = {"form": form, "asked": found, "is_open": is_open, "section": "requests", "back": back}
    if not form.is_valid():
        return form_page(request, "patients/decide_access.html", context)
    data = form.cleaned_data
    fields = {name: data[name] for name in ("state", "role", "ends_on", "note")}
    try:
        services.decide_access_request(asked=found, by=request.user, within=asked, request=request, **fields)
    except StatusUnchanged:
        found = context["asked"] = get_object_or_404(asked.with_people(), pk=request_id)
        if (found.decided_by_id, found.state) != (request.user.pk, data["state"]):
            form.add_error(
                None, _("Somebody else decided this meanwhile. Your decision was not saved; it is still below.")
            )
            context["is_open"] = False
            return render(request, "patients/decide_access.html", context, status=HTTPStatus.CONFLICT)
        messages.info(request, _("This request was decided already."))
    except NotEligible as error:
        form.add_error("role", str(error))
        return form_page(request, "patients/decide_access.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "patients/decide_access.html", context)
    else:
        messages.success(request, _("Access granted.") if data["state"] == "granted" else _("Request declined."))
    return redirect(back)
