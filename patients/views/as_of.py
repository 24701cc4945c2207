"""What was known when: the chart as it stood at a past moment, and how each fact of it is known.

A moment, a kind of fact and a row's number say nothing about a patient, so that they may be in an address.
"""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import Perm, patient_view
from accounts.http import StaffRequest
from patients import as_of, provenance
from patients.as_of_form import AsOfForm
from patients.models import Patient
from patients.views.chart import chart_url
from ui.dates import show_moment
from ui.http import form_page
from ui.paging import Key


@require_safe
@patient_view(Perm.VIEW)
def show_as_of(request: StaffRequest, patient: Patient) -> HttpResponse:
    now = timezone.localtime()
    form = AsOfForm(request.GET or None, initial={"on": now.date(), "time": now.strftime("%H:%M")})
    context = {"patient": patient, "form": form, "tab": "history", "back": chart_url(patient)}
    if not form.is_valid():
        return form_page(request, "patients/choose_moment.html", context)
    before = Key.decode(request.GET.get("before"))
    part = request.GET.get("part", "")
    stood = as_of.read(patient, form.cleaned_data["moment"], part=part, before=before)
    if stood is None:
        words = _("Enter a moment after the registration, %(moment)s")
        form.add_error("on", words % {"moment": show_moment(patient.created_at)})
        return form_page(request, "patients/choose_moment.html", context)
    context = {"patient": stood.patient, "now": patient, "stood": stood, "moment": stood.moment, "part": part}
    at = as_of.step_to(stood.moment)
    response = render(request, "patients/show_as_of.html", context | {"at": at, "before": before})
    response.audit_details = {"as_of": at}  # type: ignore[attr-defined]
    return response


@require_safe
@patient_view(Perm.VIEW)
def show_known(request: StaffRequest, patient: Patient, what: str, key: str) -> HttpResponse:
    answer = provenance.find(patient, what, key)
    if answer is None:
        raise Http404
    context = {"patient": patient, "tab": "", "answer": answer, "back": chart_url(patient)}
    return render(request, "patients/show_known.html", context)
