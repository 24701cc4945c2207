"""Every read of measure plans and of what is due."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from accounts.models import but_names
from patients.vocabulary import ChartStatus
from ui.prepared import EqualsAny

if TYPE_CHECKING:
    pass

OVERDUE, SOON, LATER = "overdue", "soon", "later"


class TeamMeasureQuerySet(QuerySet["TeamMeasure"]):
    def in_force(self) -> Self:
        """Without those that the team no longer plans."""
        return self.filter(every_days__isnull=False)

    def by_team(self) -> Self:
        return self.select_related("team", "set_by").defer(*but_names("set_by")).order_by("team__name", "score_type")


class PlannedMeasureQuerySet(QuerySet["PlannedMeasure"]):
    def with_people(self) -> Self:
        return self.select_related("set_by").defer(*but_names("set_by"))


class DueMeasureQuerySet(QuerySet["DueMeasure"]):
    def standing(self, today: dt.date) -> Self:
        """With `standing`: overdue, soon or later. What every list, count and page means by these words.

        Soon begins OT_DUE_SOON_DAYS before the day. `today` may be a parameter of a prepared query.
        """
        days_before = ExpressionWrapper(F("due_on") - Value(settings.OT_DUE_SOON_DAYS), output_field=DateField())
        words = Case(
            When(due_on__lt=today, then=Value(OVERDUE)),
            When(soon_from__lte=today, then=Value(SOON)),
            default=Value(LATER),
            output_field=CharField(),
        )
        return self.alias(soon_from=days_before).annotate(standing=words)

    def soonest_first(self) -> Self:
        return self.order_by("due_on", "score_type")

    def of_patients(self, patients: Sequence[uuid.UUID]) -> Self:
        """What is due of the open ones among these charts, soonest first."""
        of_them = self.filter(EqualsAny(F("patient"), patients), patient__chart_status=ChartStatus.ACTIVE)
        return of_them.soonest_first()

    def of_outer_patient(self, standing: str, today: dt.date) -> Q:
        """For a filter over patients: active charts with a measure that is overdue, or due soon."""
        rows = self.standing(today).filter(patient=OuterRef("pk"), standing=standing)
        return Q(chart_status=ChartStatus.ACTIVE) & Q(Exists(rows))

    def first_day_of_outer_patient(self) -> Subquery:
        """For an order of patients: when the first measure of each is due."""
        rows: Any = self.order_by().filter(patient=OuterRef("pk")).values("patient")
        return Subquery(rows.annotate(first=Min("due_on")).values("first"))
