"""Assessments: begun, saved, completed with their scores in one transaction, and marked as entered in error."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import acting, record_event, stamp
from mobility import catalogue, editions
from mobility.catalogue import Instrument
from mobility.errors import Completed, EnteredInError, NotComplete
from mobility.models import Assessment, EntryWay, MobilityScore
from mobility.scoring import Result, Sitting, open_items, score_sitting, tidy
from mobility.services.context import clean_context
from mobility.services.moments import corrected, moment, require_possible_day
from mobility.services.scores import add_score, mark, new_score
from patients.errors import AlreadyRecorded, RecordedOtherwise, StaleVersion
from patients.models import Patient
from patients.services.charts import lock, require_open

NOTHING: Mapping[str, Any] = {}
# What a save changes; the rest of the row is who began it, when and in whose chart.
SAVED = [
    "instrument_version", "edition", "score_date", "occurred_at", "has_time", "context", "answers", "inputs", "notes",
    "saved_by", "saved_at", "completed_at", "completed_by", "version",
]  # fmt: skip


def record_assessment(
    *,
    patient: Patient,
    score_type: str,
    score_date: dt.date,
    by: User,
    answers: Mapping[str, str] = NOTHING,
    inputs: Mapping[str, Any] = NOTHING,
    context: Mapping[str, str] = NOTHING,
    notes: str = "",
    scored_at: dt.datetime | None = None,
    corrects: MobilityScore | None = None,
    form_token: uuid.UUID | None = None,
    entry: EntryWay = EntryWay.ITEMS,
) -> Assessment:
    """Add a complete assessment with its scores to a chart. Raises what save_assessment raises."""
    return save_assessment(
        patient=patient,
        score_type=score_type,
        score_date=score_date,
        by=by,
        answers=answers,
        inputs=inputs,
        context=context,
        notes=notes,
        scored_at=scored_at,
        corrects=corrects,
        form_token=form_token,
        entry=entry,
        complete=True,
    )


@transaction.atomic
def save_assessment(
    *,
    patient: Patient,
    score_type: str,
    score_date: dt.date,
    by: User,
    answers: Mapping[str, str] = NOTHING,
    inputs: Mapping[str, Any] = NOTHING,
    context: Mapping[str, str] = NOTHING,
    notes: str = "",
    scored_at: dt.datetime | None = None,
    corrects: MobilityScore | None = None,
    form_token: uuid.UUID | None = None,
    entry: EntryWay = EntryWay.ITEMS,
    assessment: Assessment | None = None,
    version: int = 0,
    complete: bool = False,
) -> Assessment:
    """Begin an assessment, or save the incomplete `assessment` that `version` was read of; `complete` scores it.

    A complete one makes one score for each scale that has a total, in the same transaction; `corrects` is the score
    entered in error that its score stands for. Raises ChartArchived; AlreadyRecorded if this form was submitted before by
    the same person, as RecordedOtherwise if it says something else now; StaleVersion or Completed if somebody else saved
    in between; AnswersRefused with a problem for each entry that cannot be scored; NotComplete where items are open;
    ValidationError for an unknown instrument, a day that is not possible, or context that is missing.
    """
    patient = lock(patient.pk)
    require_open(patient)
    instrument = _instrument(score_type)
    said = clean_context(instrument, context)
    sitting = tidy(instrument, Sitting(answers=answers, inputs=inputs, context=said))
    now = stamp()
    facts: dict[str, Any] = {
        "instrument_version": instrument.version,
        "score_date": score_date,
        "has_time": scored_at is not None,
        "context": {str(kind): words for kind, words in said.items()},
        "answers": dict(sitting.answers),
        "inputs": dict(sitting.inputs),
        "notes": notes,
        "completed_by": by if complete else None,
    }
    if assessment is None:
        _refuse_repeat(form_token, patient, by, {**facts, "score_type": score_type, "corrects": corrects}, scored_at)
        assessment = Assessment(
            patient=patient, score_type=instrument.id, recorded_by=by, created_at=now, corrects=corrects,
            form_token=form_token,
        )  # fmt: skip
    else:
        assessment = _locked(assessment, patient, version)
    require_possible_day(patient, score_date, scored_at)
    result = score_sitting(instrument, sitting)
    missing = open_items(result, sitting)
    if complete and (missing or not result.scored):
        raise NotComplete(missing)
    for name, value in facts.items():
        setattr(assessment, name, value)
    assessment.occurred_at = moment(score_date, scored_at, corrected(assessment.corrects, patient))
    assessment.saved_by, assessment.saved_at = by, now
    assessment.completed_at = now if complete else None
    assessment.edition_id = editions.keep(instrument)
    _write(assessment, by=by)
    if complete:
        _add_scores(assessment, result, entry, by=by)
    event = "assessment.completed" if complete else "assessment.saved"
    record_event(event, by=by, patient=patient, target=assessment)
    return assessment


def _instrument(score_type: str) -> Instrument:
    found = catalogue.find(score_type)
    if found is None:
        raise ValidationError({"score_type": _("Choose the measure")})
    return found


def _locked(assessment: Assessment, patient: Patient, version: int) -> Assessment:
    found: Assessment = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk, patient=patient)
    if found.is_in_error:
        raise EnteredInError
    if found.is_complete:
        raise Completed(found)
    if found.version != version:
        raise StaleVersion(found)
    found.version += 1
    return found


def _refuse_repeat(
    form_token: uuid.UUID | None, patient: Patient, by: User, said: dict[str, Any], scored_at: dt.datetime | None
) -> None:
    """The same form again; also one that was saved as incomplete and is now sent as complete, which begins no other."""
    if form_token is None:
        return
    was = Assessment.objects.filter(form_token=form_token, patient=patient, recorded_by=by).first()
    if was is None:
        return
    at = was.occurred_at if was.has_time else None
    is_same = at == scored_at and all(getattr(was, name) == value for name, value in said.items())
    raise AlreadyRecorded(was) if is_same else RecordedOtherwise(was)


def _write(assessment: Assessment, *, by: User) -> None:
    assessment.full_clean(exclude=["edition"])
    is_new = assessment._state.adding
    try:
        with transaction.atomic(), acting(by=by):
            if is_new:
                assessment.save(force_insert=True)
            else:
                assessment.save(update_fields=SAVED)
    except IntegrityError:
        # The lock keeps others out of this chart: the token was used in another one at the same time.
        assessment.full_clean(exclude=["edition"])
        raise


def _add_scores(assessment: Assessment, result: Result, entry: EntryWay, *, by: User) -> None:
    """One score for each scale that has a total; each corrects the wrong one of its own scale."""
    wrong = _wrong_scores(assessment)
    for scale, value in result.scored.items():
        score = new_score(
            result.instrument,
            scale,
            value,
            result.context,
            patient=assessment.patient,
            score_date=assessment.score_date,
            notes=assessment.notes,
            recorded_by=by,
            occurred_at=assessment.occurred_at,
            has_time=assessment.has_time,
            entry=entry,
            is_recoded=bool(result.recoded.get(scale.id)),
            assessment=assessment,
        )
        score.corrects = wrong.pop(score.scale, None)
        add_score(score, by=by)


def _wrong_scores(assessment: Assessment) -> dict[str, MobilityScore]:
    """By scale: the score that is corrected, and the others of the assessment that it came from."""
    wrong = assessment.corrects
    if wrong is None:
        return {}
    found = {wrong.scale: wrong}
    if wrong.assessment_id:
        found |= {one.scale: one for one in MobilityScore.objects.in_error().filter(assessment=wrong.assessment_id)}
    return found


@transaction.atomic
def mark_assessment_in_error(*, assessment: Assessment, reason: str, by: User) -> Assessment:
    """Say that an assessment should not be in this chart: it stays readable, and so do its scores, struck through.

    Raises EnteredInError if it was said before, ChartArchived, ValidationError without a reason.
    """
    patient = lock(assessment.patient_id)
    require_open(patient)
    assessment = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.pk)
    if assessment.is_in_error:
        raise EnteredInError
    if not reason.strip():
        raise ValidationError({"reason": _("Enter the reason")})
    mark(assessment, reason, by=by)
    record_event("assessment.entered_in_error", by=by, patient=patient, target=assessment)
    for score in assessment.scores.select_for_update(of=("self",)).live():
        mark(score, reason, by=by)
        record_event("score.entered_in_error", by=by, patient=patient, target=score)
    return assessment
