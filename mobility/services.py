"""Recording a score, and saying that one was entered in error. A score is never edited."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import acting, record_event, stamp
from mobility import catalogue
from mobility.catalogue import Instrument
from mobility.errors import EnteredInError
from mobility.models import MobilityScore
from patients.errors import AlreadyRecorded, RecordedOtherwise
from patients.models import Patient
from patients.services.charts import lock, require_open
from ui.dates import show_date

NOON = dt.time(12)
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
) -> MobilityScore:
    """Add a total of one instrument to a chart.

    `scored_at` is the moment on that day, where it is known. `corrects` is the score entered in error that this one
    stands for. Raises ChartArchived; AlreadyRecorded if this form was submitted before by the same person, as
    RecordedOtherwise if it says something else now;
    ValidationError for an unknown instrument, a value that its scale does not have, a day in the future or outside
    the patient's life. An implausible value that the scale allows (Scale.warning_for) is for the form to ask about.
    """
    patient = lock(patient.pk)
    require_open(patient)
    said = (score_type, score_date, scored_at, notes, corrects and corrects.pk)
    _refuse_repeat(form_token, patient, by, said=said, value=score_value)
    instrument = _instrument(score_type)
    _require_possible_day(patient, score_date, scored_at)
    score = MobilityScore(
        patient=patient,
        score_date=score_date,
        score_type=instrument.id,
        score_value=_clean_value(instrument, score_value),
        instrument_version=instrument.version,
        notes=notes,
        recorded_by=by,
        occurred_at=_moment(score_date, scored_at, _corrected(corrects, patient)),
        has_time=scored_at is not None,
        corrects=corrects,
        form_token=form_token,
        created_at=stamp(),
    )
    score.full_clean()
    try:
        with transaction.atomic(), acting(by=by):
            score.save(force_insert=True)
    except IntegrityError:
        # The lock keeps others out of this chart: the token was used in another one at the same time.
        score.full_clean()
        raise
    record_event("score.recorded", by=by, patient=patient, target=score)
    return score


def _refuse_repeat(
    form_token: uuid.UUID | None, patient: Patient, by: User, *, said: tuple[Any, ...], value: str | Decimal
) -> None:
    if form_token is None:
        return
    was = MobilityScore.objects.filter(form_token=form_token, patient=patient, recorded_by=by).first()
    if was is None:
        return
    at = was.occurred_at if was.has_time else None
    is_same = said == (was.score_type, was.score_date, at, was.notes, was.corrects_id)
    raise AlreadyRecorded(was) if is_same and _is_value(was, value) else RecordedOtherwise(was)


def _is_value(was: MobilityScore, value: str | Decimal) -> bool:
    try:
        return _clean_value(_instrument(was.score_type), value) == was.score_value
    except ValidationError:
        return False


def _instrument(score_type: str) -> Instrument:
    found = catalogue.find(score_type)
    if found is None or not found.may_be_recorded:
        raise ValidationError({"score_type": _("Choose the measure")})
    return found


def _clean_value(instrument: Instrument, value: str | Decimal) -> Decimal:
    try:
        return instrument.clean_value(value)
    except ValidationError as error:
        raise ValidationError({"score_value": error}) from error


def _require_possible_day(patient: Patient, day: dt.date, at: dt.datetime | None) -> None:
    """The day, and the moment on it, are not in the future and lie within the patient's life."""
    if day > timezone.localdate(stamp()):
        raise ValidationError({"score_date": _("Enter a date that is not in the future")})
    if patient.date_of_birth and day < patient.date_of_birth:
        words = _("Enter a date on or after the date of birth, %(day)s")
        raise ValidationError({"score_date": words % {"day": show_date(patient.date_of_birth)}})
    if patient.deceased_on and day > patient.deceased_on:
        words = _("Enter a date on or before the date of death, %(day)s")
        raise ValidationError({"score_date": words % {"day": show_date(patient.deceased_on)}})
    if at and timezone.localdate(at) != day:
        raise ValidationError({"score_time": _("Enter a time on the date of the score")})
    if at and at > stamp():
        raise ValidationError({"score_time": _("Enter a time that is not in the future")})


def _corrected(wrong: MobilityScore | None, patient: Patient) -> MobilityScore | None:
    """The score that another one stands for, as it is now."""
    if wrong is None:
        return None
    found: MobilityScore | None = MobilityScore.objects.in_error().filter(pk=wrong.pk, patient=patient).first()
    if found is None:
        raise ValidationError({"corrects": _("Only a score that was entered in error is corrected by another one")})
    return found


def _moment(day: dt.date, at: dt.datetime | None, corrected: MobilityScore | None) -> dt.datetime:
    """What the score is put in order by: its moment, its predecessor's place, now for today, noon for another day."""
    now = stamp()
    if at is not None:
        return at
    if corrected is not None and corrected.score_date == day:
        return corrected.occurred_at
    if timezone.localdate(now) == day:
        return now
    return timezone.make_aware(dt.datetime.combine(day, NOON))


@transaction.atomic
def mark_in_error(*, score: MobilityScore, reason: str, by: User) -> MobilityScore:
    """Say that a score should not be in this chart. It stays readable, and leaves the trend and the last value.

    Raises EnteredInError if it was said before, ChartArchived, ValidationError without a reason.
    """
    patient = lock(score.patient_id)
    require_open(patient)
    score = MobilityScore.objects.select_for_update(of=("self",)).with_people().get(pk=score.pk)
    if score.is_in_error:
        raise EnteredInError
    if not reason.strip():
        raise ValidationError({"reason": _("Enter the reason")})
    score.entered_in_error_at, score.entered_in_error_by, score.entered_in_error_reason = stamp(), by, reason
    score.validate_only(*MARKING)
    with acting(by=by, reason=reason):
        score.save(update_fields=MARKING)
    record_event("score.entered_in_error", by=by, patient=patient, target=score)
    return score
