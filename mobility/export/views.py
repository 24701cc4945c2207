"""Downloads of a chart's scores."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import Perm, patient_view
from accounts.http import StaffRequest
from accounts.reauth import recently_authenticated
from audit.api import record_event
from mobility.export import rows
from patients.models import Patient
from ui import csv


@require_safe
@patient_view(Perm.VIEW)
@recently_authenticated()
def export_scores(request: StaffRequest, patient: Patient) -> HttpResponse:
    of_answers = request.GET.get("of") == "answers"
    found = rows.answers_of(patient) if of_answers else rows.rows_of(patient)
    details = {"format": "csv answers" if of_answers else "csv", "rows": len(found)}
    record_event("score.exported", by=request.user, patient=patient, request=request, details=details)
    if of_answers:
        return csv.download("answers", rows.ANSWERS, found)
    return csv.download("scores", rows.HEADING, found)
