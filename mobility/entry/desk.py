"""The page of one assessment: its form, what stands beside it, and how what was entered is saved."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import StaffRequest
from mobility import details, judging, pages, services
from mobility.catalogue import Context, Instrument
from mobility.entry.form import AssessForm, asked_context, initial_of
from mobility.entry.layout import sections
from mobility.entry.reading import unusual
from mobility.entry.running import Running, running
from mobility.entry.sheet import Line, differences
from mobility.models import Assessment, MobilityScore
from mobility.scoring import Kind, kind_of
from ui.addresses import reverse
from ui.dates import show_date
from ui.http import place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from patients.models import Patient

TEMPLATE = "mobility/assess.html"


def assessment_url(assessment: Assessment) -> str:
    return reverse(
        "mobility:show_assessment", kwargs={"patient_id": assessment.patient_id, "assessment_id": assessment.pk}
    )


@dataclass
class Desk:
    """One person, one patient, one instrument; `assessment` is the incomplete one that is gone on with."""

    request: StaffRequest
    patient: "Patient"
    instrument: Instrument
    assessment: Assessment | None
    wrong: MobilityScore | None
    form: AssessForm

    @classmethod
    def of(
        cls, request: StaffRequest, patient: "Patient", instrument: Instrument, assessment: Assessment | None = None
    ) -> "Desk":
        """What was sent, or a form that begins with today: with the answers so far, or those of a wrong score."""
        wrong = _wrong(patient, instrument, request) if assessment is None else assessment.corrects
        form = AssessForm(
            request.POST if request.method == "POST" else None,
            patient=patient,
            instrument=instrument,
            initial=_initial(assessment, wrong),
            suggestions=_suggestions(patient, instrument),
        )
        return cls(request, patient, instrument, assessment, wrong, form)

    @property
    def is_plain_value(self) -> bool:
        """Whether the form asks for one measured value: it is a score by itself, without an assessment."""
        entered = self.form.entered.inputs if self.form.is_bound else {}
        single = len(self.instrument.scored_scales) == 1
        kind = kind_of(self.instrument)
        return (
            single and self.assessment is None and (kind is Kind.VALUES or (kind is Kind.SPEED and "values" in entered))
        )

    def keep(self) -> Assessment | MobilityScore:
        """Save what was entered. Raises what the services raise."""
        form, by = self.form, self.request.user
        entered = form.entered
        context = {str(kind): words for kind, words in entered.context.items()}
        if self.is_plain_value and not form.is_incomplete and "values" in entered.inputs:
            (value,) = entered.inputs["values"].values()
            return services.record_score(
                patient=self.patient, score_type=self.instrument.id, score_value=value, context=context, by=by,
                **form.keys(),
            )  # fmt: skip
        return services.save_assessment(
            patient=self.patient,
            score_type=self.instrument.id,
            answers=entered.answers,
            inputs=entered.inputs,
            context=context,
            by=by,
            assessment=self.assessment,
            version=form.cleaned_data["version"] or 0,
            complete=not form.is_incomplete,
            **form.keys(),
        )

    def page(self, *, status: int | None = None, **more: Any) -> HttpResponse:
        """The form; 422 when it was refused."""
        form = self.form
        last = self.patient.assessments.last_answers(self.instrument) if form.kind is Kind.ITEMS else {}
        context = {
            "patient": self.patient,
            "tab": "mobility",
            "instrument": self.instrument,
            "form": form,
            "sections": sections(form, last),
            "details": [form[f"context_{kind}"] for kind in asked_context(self.instrument)],
            "running": self._running(),
            "assessment": self.assessment,
            "wrong": self.wrong,
            "is_plain_value": kind_of(self.instrument) is Kind.VALUES and len(self.instrument.scored_scales) == 1,
            "has_preview": form.kind is not Kind.VALUES,
            "has_last": bool(last),
            "unusual": _unusual(form),
            "back": place(self.request, pages.scores_url(self.patient)),
            "typed_url": self._typed_url(),
        }
        return render(self.request, TEMPLATE, context | more, status=status or (422 if form.errors else 200))

    def conflict(self, current: Assessment) -> HttpResponse:
        """Somebody else saved in between: both are shown; sending the form again, knowing that, saves it."""
        current = self.patient.assessments.of_chart(current.pk).get()
        data: Any = self.form.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(current.version)
        self.form.data = data
        lines: Sequence[Line] = differences(current, self.form.entered)
        return self.page(status=409, current=current, differing=lines)

    def recorded_otherwise(self, made: Assessment | MobilityScore) -> str:
        """What is said of a form that was sent before with other words."""
        words = _(
            "This form was sent before and saved as %(measure)s of %(date)s. What the form says now is not saved. "
            "Send it again to save it as another one, or cancel."
        )
        return words % {"measure": made.measure, "date": show_date(made.score_date)}

    def _running(self) -> Running:
        return running(self.form.entered)

    def _typed_url(self) -> str:
        """Where a total that was scored elsewhere is typed, if one value of this measure is a score."""
        if not (self.instrument.may_be_recorded and self.instrument.has_item_form) or self.assessment:
            return ""
        url = reverse("mobility:record_score", kwargs={"patient_id": self.patient.pk})
        corrects = f"&corrects={self.wrong.pk}" if self.wrong else ""
        return f"{url}?type={self.instrument.id}{corrects}"


def _wrong(patient: "Patient", instrument: Instrument, request: StaffRequest) -> MobilityScore | None:
    """The score entered in error that is to be corrected, with its assessment."""
    sent = str(request.POST.get("corrects") or request.GET.get("corrects") or "")
    if not (sent.isascii() and sent.isdecimal() and len(sent) < 19):
        return None
    wrong = patient.mobility_scores.in_error().of_type(instrument.id).select_related("assessment")
    found: MobilityScore | None = wrong.filter(pk=int(sent)).first()
    return found


def _initial(assessment: Assessment | None, wrong: MobilityScore | None) -> dict[str, Any]:
    if assessment is not None:
        kept = {**initial_of(assessment), "notes": assessment.notes, "version": assessment.version}
        return {**kept, **_when(assessment)}
    if wrong is None:
        return {"score_date": timezone.localdate()}
    answers = (
        initial_of(wrong.assessment) if wrong.assessment else {f"context_{k}": v for k, v in wrong.context.items()}
    )
    return {**answers, **_when(wrong), "corrects": wrong.pk}


def _when(made: Assessment | MobilityScore) -> dict[str, Any]:
    at = timezone.localtime(made.occurred_at).strftime("%H:%M") if made.has_time else ""
    return {"score_date": made.score_date, "score_time": at}


def _suggestions(patient: "Patient", instrument: Instrument) -> "Mapping[Context, Sequence[str]]":
    """Which wounds there are: the words of the scores before."""
    open_kinds = [one for one in instrument.requires if one not in details.CHOICES]
    return {one: patient.mobility_scores.context_used(instrument, one) for one in open_kinds}


def _unusual(form: AssessForm) -> list[dict[str, str]]:
    """What a tick confirms: each total that is possible but implausible, once the form was sent."""
    if not form.is_bound:
        return []
    return [{"name": name, "value": value} for name, (value, _words) in unusual(form.entered).items()]


def scored_words(patient: "Patient", made: Assessment | MobilityScore) -> str:
    """What is said once it is saved."""
    if isinstance(made, MobilityScore):
        return judging.recorded_words(made)
    if not made.is_complete:
        return _("Saved as incomplete: %(measure)s. Finish it later from the Mobility tab.") % {"measure": made.measure}
    scores = patient.mobility_scores.filter(assessment=made).order_by("pk")
    return " ".join(judging.recorded_words(one) for one in scores)
