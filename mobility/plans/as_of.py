"""Measure plans in the chart as it stood."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from accounts.models import but_names
from audit.api import as_of
from mobility.plans.models import PlannedMeasure, Rule, TeamMeasure
from patients.as_of import records
from patients.models import Patient
from patients.registry import AsOfPanel

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ui.paging import Key


def recorded(patient: Patient) -> "Sequence[QuerySet[Any]]":
    """The field history of the patient's own rows, and of what the present team plans."""
    return [PlannedMeasure.history.filter(patient=patient), TeamMeasure.history.filter(team=patient.team_id)]


def plan(patient: Patient, moment: dt.datetime, before: "Key | None") -> Mapping[str, Any]:
    """What was planned by then: the patient's own rows and those of the team of that day, in two queries."""
    own_rows = as_of(PlannedMeasure.history.filter(patient=patient), moment)
    own = {row.score_type: row for row in records(own_rows.select_related("set_by").defer(*but_names("set_by")))}
    then = Patient.history.filter(id=patient.pk, history_date__lte=moment).order_by("-history_date", "-history_id")
    team = records(as_of(TeamMeasure.history.filter(team=then.values("team")[:1]), moment))
    inherited = [row for row in team if row.every_days and _follows_team(own.get(row.score_type))]
    return {
        "inherited": sorted(inherited, key=lambda row: row.measure),
        "own": sorted((row for row in own.values() if row.rule != Rule.TEAM), key=lambda row: row.measure),
    }


def _follows_team(own: PlannedMeasure | None) -> bool:
    return own is None or own.rule == Rule.TEAM


PANEL = AsOfPanel("plan", "mobility/_plan_as_of.html", plan, recorded, area="rail", order=20)
