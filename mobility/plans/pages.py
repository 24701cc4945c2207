"""What the pages of measure plans are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from mobility import catalogue
from mobility.catalogue import Instrument
from mobility.plans import words
from mobility.plans.models import DueMeasure, PlannedMeasure, Rule, TeamMeasure

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient


@dataclass(frozen=True)
class PlanRow:
    """One measure of a patient's plan: when it is due, and whose rule it follows."""

    due: DueMeasure
    own: PlannedMeasure | None
    team: TeamMeasure | None

    @property
    def instrument(self) -> Instrument | None:
        return self.due.instrument


@dataclass(frozen=True)
class PlanPage:
    """A patient's plan, soonest first, and the measures of the team that this patient does not have."""

    rows: Sequence[PlanRow]
    left_out: Sequence[PlannedMeasure]


def read(patient: "Patient") -> PlanPage:
    """The plan of a patient: three queries."""
    own = {row.score_type: row for row in patient.planned_measures.with_people()}
    team = {row.score_type: row for row in TeamMeasure.objects.in_force().filter(team=patient.team_id)}
    due = patient.due_measures.standing(timezone.localdate()).soonest_first()
    rows = [PlanRow(row, own.get(row.score_type), team.get(row.score_type)) for row in due]
    return PlanPage(rows, [row for row in own.values() if row.rule == Rule.OFF])


def own_row(patient: "Patient", score_type: str) -> PlannedMeasure | None:
    """What is said of one measure for this patient alone."""
    found: PlannedMeasure | None = patient.planned_measures.with_people().filter(score_type=score_type).first()
    return found


def team_rule(patient: "Patient", score_type: str) -> TeamMeasure | None:
    """What the patient's team plans for one measure."""
    rows = TeamMeasure.objects.in_force().filter(team=patient.team_id, score_type=score_type)
    found: TeamMeasure | None = rows.first()
    return found


def choices() -> list[tuple[Any, Any]]:
    """The measures for a select, those in common use first."""
    common = [(one.id, str(one.name)) for one in catalogue.instruments()]
    names = {key for key, _ in common}
    others = sorted(((one.id, str(one.name)) for one in catalogue.everything() if one.id not in names), key=_by_name)
    return [*common, *others]


def _by_name(choice: tuple[str, str]) -> str:
    return choice[1]


def initial(own: PlannedMeasure | None, team: TeamMeasure | None, score_type: str) -> dict[str, Any]:
    """What the form starts with: the rule that holds now, in weeks where it is whole weeks."""
    days = (own.every_days if own else None) or (team.every_days if team else None) or 4 * words.WEEK
    is_weeks = days % words.WEEK == 0
    return {
        "score_type": score_type,
        "rule": own.rule if own else Rule.TEAM if team else Rule.OWN,
        "every": days // words.WEEK if is_weeks else days,
        "unit": "weeks" if is_weeks else "days",
        "reason": own.reason if own else "",
        "version": own.version if own else 0,
    }


def team_plans_of(lead: "User") -> Any:
    """The measures of the teams that this person is in or leads, those no longer planned aside."""
    groups = lead.groups.values("pk")
    rows = TeamMeasure.objects.in_force().by_team()
    return rows.filter(team__lead_group__in=groups)
