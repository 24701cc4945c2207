"""The Mobility tab: scores, one score, recording, and saying that one was entered in error."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Perm, patient_view
from accounts.http import StaffRequest
from mobility import judging, pages, panels, services, suggestions, tab
from mobility.discharge import panels as discharge
from mobility.entry import sheet
from mobility.errors import EnteredInError
from mobility.forms import ErrorForm, RecordForm
from mobility.models import MobilityScore
from mobility.plans import panels as plans
from patients.errors import AlreadyRecorded, ChartArchived, RecordedOtherwise
from patients.forms import add_service_errors
from patients.models import Patient
from patients.registry import CourseSource, EntryMarks, read_for, registry
from ui.dates import show_date
from ui.http import form_page, lead_to, place, saved
from ui.paging import Key


def score_url(score: MobilityScore) -> str:
    return reverse("mobility:show_score", kwargs={"patient_id": score.patient_id, "score_id": score.pk})


def _held(patient: Patient) -> frozenset[str]:
    held: frozenset[str] = patient.held_perms
    return held


def _may_add(patient: Patient) -> bool:
    return Perm.ADD in _held(patient) and not patient.is_archived


@require_safe
@patient_view(Perm.VIEW, only_reads=True)
def show_scores(request: StaffRequest, patient: Patient) -> HttpResponse:
    wanted, before = request.GET.get("type", ""), Key.decode(request.GET.get("before"))
    reads = (*tab.reads(wanted, before), *plans.DUE_READS, *panels.UNFINISHED_READS, *discharge.READS)
    read_for(patient, request.user, *registry.of(CourseSource), *registry.of(EntryMarks), also=reads)
    context = {
        "patient": patient,
        "tab": "mobility",
        "page": tab.read(patient, wanted=wanted, series=request.GET.get("series", ""), before=before),
        "before": before,
        "may_add": _may_add(patient),
        "suggestion": suggestions.offered(request, patient),
        "goals": discharge.shown(patient, request.user),
        **plans.due(patient),
        **panels.unfinished(patient, request.user),
    }
    return render(request, "mobility/show_scores.html", context)


@require_safe
@patient_view(Perm.VIEW)
def show_score(request: StaffRequest, patient: Patient, score_id: int) -> HttpResponse:
    scores = patient.mobility_scores.with_people().with_previous().select_related("corrects", "assessment", "patient")
    score = get_object_or_404(scores, pk=score_id)
    context = {
        "patient": patient,
        "tab": "mobility",
        "score": score,
        "suggestion": suggestions.offered(request, patient),
        "verdict": judging.of_score(score),
        "statements": judging.statements(score),
        "answers": sheet.parts(sheet.lines(score.assessment)) if score.assessment else None,
        "correct_url": pages.correct_url(score),
        "correction": score.corrections.live().first() if score.is_in_error else None,
        "back": pages.scores_url(patient, score.score_type),
        "may_add": _may_add(patient),
        "may_mark": not (score.is_in_error or patient.is_archived)
        and score.may_be_marked_by(request.user, _held(patient)),
    }
    return render(request, "mobility/show_score.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def record_score(request: StaffRequest, patient: Patient) -> HttpResponse:
    if own_page := pages.own_page(patient, request):
        return lead_to(request, own_page)
    form = RecordForm(
        request.POST if request.method == "POST" else None,
        patient=patient,
        choices=pages.choices(),
        initial=pages.initial(patient, wanted=request.GET.get("type", ""), corrects=request.GET.get("corrects", "")),
    )
    back = place(request, pages.scores_url(patient))
    context = {"patient": patient, "tab": "mobility", "form": form, "back": back}
    if not form.is_valid():
        return _score_form(request, patient, context)
    try:
        score = services.record_score(patient=patient, by=request.user, **form.score())
    except RecordedOtherwise as repeat:
        form.renew()
        form.add_error(None, _recorded_otherwise(repeat.existing))
        context["recorded"] = repeat.existing
        return _score_form(request, patient, context, status=409)
    except AlreadyRecorded as repeat:
        score = repeat.existing
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before adding to it."))
        return _score_form(request, patient, context)
    except ValidationError as error:
        add_service_errors(form, error)
        return _score_form(request, patient, context)
    messages.success(request, judging.recorded_words(score))
    tab_url = pages.scores_url(patient, score.score_type)
    if suggestions.offer(request, patient, score.score_type):
        return lead_to(request, tab_url)
    return saved(request, tab_url)


def _score_form(
    request: StaffRequest, patient: Patient, context: dict[str, Any], status: int | None = None
) -> HttpResponse:
    """The form with its menu of measures, which only a page that shows it reads."""
    context["menu"] = pages.menu(patient, chosen=context["form"]["score_type"].value())
    if status:
        return render(request, "mobility/record_score.html", context, status=status)
    return form_page(request, "mobility/record_score.html", context)


def _recorded_otherwise(score: MobilityScore) -> str:
    words = _(
        "This form was sent before and recorded as %(measure)s %(value)s of %(date)s. What the form says now is not "
        "recorded. Send it again to record it as another score, or cancel."
    )
    return words % {"measure": score.measure, "value": score.value_text, "date": show_date(score.score_date)}


@require_http_methods(["GET", "HEAD", "POST"])
@patient_view(Perm.ADD)
def mark_in_error(request: StaffRequest, patient: Patient, score_id: int) -> HttpResponse:
    score = get_object_or_404(patient.mobility_scores.with_people(), pk=score_id)
    if not score.may_be_marked_by(request.user, _held(patient)):
        raise PermissionDenied
    form = ErrorForm(request.POST if request.method == "POST" else None)
    back = place(request, score_url(score))
    context = {"patient": patient, "tab": "mobility", "form": form, "score": score, "back": back}
    if not form.is_valid():
        return form_page(request, "mobility/mark_in_error.html", context)
    try:
        services.mark_in_error(score=score, reason=form.cleaned_data["reason"], by=request.user)
    except EnteredInError:
        messages.info(request, _("This score was marked as entered in error already."))
    except ChartArchived:
        form.add_error(None, _("This chart is archived. Make it active before changing it."))
        return form_page(request, "mobility/mark_in_error.html", context)
    except ValidationError as error:
        add_service_errors(form, error)
        return form_page(request, "mobility/mark_in_error.html", context)
    else:
        messages.success(request, _("Marked as entered in error."))
    return saved(request, score_url(score))


@require_POST
@patient_view(Perm.CHANGE)
def dismiss_suggestion(request: StaffRequest, patient: Patient, score_id: int) -> HttpResponse:
    score = get_object_or_404(patient.mobility_scores, pk=score_id)
    suggestions.dismiss(request, score)
    return saved(request, pages.scores_url(patient, score.score_type))
