"""Changing what is measured how often: with one patient, or by default in a team. What is due follows in triggers."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from audit.api import acting, record_event, stamp
from mobility import catalogue
from mobility.plans.models import DueMeasure, PlannedMeasure, Rule, TeamMeasure
from patients.errors import StaleVersion
from patients.models import Patient
from patients.services.charts import lock, require_open

SAID = ("rule", "every_days", "reason")
CHANGED = [*SAID, "starts_on", "set_by", "set_at", "version"]


@transaction.atomic
def plan_measure(
    *,
    patient: Patient,
    score_type: str,
    rule: str,
    by: User,
    every_days: int | None = None,
    reason: str = "",
    version: int = 0,
) -> PlannedMeasure | None:
    """Say how often a patient has one measure, that they do not have it, or that the team's plan holds again.

    `version` is that of the patient's own row when the form was shown, 0 where there was none. The same words again are
    saved once. Returns the row; None where nothing had to be said. Raises StaleVersion if somebody said something else
    meanwhile, ChartArchived, ValidationError for an unknown measure or interval.
    """
    patient = lock(patient.pk)
    require_open(patient)
    _require_known(score_type)
    every_days = every_days if rule == Rule.OWN else None
    row: PlannedMeasure | None = PlannedMeasure.objects.filter(patient=patient, score_type=score_type).first()
    if row is None and rule == Rule.TEAM:
        return None
    if row is not None and (row.rule, row.every_days, row.reason) == (rule, every_days, reason):
        return row
    if (row.version if row else 0) != version:
        raise StaleVersion(row)
    begins = _begins(patient, score_type, row, rule)
    row = row or PlannedMeasure(patient=patient, score_type=score_type, version=0)
    _say(row, rule=rule, every_days=every_days, reason=reason, starts_on=begins, by=by)
    return row


@transaction.atomic
def undo(*, planned: PlannedMeasure, version: int, by: User) -> PlannedMeasure:
    """Take the last change of a patient's own row back: what it said before, or the team's plan, holds again.

    Raises StaleVersion if somebody changed it since, ChartArchived.
    """
    patient = lock(planned.patient_id)
    require_open(patient)
    row: PlannedMeasure = PlannedMeasure.objects.get(pk=planned.pk)
    if row.version != version:
        raise StaleVersion(row)
    before = PlannedMeasure.history.filter(id=row.pk, version=version - 1).order_by("-history_id").first()
    if before is None:
        _say(row, rule=Rule.TEAM, every_days=None, reason="", starts_on=row.starts_on, by=by)
    else:
        said = {name: getattr(before, name) for name in (*SAID, "starts_on")}
        _say(row, **said, by=by)
    return row


def _begins(patient: Patient, score_type: str, row: PlannedMeasure | None, rule: str) -> dt.date:
    """Since when it is planned: as before while it stays on the plan, from today where it comes onto it."""
    due = DueMeasure.objects.filter(patient=patient, score_type=score_type).first()
    if due is not None:
        return due.began_on
    if row is not None and rule != Rule.OWN:
        return row.starts_on
    return timezone.localdate(stamp())


def _say(row: PlannedMeasure, *, by: User, **said: Any) -> None:
    is_new = row.pk is None
    for name, value in said.items():
        setattr(row, name, value)
    row.set_by, row.set_at, row.version = by, stamp(), row.version + 1
    row.full_clean()
    with acting(by=by, reason=row.reason):
        if is_new:
            row.save(force_insert=True)
        else:
            row.save(update_fields=CHANGED)
    details = {"measure": row.score_type, "rule": row.rule}
    record_event("plan.changed", by=by, patient=row.patient, target=row, details=details)


def _require_known(score_type: str) -> None:
    if catalogue.find(score_type) is None:
        raise ValidationError({"score_type": _("Choose the measure")})


@transaction.atomic
def set_team_measure(
    *, team: Team, score_type: str, every_days: int | None, starts_on: dt.date | None = None, by: User
) -> TeamMeasure:
    """Plan a measure for the patients of a team, at another interval, or (None) no longer.

    Raises ValidationError for an unknown measure or interval.
    """
    _require_known(score_type)
    row = TeamMeasure.objects.select_for_update().filter(team=team, score_type=score_type).first()
    is_new = row is None
    if row is None:
        row = TeamMeasure(team=team, score_type=score_type, version=0, starts_on=timezone.localdate(stamp()))
    row.every_days, row.starts_on = every_days, starts_on or row.starts_on
    row.set_by, row.set_at, row.version = by, stamp(), row.version + 1
    row.full_clean()
    with acting(by=by):
        row.save(force_insert=is_new, force_update=not is_new)
    details = {"team": team.pk, "measure": score_type, "days": every_days}
    record_event("plan.team_changed", by=by, target=row, details=details)
    return row
