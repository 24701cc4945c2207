"""What is due in the chart and the caseload."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from mobility.models import DueMeasure
from mobility.plans import as_of, provenance
from mobility.plans.due import NextDue, others
from mobility.plans.querysets import OVERDUE, SOON, patients_standing
from patients.registry import CaseloadColumn, CaseloadFilter, CaseloadOrder, ChartPanel, Clock, registry
from ui.prepared import Prepared, Read, once

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient


@dataclass(frozen=True)
class DueList:
    """What is due of one patient, soonest first."""

    rows: Sequence[DueMeasure]

    @property
    def first(self) -> DueMeasure | None:
        return self.rows[0] if self.rows else None

    @property
    def pressing(self) -> Sequence[DueMeasure]:
        """What is overdue or due soon."""
        return [row for row in self.rows if row.is_overdue or row.is_soon]

    @property
    def overdue(self) -> int:
        return sum(row.is_overdue for row in self.rows)

    @property
    def soon(self) -> int:
        return sum(row.is_soon for row in self.rows)

    @property
    def others(self) -> str:
        return others(self.overdue, self.soon)


def _of_patients(patients: Sequence[uuid.UUID], today: dt.date) -> QuerySet[Any]:
    found: QuerySet[Any] = DueMeasure.objects.next_of_patients(patients, today)
    return found


def _of_patient(patient: "Patient", today: dt.date) -> QuerySet[Any]:
    found: QuerySet[Any] = DueMeasure.objects.filter(patient=patient).standing(today).soonest_first()
    return found


_read_for_caseload = Prepared(_of_patients)
_read_for_chart = Prepared(_of_patient)
DUE_READS = (_read_for_chart,)


def _caseload_read(patients: Sequence[uuid.UUID]) -> Read:
    return _read_for_caseload.bind(patients=patients, today=timezone.localdate())


def _caseload_due(rows: list[Any]) -> Mapping[uuid.UUID, NextDue]:
    """What is due of each patient first."""
    return {row[0]: NextDue._make(row) for row in rows}


def due(patient: "Patient", user: "User | None" = None) -> Mapping[str, Any]:
    """What is due of one patient, read once for strip and rail: one query."""
    rows = once(patient, _read_for_chart, today=timezone.localdate())
    is_open = not patient.is_archived
    return {
        "due": DueList(rows),
        "may_change_plan": is_open and Perm.CHANGE in patient.held_perms,
        "may_add": is_open and Perm.ADD in patient.held_perms,
    }


def is_overdue(clock: Clock) -> Any:
    """For the caseload's flag and the dashboard's figure."""
    return patients_standing(OVERDUE, clock.today)


def is_due_soon(clock: Clock) -> Any:
    """For the caseload's flag and the dashboard's figure."""
    return patients_standing(SOON, clock.today)


def by_next_due() -> Sequence[Any]:
    """Patients whose first measure is due soonest on top, those without a plan last."""
    return [F("next_due_on").asc(nulls_last=True)]


def register() -> None:
    """Add what the chart, the caseload and the dashboard show of measure plans."""
    registry.register(
        as_of.PANEL,
        provenance.SOURCE,
        ChartPanel("due", "mobility/_strip_due.jinja", due, area="strip", order=25, reads=DUE_READS),
        ChartPanel("plan", "mobility/_rail_plan.jinja", due, order=25, reads=DUE_READS),
        CaseloadColumn(
            "due", _("Next measure"), "mobility/_caseload_due.jinja", _caseload_read, _caseload_due, order=25
        ),
        CaseloadFilter("measures_overdue", _("Measures overdue"), is_overdue, tone="bad", order=25),
        CaseloadFilter("measures_soon", _("Measures due soon"), is_due_soon, tone="due", order=26),
        CaseloadOrder("due", _("Next measure, soonest first"), by_next_due, order=35, column="due"),
    )
