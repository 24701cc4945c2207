"""Downloads of a chart for other systems."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Perm, patient_view
from accounts.http import StaffRequest
from accounts.reauth import recently_authenticated
from interchange.services import export
from patients.models import Patient


@require_safe
@patient_view(Perm.VIEW)
@recently_authenticated()
def export_scores(request: StaffRequest, patient: Patient) -> HttpResponse:
    text = export.as_bundle(export.export_scores(patient=patient, by=request.user, request=request))
    at = timezone.localtime().strftime("%Y-%m-%d-%H%M")
    response = HttpResponse(text, content_type="application/fhir+json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="scores-{at}.json"'
    return response
