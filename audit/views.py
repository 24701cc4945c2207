"""Pages of the audit: status history, the trail of events, and who looked at a chart."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Perm, patient_view, role_view
from accounts.http import StaffRequest
from accounts.reauth import recently_authenticated
from accounts.roles import Role
from audit import export, looks
from audit.api import record_event
from audit.filters import StatusHistoryFilter, status_history_for
from audit.models import StatusHistoryQuerySet
from audit.search import FIRST, UNASKED, EventSearch
from audit.trail import Trail, trail_for, trail_of
from patients.models import Patient
from ui import csv
from ui.http import form_page


@require_safe
@patient_view(Perm.VIEW, only_reads=True)
def show_history(request: StaffRequest, patient: Patient) -> HttpResponse:
    narrowed = StatusHistoryFilter(request.GET)
    rows = narrowed.page(patient.status_history.with_people())
    context = {"patient": patient, "tab": "history", "filter": narrowed, "rows": rows, "is_one_patient": True}
    return form_page(request, "audit/show_history.html", context | {"form": narrowed.form})


@require_safe
@role_view(Role.LEAD, Role.AUDITOR, hands=status_history_for)
def list_status_history(request: StaffRequest, history: StatusHistoryQuerySet) -> HttpResponse:
    narrowed = StatusHistoryFilter(request.GET)
    context = {"section": "history", "filter": narrowed, "rows": narrowed.page(history.with_people())}
    return form_page(request, "audit/list_status_history.html", context | {"form": narrowed.form})


@require_http_methods(["GET", "HEAD", "POST"])
@role_view(Role.LEAD, Role.AUDITOR, hands=trail_for)
def list_events(request: StaffRequest, trail: Trail) -> HttpResponse:
    if request.method != "POST":
        search = EventSearch.of_address(trail, request.GET)
        if search.fields:
            search.record("audit.searched", request)
        return _events_page(request, search)
    search = EventSearch.of_form(trail, request.POST)  # names and identifiers stay out of the address
    if search.form.errors:
        return _events_page(request, search)
    if search.choices:
        context = {"section": "audit", "form": search.form, "search": search}
        return form_page(request, "audit/choose_match.html", context)
    return redirect(search.address())


def _events_page(request: StaffRequest, search: EventSearch) -> HttpResponse:
    rows, first = search.page(), search.first_to_look_at()
    context = {
        "section": "audit",
        "search": search,
        "form": search.form,
        "rows": rows,
        "first": first[:FIRST],
        "has_more_first": len(first) > FIRST,
        "is_first_page": "before" not in request.GET,
        "days": UNASKED.days,
        "most": f"{export.MOST:,}",
    }
    return form_page(request, "audit/list_events.html", context)


@require_safe
@role_view(Role.LEAD, Role.AUDITOR, hands=trail_for)
@recently_authenticated()
def export_events(request: StaffRequest, trail: Trail) -> HttpResponse:
    search = EventSearch.of_address(trail, request.GET)
    if search.form.errors:
        return _events_page(request, search)
    try:
        rows = export.rows_of(search)
    except export.TooMany:
        search.form.add_error(None, _("This search has more than %(n)s events. Narrow it.") % {"n": f"{export.MOST:,}"})
        return _events_page(request, search)
    search.record("audit.exported", request, rows=len(rows))
    return csv.download("audit-trail", export.HEADING, rows)


@require_safe
@patient_view(Perm.REASSIGN)
def show_who_looked(request: StaffRequest, patient: Patient) -> HttpResponse:
    context = {"tab": "history", "is_chart": True}
    return _looks_page(request, "audit/show_who_looked.html", patient, trail_of(patient, request.user), context)


@require_safe
@role_view(Role.LEAD, Role.AUDITOR, hands=trail_for)
def show_looks(request: StaffRequest, trail: Trail, chart_id: Any) -> HttpResponse:
    patient = get_object_or_404(trail.patients.with_people(), pk=chart_id)
    return _looks_page(request, "audit/show_looks.html", patient, trail, {"section": "audit"})


def _looks_page(
    request: StaffRequest, template: str, patient: Patient, trail: Trail, context: dict[str, Any]
) -> HttpResponse:
    form = looks.PeriodForm(request.GET)
    found = looks.read(trail, patient, form)
    record_event("audit.looks_viewed", by=request.user, patient=patient, request=request)
    about = {"patient": patient, "form": form, "looks": found, "asked": request.GET.urlencode()}
    return form_page(request, template, context | about)


@require_safe
@role_view(Role.LEAD, Role.AUDITOR, hands=trail_for)
@recently_authenticated()
def print_looks(request: StaffRequest, trail: Trail, chart_id: Any) -> HttpResponse:
    patient = get_object_or_404(trail.patients.with_people(), pk=chart_id)
    form = looks.PeriodForm(request.GET)
    found = looks.read(trail, patient, form, by_day=True)
    if len(found) > looks.LINES:
        form.add_error(
            None, _("The report would have more than %(n)s lines. Narrow the time.") % {"n": f"{looks.LINES:,}"}
        )
    if form.errors:
        return form_page(request, "audit/show_looks.html", {"patient": patient, "form": form, "section": "audit"})
    record_event("audit.looks_printed", by=request.user, patient=patient, request=request, details={"rows": len(found)})
    context = {
        "patient": patient,
        "form": form,
        "shown": [look for look in found if look.opened],
        "refused": [look for look in found if look.refused],
        "now": timezone.now(),
    }
    return form_page(request, "audit/print_looks.html", context)
