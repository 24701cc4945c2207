"""A patient's measure plan, and what teams plan by default."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Perm, patient_view, role_view
from accounts.http import StaffRequest
from accounts.roles import Role
from mobility import catalogue
from mobility.plans import pages, services
from mobility.plans.forms import PlanForm
from patients.errors import ChartArchived, StaleVersion
from patients.forms import add_service_errors
from patients.models import Patient
from ui.http import form_page, place, posted, saved


def plan_url(patient: Patient) -> str:
    return reverse("mobility:show_plan", kwargs={"patient_id": patient.pk})


@require_safe
@patient_view(Perm.VIEW)
def show_plan(request: StaffRequest, patient: Patient) -> HttpResponse:
    context = {
        "patient": patient,
        "tab": "mobility",
        "plan": pages.read(patient),
        "may_change": Perm.CHANGE in patient.held_perms and not patient.is_archived,
        "may_add": Perm.ADD in patient.held_perms and not patient.is_archived,
    }
    return render(request, "mobility/show_plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.CHANGE)
def plan_measure(request: StaffRequest, patient: Patient) -> HttpResponse:
    wanted = request.GET.get("measure", "") if request.method != "POST" else request.POST.get("score_type", "")
    chosen = catalogue.find(wanted)
    own, team = pages.own_row(patient, wanted), pages.team_rule(patient, wanted)
    form = PlanForm(
        posted(request),
        team=team,
        is_chosen=chosen is not None and "measure" in request.GET,
        initial=pages.initial(own, team, wanted if chosen else ""),
    )
    back = place(request, plan_url(patient))
    context: dict[str, Any] = {
        "patient": patient, "tab": "mobility", "form": form, "instrument": chosen, "back": back,
    }  # fmt: skip
    if not form.is_valid():
        return form_page(request, "mobility/plan_measure.html", context)
    try:
        services.plan_measure(patient=patient, by=request.user, **form.planned())
    except StaleVersion as stale:
        form.data = {**form.data.dict(), "version": str(stale.current.version)}  # type: ignore[attr-defined]
        return render(request, "mobility/plan_measure.html", context | {"current": own or stale.current}, status=409)
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before changing it."))
        return form_page(request, "mobility/plan_measure.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "mobility/plan_measure.html", context)
    messages.success(request, _("Measure plan saved."))
    return saved(request, plan_url(patient))


@require_POST
@patient_view(Perm.CHANGE)
def undo_plan(request: StaffRequest, patient: Patient, planned_id: int) -> HttpResponse:
    planned = get_object_or_404(patient.planned_measures, pk=planned_id)
    version = request.POST.get("version", "")
    try:
        services.undo(planned=planned, version=int(version) if version.isdecimal() else 0, by=request.user)
    except StaleVersion:
        messages.error(request, _("Nothing was undone: this measure was changed since. Check what it says now."))
    except ChartArchived:
        messages.error(request, _("Nothing was undone: this chart is archived. Make it active before changing it."))
    else:
        messages.success(request, _("Undone: the plan says again what it said before."))
    return saved(request, plan_url(patient))


@require_safe
@role_view(Role.LEAD, hands=pages.team_plans_of)
def list_team_measures(request: StaffRequest, measures: Any) -> HttpResponse:
    return render(request, "mobility/list_team_measures.html", {"section": "team", "measures": list(measures)})
