"""Goals for discharge: recorded, and marked as entered in error."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.api import acting, record_event, stamp
from mobility import catalogue, editions
from mobility.errors import EnteredInError
from mobility.models import GoalSet
from mobility.scoring import Sitting, tidy
from mobility.services.moments import require_possible_day
from patients.models import Patient
from patients.services.charts import lock, require_open

MARKING = ["entered_in_error_at", "entered_in_error_by", "entered_in_error_reason"]


@transaction.atomic
def record_goals(
    *, patient: Patient, score_type: str, set_on: dt.date, answers: Mapping[str, str], by: User, notes: str = ""
) -> GoalSet:
    """Add the levels to be reached by discharge to a chart, by item; not every item needs a goal.

    Raises ChartArchived; AnswersRefused with a problem for each level that its item does not have; ValidationError for
    an unknown instrument, a day that is not possible, or no goal at all.
    """
    patient = lock(patient.pk)
    require_open(patient)
    instrument = catalogue.find(score_type)
    if instrument is None:
        raise ValidationError({"score_type": _("Choose the measure")})
    require_possible_day(patient, set_on, None)
    goals = GoalSet(
        patient=patient,
        score_type=instrument.id,
        instrument_version=instrument.version,
        set_on=set_on,
        answers=dict(tidy(instrument, Sitting(answers=answers)).answers),
        notes=notes,
        recorded_by=by,
        created_at=stamp(),
    )
    goals.edition_id = editions.keep(instrument)
    goals.full_clean(exclude=["edition"])
    with acting(by=by):
        goals.save(force_insert=True)
    record_event("goals.recorded", by=by, patient=patient, target=goals)
    return goals


@transaction.atomic
def mark_goals_in_error(*, goals: GoalSet, reason: str, by: User) -> GoalSet:
    """Say that goals should not be in this chart; they stay readable.

    Raises EnteredInError if it was said before, ChartArchived, ValidationError without a reason.
    """
    patient = lock(goals.patient_id)
    require_open(patient)
    goals = GoalSet.objects.select_for_update(of=("self",)).with_people().get(pk=goals.pk)
    if goals.is_in_error:
        raise EnteredInError
    if not reason.strip():
        raise ValidationError({"reason": _("Enter the reason")})
    goals.entered_in_error_at, goals.entered_in_error_by, goals.entered_in_error_reason = stamp(), by, reason
    goals.validate_only(*MARKING)
    with acting(by=by, reason=reason):
        goals.save(update_fields=MARKING)
    record_event("goals.entered_in_error", by=by, patient=patient, target=goals)
    return goals
