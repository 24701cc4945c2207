"""Requests to amend in the chart as it stood: what had been asked by then, and how far each had come."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.utils import timezone

from amendments.models import AmendmentRequest, AmendmentStep
from amendments.vocabulary import State, StepKind
from patients.registry import AsOfPanel

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from patients.models import Patient
    from ui.paging import Key


@dataclass(frozen=True)
class AskedByThen:
    """A request as it stood: its steps are never changed, so that those taken by then tell its state."""

    asked: AmendmentRequest
    steps: frozenset[str]
    today: dt.date

    @property
    def is_open(self) -> bool:
        return StepKind.DECIDED not in self.steps

    @property
    def state_label(self) -> str:
        return str(State(self.asked.state).label if not self.is_open else State.OPEN.label)

    @property
    def is_disagreed(self) -> bool:
        return StepKind.DISAGREEMENT in self.steps

    @property
    def is_extended(self) -> bool:
        return StepKind.EXTENDED in self.steps

    @property
    def deadline(self) -> dt.date:
        extended = self.asked.extended_to if self.is_extended else None
        return extended or self.asked.due_on

    @property
    def days_over(self) -> int:
        """By how many days it was overdue on that day; 0 where it was decided or had time."""
        return max((self.today - self.deadline).days, 0) if self.is_open else 0


def _recorded(patient: "Patient") -> "QuerySet[Any]":
    """When something was recorded about requests, named as field history names it."""
    rows: QuerySet[Any] = AmendmentStep.objects.filter(request__patient=patient).annotate(history_date=F("created_at"))
    return rows


def requests(patient: "Patient", moment: dt.datetime, before: "Key | None") -> Mapping[str, Any]:
    """The requests recorded by then, newest first: one query."""
    taken = AmendmentStep.objects.filter(request=OuterRef("pk"), created_at__lte=moment).values("kind")
    rows = patient.amendment_requests.filter(recorded_at__lte=moment).newest_first().with_people()
    day = timezone.localdate(moment)
    rows = rows.annotate(taken=ArraySubquery(taken))
    return {"requests": [AskedByThen(one, frozenset(one.taken), day) for one in rows]}


PANEL = AsOfPanel(
    "amendments", "amendments/_as_of.html", requests, lambda patient: [_recorded(patient)], area="rail", order=60
)
