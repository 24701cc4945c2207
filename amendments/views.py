"""Requests to amend: the list of a chart, one request with its clock, its forms and letter, and all that are open."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Perm, patient_view, role_view
from accounts.http import StaffRequest
from accounts.roles import Role
from amendments import pages, services
from amendments.forms import DecideForm, ExtendForm, RebuttalForm, RequestForm, StatementForm, ToldForm
from amendments.models import AmendmentRequest
from amendments.panels import request_url
from amendments.querysets import RequestQuerySet, requests_for
from amendments.vocabulary import LONGEST_EXTENSION
from patients.errors import AlreadyRecorded, StatusUnchanged
from patients.forms import add_service_errors
from patients.models import Patient
from ui.http import form_page, posted


@require_safe
@role_view(Role.THERAPIST, Role.LEAD, Role.AUDITOR, hands=requests_for)
def list_open(request: StaffRequest, asked: RequestQuerySet) -> HttpResponse:
    context = {"section": "amendments", "requests": list(asked.open().with_people().due_first())}
    return render(request, "amendments/list_open.html", context)


@require_safe
@patient_view(Perm.VIEW)
def list_requests(request: StaffRequest, patient: Patient) -> HttpResponse:
    context = {
        "patient": patient,
        "tab": "amendments",
        "requests": list(patient.amendment_requests.with_people().with_links().newest_first()),
        "may_add": Perm.ADD in patient.held_perms,
    }
    return render(request, "amendments/list_requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def record_request(request: StaffRequest, patient: Patient) -> HttpResponse:
    wanted = request.POST.getlist("about") if request.method == "POST" else request.GET.getlist("about")[:1]
    also = [key for word in wanted if (key := pages.key_of(word))]
    entries = [*pages.part_choices(), *pages.entry_choices(patient, request.user, also)]
    form = RequestForm(posted(request), entries=entries, initial={"about": wanted})
    back = reverse("amendments:list_requests", kwargs={"patient_id": patient.pk})
    context = {"patient": patient, "tab": "amendments", "form": form, "back": back}
    if not form.is_valid():
        return form_page(request, "amendments/record_request.html", context)
    try:
        asked = services.record_request(patient=patient, by=request.user, **form.cleaned_data)
    except AlreadyRecorded as repeat:
        asked = repeat.existing
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "amendments/record_request.html", context)
    messages.success(request, _("Request recorded. It must be decided within 60 days of its receipt."))
    return redirect(request_url(asked))


@require_safe
@patient_view(Perm.VIEW)
def show_request(request: StaffRequest, patient: Patient, amendment_id: int) -> HttpResponse:
    asked = _asked(patient, amendment_id)
    return render(request, "amendments/show_request.html", pages.context(asked, patient, request.user))


@require_safe
@patient_view(Perm.VIEW)
def show_letter(request: StaffRequest, patient: Patient, amendment_id: int) -> HttpResponse:
    asked = _asked(patient, amendment_id)
    context = pages.context(asked, patient, request.user)
    if not context["has_letter"]:
        messages.info(request, _("There is a letter once the request is decided or its time is extended."))
        return redirect(request_url(asked))
    more = {"contact": settings.OT_PRIVACY_CONTACT, "authority": settings.OT_PRIVACY_AUTHORITY}
    return render(request, "amendments/show_letter.html", context | more)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.REASSIGN)
def extend_request(request: StaffRequest, patient: Patient, amendment_id: int) -> HttpResponse:
    asked = _asked(patient, amendment_id)
    form = ExtendForm(posted(request), initial={"until": asked.due_on + LONGEST_EXTENSION})
    done = _("Time extended. The letter with the reasons can be printed.")
    return _answer(request, patient, asked, form, "extend_request", services.extend, done, is_over="may_extend")


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.REASSIGN)
def decide_request(request: StaffRequest, patient: Patient, amendment_id: int) -> HttpResponse:
    asked = _asked(patient, amendment_id)
    form = DecideForm(posted(request), entries=pages.entry_choices(patient, request.user))
    done = _("Decision recorded. Print the letter, and record here when it was given.")
    return _answer(request, patient, asked, form, "decide_request", services.decide, done, is_over="may_decide")


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.CHANGE)
def record_told(request: StaffRequest, patient: Patient, amendment_id: int) -> HttpResponse:
    asked = _asked(patient, amendment_id)
    form = ToldForm(posted(request), is_amended=asked.is_amended)
    return _answer(
        request, patient, asked, form, "record_told", services.record_told, _("Recorded."), is_over="may_tell"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def add_statement(request: StaffRequest, patient: Patient, amendment_id: int) -> HttpResponse:
    asked = _asked(patient, amendment_id)
    done = _("Statement recorded. It is shown with the disputed entries.")
    form = StatementForm(posted(request))
    return _answer(request, patient, asked, form, "add_statement", services.add_statement, done, is_over="may_disagree")


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.CHANGE)
def add_rebuttal(request: StaffRequest, patient: Patient, amendment_id: int) -> HttpResponse:
    asked = _asked(patient, amendment_id)
    done = _("Rebuttal recorded. Give the patient a copy.")
    form = RebuttalForm(posted(request))
    return _answer(request, patient, asked, form, "add_rebuttal", services.add_rebuttal, done, is_over="may_rebut")


def _asked(patient: Patient, amendment_id: int) -> AmendmentRequest:
    found: AmendmentRequest = get_object_or_404(patient.amendment_requests.with_people(), pk=amendment_id)
    return found


def _answer(
    request: StaffRequest,
    patient: Patient,
    asked: AmendmentRequest,
    form: Any,
    name: str,
    service: Callable[..., Any],
    done: str,
    *,
    is_over: str,
) -> HttpResponse:
    """Take a form about a request to its service. Where that step was taken already, 409 keeps what was typed."""
    template = f"amendments/{name}.html"
    context = pages.context(asked, patient, request.user) | {"form": form, "back": request_url(asked)}
    if request.method != "POST" and not context[is_over]:
        messages.info(request, _("This step is not open, or was taken already."))
        return redirect(request_url(asked))
    if not form.is_valid():
        return form_page(request, template, context)
    try:
        service(asked=asked, by=request.user, **form.facts())
    except AlreadyRecorded:
        pass
    except StatusUnchanged:
        return render(request, template, context | {"is_conflict": True}, status=409)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, template, context)
    messages.success(request, done)
    return redirect(request_url(asked))
