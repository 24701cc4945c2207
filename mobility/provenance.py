"""How a score is known."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.api import as_recorded
from mobility.entry import sheet
from mobility.models import Assessment, MobilityScore
from patients.provenance import history_of, number
from patients.registry import Known, Provenance, Said
from ui.dates import show_date, show_moment

if TYPE_CHECKING:
    from patients.models import Patient


def score(patient: "Patient", key: str) -> Known | None:
    """One score: recorded once, perhaps marked as entered in error and recorded again."""
    scores = patient.mobility_scores.with_people().select_related("corrects").prefetch_related("corrections")
    one: MobilityScore | None = scores.filter(pk=number(key)).first()
    if one is None:
        return None
    when = show_moment(one.occurred_at) if one.has_time else show_date(one.score_date)
    measured = _now("scored %(when)s") % {"when": when}
    said = [
        Said(
            one.created_at,
            one.recorded_by,
            _("Recorded"),
            one.value_text,
            happened=measured,
            text=one.notes,
            targets=(one,),
        )
    ]
    if one.entered_in_error_at:
        said.insert(
            0,
            Said(
                one.entered_in_error_at,
                one.entered_in_error_by,
                _("Marked as entered in error"),
                one.value_text,
                one.entered_in_error_reason,
                is_error=True,
                targets=(one,),
            ),
        )
    links: list[tuple[Any, str]] = [(_("The score"), _url(one))]
    if one.assessment_id:
        links.append((_("The assessment with its answers"), _assessment_url(one.patient_id, one.assessment_id)))
    if one.corrects:
        links.append((_now("Corrects the score %(value)s") % {"value": one.corrects.value_text}, _url(one.corrects)))
    for right in one.corrections.all():
        words = _now("Entered in error as well: %(value)s") if right.is_in_error else _now("Correct score: %(value)s")
        links.append((words % {"value": right.value_text}, _url(right)))
    return Known(title=one.title, value=one.value_text, said=said, links=links, is_struck=one.is_in_error)


def assessment(patient: "Patient", key: str) -> Known | None:
    """One assessment: each save with who made it and how far it was answered then."""
    one: Assessment | None = patient.assessments.with_people().filter(pk=number(key)).first()
    if one is None:
        return None
    saves = list(history_of(Assessment.history.filter(id=one.pk)))
    said = [
        Said(
            at=row.history_date,
            by=row.history_user,
            what=_step(row),
            value=sheet.count_words(as_recorded(row)),
            reason=row.entered_in_error_reason,
            happened=_now("scored %(when)s") % {"when": show_date(row.score_date)},
            text=row.notes,
            is_error=row.entered_in_error_at is not None,
            targets=(one,),
        )
        for row in reversed(saves)
    ]
    links: list[tuple[Any, str]] = [(_("The assessment with its answers"), _assessment_url(one.patient_id, one.pk))]
    links += [(f"{score.title} {score.value_text}", _url(score)) for score in one.scores.order_by("pk")]
    return Known(title=one.measure, value=sheet.count_words(one), said=said, links=links, is_struck=one.is_in_error)


def _step(row: Any) -> Any:
    if row.entered_in_error_at:
        return _("Marked as entered in error")
    if row.completed_at:
        return _("Completed")
    return _("Begun") if row.version == 1 else _("Saved as incomplete")


def _assessment_url(patient_id: Any, pk: int) -> str:
    return reverse("mobility:show_assessment", kwargs={"patient_id": patient_id, "assessment_id": pk})


def _url(one: MobilityScore) -> str:
    return reverse("mobility:show_score", kwargs={"patient_id": one.patient_id, "score_id": one.pk})


SOURCE = Provenance(
    "score",
    score,
    {
        "mobility:record_score": _("Score form"),
        "mobility:assess": _("Item form"),
        "mobility:continue_assessment": _("Item form"),
        "mobility:mark_in_error": _("Score entered in error"),
        "mobility:mark_assessment_in_error": _("Assessment entered in error"),
    },
)
ASSESSMENT = Provenance("assessment", assessment, {})
