"""Saying that goals for discharge were entered in error."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Perm, patient_view
from accounts.http import StaffRequest
from mobility import pages, services
from mobility.errors import EnteredInError
from mobility.forms import ErrorForm
from patients.errors import ChartArchived
from patients.forms import add_service_errors
from patients.models import Patient
from ui.http import form_page, place, saved


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def mark_goals_in_error(request: StaffRequest, patient: Patient, goals_id: int) -> HttpResponse:
    goals = get_object_or_404(patient.goal_sets.with_people(), pk=goals_id)
    if not goals.may_be_marked_by(request.user, patient.held_perms):
        raise PermissionDenied
    form = ErrorForm(request.POST if request.method == "POST" else None)
    back = place(request, pages.scores_url(patient))
    context = {"patient": patient, "tab": "mobility", "form": form, "goals": goals, "back": back}
    if not form.is_valid():
        return form_page(request, "mobility/mark_goals_in_error.html", context)
    try:
        services.mark_goals_in_error(goals=goals, reason=form.cleaned_data["reason"], by=request.user)
    except EnteredInError:
        messages.info(request, _("These goals were marked as entered in error already."))
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before changing it."))
        return form_page(request, "mobility/mark_goals_in_error.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "mobility/mark_goals_in_error.html", context)
    else:
        messages.success(request, _("Marked as entered in error."))
    return saved(request, pages.scores_url(patient))
