"""Recording a score, and saying that one was entered in error. A score is never edited."""

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import acting, record_event, stamp
from mobility import catalogue, editions
from mobility.catalogue import Context, Instrument, Scale
from mobility.errors import EnteredInError
from mobility.models import Assessment, EntryWay, MobilityScore
from mobility.services.context import clean_context
from mobility.services.moments import corrected, moment, require_possible_day
from patients.errors import AlreadyRecorded, RecordedOtherwise
from patients.models import Patient
from patients.services.charts import lock, require_open

NOTHING: Mapping[str, str] = {}
MARKING = ["entered_in_error_at", "entered_in_error_by", "entered_in_error_reason"]


@transaction.atomic
def record_score(
    *,
    patient: Patient,
    score_type: str,
    score_value: str | Decimal,
    score_date: dt.date,
    by: User,
    notes: str = "",
    scored_at: dt.datetime | None = None,
    corrects: MobilityScore | None = None,
    form_token: uuid.UUID | None = None,
    context: Mapping[str, str] = NOTHING,
    scale: str = "",
    entry: EntryWay = EntryWay.VALUE,
) -> MobilityScore:
    """Add a total or a measured value of one instrument to a chart.

    `context` is how it was scored, by kind (hand: left). `scale` is one of Instrument.scored_scales, "" the default one.
    `scored_at` is the moment on that day, where it is known. `corrects` is the score entered in error that this one
    stands for. Raises ChartArchived; AlreadyRecorded if this form was submitted before by the same person, as
    RecordedOtherwise if it says something else now;
    ValidationError for an unknown instrument, a value that its scale does not have, a day in the future or outside
    the patient's life. An implausible value that the scale allows (Scale.warning_for) is for the form to ask about.
    """
    patient = lock(patient.pk)
    require_open(patient)
    said = (score_type, score_date, scored_at, notes, corrects and corrects.pk, scale)
    _refuse_repeat(form_token, patient, by, said=said, value=score_value, context=context)
    instrument, on = _instrument(score_type, scale, context)
    require_possible_day(patient, score_date, scored_at)
    score = new_score(
        instrument,
        on,
        _clean_value(instrument, score_value, on.id),
        clean_context(instrument, context),
        patient=patient,
        score_date=score_date,
        notes=notes,
        recorded_by=by,
        occurred_at=moment(score_date, scored_at, corrected(corrects, patient)),
        has_time=scored_at is not None,
        corrects=corrects,
        form_token=form_token,
        entry=entry,
    )
    add_score(score, by=by)
    return score


def new_score(
    instrument: Instrument, scale: Scale, value: Decimal, context: Mapping[Context, str], **facts: Any
) -> MobilityScore:
    """A score that is not saved yet, with today's wording kept. Runs in the caller's transaction."""
    score = MobilityScore(
        score_type=instrument.id,
        instrument_version=instrument.version,
        score_value=value,
        scale="" if scale is instrument.default_scale else scale.id,
        context={str(kind): words for kind, words in context.items()},
        series=instrument.series(scale.id, context),
        created_at=stamp(),
        **facts,
    )
    score.edition_id = editions.keep(instrument)
    return score


def add_score(score: MobilityScore, *, by: User) -> None:
    """Write a new score with its event. Runs in the caller's transaction."""
    score.full_clean(exclude=["edition"])
    try:
        with transaction.atomic(), acting(by=by):
            score.save(force_insert=True)
    except IntegrityError:
        # The lock keeps others out of this chart: the token was used in another one at the same time.
        score.full_clean()
        raise
    record_event("score.recorded", by=by, patient=score.patient, target=score)


def _refuse_repeat(
    form_token: uuid.UUID | None,
    patient: Patient,
    by: User,
    *,
    said: tuple[Any, ...],
    value: str | Decimal,
    context: Mapping[str, str],
) -> None:
    if form_token is None:
        return
    was = MobilityScore.objects.filter(form_token=form_token, patient=patient, recorded_by=by).first()
    if was is None:
        return
    at = was.occurred_at if was.has_time else None
    is_same = said == (was.score_type, was.score_date, at, was.notes, was.corrects_id, was.scale)
    is_same = is_same and was.context == {
        str(kind): " ".join(words.split()) for kind, words in context.items() if words
    }
    raise AlreadyRecorded(was) if is_same and _is_value(was, value) else RecordedOtherwise(was)


def _is_value(was: MobilityScore, value: str | Decimal) -> bool:
    known = catalogue.find(was.score_type)
    try:
        return known is not None and _clean_value(known, value, was.scale_id) == was.score_value
    except ValidationError:
        return False


def _instrument(score_type: str, scale: str, context: Mapping[str, str]) -> tuple[Instrument, Scale]:
    """What a value is kept for. One that cannot stand by itself is taken only with what it means nothing without."""
    found = catalogue.find(score_type)
    scales = {one.id: one for one in found.scored_scales} if found else {}
    if found is None or (scale and scale not in scales):
        raise ValidationError({"score_type": _("Choose the measure")})
    says_enough = (scale or len(scales) == 1) and all(context.get(one) for one in found.requires)
    if not found.may_be_recorded and not says_enough:
        raise ValidationError({"score_type": _("Choose the measure")})
    return found, scales[scale] if scale else found.default_scale


def _clean_value(instrument: Instrument, value: str | Decimal, scale_id: str | None) -> Decimal:
    try:
        return instrument.clean_value(value, scale_id)
    except ValidationError as error:
        raise ValidationError({"score_value": error}) from error


@transaction.atomic
def mark_in_error(*, score: MobilityScore, reason: str, by: User) -> MobilityScore:
    """Say that a score should not be in this chart. It stays readable, and leaves the trend and the last value.

    With a score of an assessment goes the whole assessment: its other scores come from the same answers.
    Raises EnteredInError if it was said before, ChartArchived, ValidationError without a reason.
    """
    patient = lock(score.patient_id)
    require_open(patient)
    score = MobilityScore.objects.select_for_update(of=("self",)).with_people().get(pk=score.pk)
    if score.is_in_error:
        raise EnteredInError
    if not reason.strip():
        raise ValidationError({"reason": _("Enter the reason")})
    marked = [score]
    if score.assessment_id:
        assessment = Assessment.objects.select_for_update(of=("self",)).get(pk=score.assessment_id)
        others = assessment.scores.select_for_update(of=("self",)).exclude(pk=score.pk).live()
        marked += others
        mark(assessment, reason, by=by)
        record_event("assessment.entered_in_error", by=by, patient=patient, target=assessment)
    for one in marked:
        mark(one, reason, by=by)
        record_event("score.entered_in_error", by=by, patient=patient, target=one)
    return score


def mark(row: MobilityScore | Assessment, reason: str, *, by: User) -> None:
    """Mark a locked row. Runs in the caller's transaction."""
    row.entered_in_error_at, row.entered_in_error_by, row.entered_in_error_reason = stamp(), by, reason
    row.validate_only(*MARKING)
    with acting(by=by, reason=reason):
        row.save(update_fields=MARKING)
