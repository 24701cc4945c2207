"""Entering an assessment item by item, going on with an incomplete one, and the total while it is filled in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Perm, patient_view, role_view
from accounts.http import StaffRequest
from accounts.roles import Role
from mobility import catalogue, pages, services, suggestions
from mobility.catalogue import Instrument
from mobility.entry import sheet
from mobility.entry.desk import Desk, assessment_url, scored_words
from mobility.entry.reading import read
from mobility.entry.running import running
from mobility.errors import Completed, EnteredInError, NotComplete
from mobility.forms import ErrorForm
from mobility.models import Assessment, MobilityScore
from patients.errors import AlreadyRecorded, ChartArchived, RecordedOtherwise, StaleVersion
from patients.forms import add_service_errors
from patients.models import Patient
from ui.http import form_page, lead_to, place, saved

WHO_SCORE = (Role.THERAPIST, Role.LEAD, Role.ASSISTANT)


def _instrument(measure: str) -> Instrument:
    found = catalogue.find(measure)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def assess(request: StaffRequest, patient: Patient, measure: str) -> HttpResponse:
    return _answer(request, Desk.of(request, patient, _instrument(measure)))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def continue_assessment(request: StaffRequest, patient: Patient, assessment_id: int) -> HttpResponse:
    assessment = get_object_or_404(patient.assessments.of_chart(assessment_id))
    if assessment.is_in_error or (assessment.is_complete and request.method != "POST"):
        return redirect(assessment_url(assessment))
    return _answer(request, Desk.of(request, patient, _instrument(assessment.score_type), assessment))


def _answer(request: StaffRequest, desk: Desk) -> HttpResponse:
    form = desk.form
    if not form.is_valid() or form.wants_total_only:
        return desk.page()
    try:
        made = desk.keep()
    except NotComplete as found:
        form.add_missing(found.missing)
    except RecordedOtherwise as repeat:
        form.renew()
        form.add_error(None, desk.recorded_otherwise(repeat.existing))
        return desk.page(status=409)
    except AlreadyRecorded as repeat:
        return _done(request, desk, repeat.existing)
    except (StaleVersion, Completed) as stale:
        return desk.conflict(stale.current)
    except EnteredInError:
        form.add_error(None, _("This assessment was marked as entered in error meanwhile. Nothing was saved."))
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before adding to it."))
    except ValidationError as error:
        add_service_errors(form, error)
    else:
        return _done(request, desk, made)
    return desk.page()


def _done(request: StaffRequest, desk: Desk, made: Assessment | MobilityScore) -> HttpResponse:
    messages.success(request, scored_words(desk.patient, made))
    if not _is_unfinished(made) and suggestions.offer(request, desk.patient, made.score_type):
        return lead_to(request, pages.scores_url(desk.patient, made.score_type))
    return saved(request, pages.scores_url(desk.patient, "" if _is_unfinished(made) else made.score_type))


def _is_unfinished(made: Assessment | MobilityScore) -> bool:
    return isinstance(made, Assessment) and not made.is_complete


@require_POST
@role_view(*WHO_SCORE)
def preview_total(request: StaffRequest, measure: str) -> HttpResponse:
    """The total of what is chosen so far. It is told nothing of a patient, reads no chart and writes nothing."""
    instrument = _instrument(measure)
    return render(request, "mobility/_running.html", {"running": running(read(instrument, request.POST))})


@require_safe
@patient_view(Perm.VIEW)
def show_assessment(request: StaffRequest, patient: Patient, assessment_id: int) -> HttpResponse:
    assessment = get_object_or_404(patient.assessments.of_chart(assessment_id))
    context = {
        "patient": patient,
        "tab": "mobility",
        "assessment": assessment,
        "answers": sheet.parts(sheet.lines(assessment)),
        "count": sheet.count_words(assessment),
        "scores": assessment.scores.with_people().order_by("pk") if assessment.is_complete else (),
        "back": pages.scores_url(patient, assessment.score_type),
        "may_go_on": Perm.ADD in patient.held_perms
        and not (patient.is_archived or assessment.is_complete or assessment.is_in_error),
        "may_mark": not (assessment.is_in_error or patient.is_archived)
        and assessment.may_be_marked_by(request.user, patient.held_perms),
    }
    return render(request, "mobility/show_assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def mark_assessment_in_error(request: StaffRequest, patient: Patient, assessment_id: int) -> HttpResponse:
    assessment = get_object_or_404(patient.assessments.of_chart(assessment_id))
    if not assessment.may_be_marked_by(request.user, patient.held_perms):
        raise PermissionDenied
    form = ErrorForm(request.POST if request.method == "POST" else None)
    back = place(request, assessment_url(assessment))
    context: dict[str, Any] = {
        "patient": patient, "tab": "mobility", "form": form, "assessment": assessment, "back": back
    }  # fmt: skip
    if not form.is_valid():
        return form_page(request, "mobility/mark_assessment_in_error.html", context)
    try:
        services.mark_assessment_in_error(assessment=assessment, reason=form.cleaned_data["reason"], by=request.user)
    except EnteredInError:
        messages.info(request, _("This assessment was marked as entered in error already."))
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before changing it."))
        return form_page(request, "mobility/mark_assessment_in_error.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "mobility/mark_assessment_in_error.html", context)
    else:
        messages.success(request, _("Marked as entered in error."))
    return saved(request, assessment_url(assessment))
