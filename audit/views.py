"""Pages of the status history: of one patient, and of all that a lead or an auditor may read."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import Perm, patient_view, role_view
from accounts.http import StaffRequest
from accounts.roles import Role
from audit.filters import StatusHistoryFilter, status_history_for
from audit.models import StatusHistoryQuerySet
from patients.models import Patient
from ui.http import form_page


@require_safe
@patient_view(Perm.VIEW)
def show_history(request: StaffRequest, patient: Patient) -> HttpResponse:
    narrowed = StatusHistoryFilter(request.GET)
    rows = narrowed.page(patient.status_history.with_people())
    context = {"patient": patient, "tab": "history", "filter": narrowed, "rows": rows, "is_one_patient": True}
    return form_page(request, "audit/show_history.html", context | {"form": narrowed.form})


@require_safe
@role_view(Role.LEAD, Role.AUDITOR, hands=status_history_for)
def list_status_history(request: StaffRequest, history: StatusHistoryQuerySet) -> HttpResponse:
    narrowed = StatusHistoryFilter(request.GET)
    context = {"section": "audit", "filter": narrowed, "rows": narrowed.page(history.with_people())}
    return form_page(request, "audit/list_status_history.html", context | {"form": narrowed.form})
