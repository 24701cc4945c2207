"""How it is known that a measure is planned, or not."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mobility import catalogue
from mobility.plans.models import PlannedMeasure, TeamMeasure
from patients.provenance import history_of
from patients.registry import Known, Provenance, Said

if TYPE_CHECKING:
    from patients.models import Patient


def planned(patient: "Patient", key: str) -> Known | None:
    """One measure of the plan: what was said of it for this patient, and by the team, newest first."""
    own = history_of(PlannedMeasure.history.filter(patient=patient, score_type=key))
    team = history_of(TeamMeasure.history.filter(team=patient.team_id, score_type=key))
    said = [_own(row) for row in own] + [_of_team(row) for row in team]
    if not said:
        return None
    said.sort(key=lambda one: one.at, reverse=True)
    due = patient.due_measures.filter(score_type=key).first()
    value = due.interval if due else _now("Not planned")
    return Known(title=str(catalogue.find(key) or key), value=value, said=said)


def _own(row: Any) -> Said:
    target = PlannedMeasure(pk=row.id)
    value = PlannedMeasure(rule=row.rule, every_days=row.every_days).says
    return Said(row.history_date, row.history_user, _("For this patient"), value, row.reason, targets=(target,))


def _of_team(row: Any) -> Said:
    value = TeamMeasure(every_days=row.every_days).interval
    return Said(row.history_date, row.history_user, _("For the team"), value, targets=(TeamMeasure(pk=row.id),))


SOURCE = Provenance(
    "plan",
    planned,
    {"mobility:plan_measure": _("Measure plan"), "mobility:undo_plan": _("Undoing a change of the measure plan")},
)
