"""Every read of measure plans and of what is due."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, Self

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.lookups import Exact, LessThanOrEqual

from accounts.models import but_names
from patients.vocabulary import ChartStatus
from ui.prepared import EqualsAny

OVERDUE, SOON, LATER = "overdue", "soon", "later"


class TeamMeasureQuerySet(QuerySet[Any]):
    def in_force(self) -> Self:
        """Without those that the team no longer plans."""
        return self.filter(every_days__isnull=False)

    def by_team(self) -> Self:
        return self.select_related("team", "set_by").defer(*but_names("set_by")).order_by("team__name", "score_type")


class PlannedMeasureQuerySet(QuerySet[Any]):
    def with_people(self) -> Self:
        return self.select_related("set_by").defer(*but_names("set_by"))


def standing(day: str, today: dt.date) -> Case:
    """Whether a day is past (overdue), soon or later: what every list, count and page means by these words.

    Soon begins OT_DUE_SOON_DAYS before the day. `today` may be a parameter of a prepared query.
    """
    soon_from = ExpressionWrapper(F(day) - Value(settings.OT_DUE_SOON_DAYS), output_field=DateField())
    return Case(
        When(**{f"{day}__lt": today}, then=Value(OVERDUE)),
        When(LessThanOrEqual(soon_from, today), then=Value(SOON)),
        default=Value(LATER),
        output_field=CharField(),
    )


def patients_standing(word: str, today: dt.date) -> Q:
    """For a filter over patients: active charts whose next measure is overdue, or due soon."""
    return Q(Exact(standing("next_due_on", today), word), chart_status=ChartStatus.ACTIVE)


class DueMeasureQuerySet(QuerySet[Any]):
    def standing(self, today: dt.date) -> Self:
        """With `standing`: overdue, soon or later; and `days`: how many are left, below 0 of what is overdue."""
        left = Func(F("due_on"), today, template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())
        return self.annotate(standing=standing("due_on", today), days=left)

    def soonest_first(self) -> Self:
        return self.order_by("due_on", "score_type")

    def next_of_patients(self, patients: Sequence[uuid.UUID], today: dt.date) -> QuerySet[Any]:
        """Of each open one among these charts what is due first, and how much is overdue and soon: for NextDue."""
        of_them = self.filter(EqualsAny(F("patient"), patients), patient__chart_status=ChartStatus.ACTIVE)
        counted = of_them.standing(today).annotate(
            overdue=Window(Count("pk", filter=Q(standing=OVERDUE)), partition_by="patient"),
            soon=Window(Count("pk", filter=Q(standing=SOON)), partition_by="patient"),
        )
        first = counted.order_by("patient", "due_on", "score_type").distinct("patient")
        return first.values_list("patient", "score_type", "due_on", "standing", "days", "overdue", "soon")
