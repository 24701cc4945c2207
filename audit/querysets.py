"""Every read of audit events."""

import datetime as dt
from typing import Any, Self

from django.contrib.auth import get_user_model
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Max, Min, Q
from django.db.models.fields.json import KT
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.access import Perm, ceiling
from accounts.roles import Role
from audit.append_only import AppendOnlyQuerySet
from audit.events import Event
from audit.relationships import TO_LOOK_AT
from patients.querysets import lead_rows

SHOWN = (Event.CHART_VIEWED, Event.CHART_WRITTEN)
# Without a patient where the chart does not exist. To a lead they would tell which charts of other teams do.
OF_ANY_CHART = (Event.CHART_REFUSED, Event.ACCESS_REQUESTED)
# Whom an auditor looks into is not told to the lead of the chart.
OF_THE_AUDIT = tuple(event for event in Event if event.value.startswith("audit."))
# created_at is the database's clock, the times of an emergency access the application's.
CLOCKS_DIFFER = dt.timedelta(minutes=1)


class AuditEventQuerySet(AppendOnlyQuerySet):
    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def with_people(self) -> Self:
        """With whom and of whom, for lists."""
        names = [f"patient__{field}" for field in ("display_name", "patient_id")]
        shown = [field.name for field in self.model._meta.concrete_fields if not field.name.startswith("chain_")]
        people = [f"actor__{field}" for field in ("username", "display_name", "credentials")]
        return self.select_related("actor", "patient").only(*shown, *people, *names)

    def readable_by(self, user: Any) -> Self:
        """All to an auditor. To a lead: the charts of the teams led, whoever opened them, and what those teams'
        people did outside charts; never a chart of another team, whoever opened it.
        """
        if user.role == Role.AUDITOR:
            return self.all()
        if Perm.REASSIGN not in ceiling(user):
            return self.none()
        # The rows of the lead groups themselves, not the patients that they permit: those would be gone through one by one.
        charts = lead_rows(user).filter(permission__codename=Perm.REASSIGN).values("content_object")
        people = get_user_model().objects.filter(team__lead_group__in=user.groups.values("pk")).values("pk")
        outside = Q(patient=None, actor__in=people) & ~Q(event_type__in=OF_ANY_CHART)
        return self.filter(Q(patient__in=charts) & ~Q(event_type__in=OF_THE_AUDIT) | outside)

    def of_a_chart(self, user: Any) -> Self:
        """Of the events of a chart that somebody may ask about: what of them is shown."""
        return self.all() if user.role == Role.AUDITOR else self.exclude(event_type__in=OF_THE_AUDIT)

    def to_look_at(self) -> Self:
        """Without a care relationship: opened in an emergency, or refused to somebody outside the care team."""
        return self.filter(relationship__in=TO_LOOK_AT)

    def between(self, since: dt.datetime | None, until: dt.datetime | None) -> Self:
        """From a moment on, and before another."""
        bounds = {"created_at__gte": since, "created_at__lt": until}
        return self.filter(**{lookup: moment for lookup, moment in bounds.items() if moment})

    def during_emergency(self, access: Any) -> Self:
        """What the person did on the chart while an emergency access lasted, oldest first."""
        rows = self.filter(actor=access.user_id, patient=access.patient_id)
        rows = rows.between(access.starts_at - CLOCKS_DIFFER, access.over_at + CLOCKS_DIFFER)
        return rows.defer(*self._columns_of_chain()).order_by("created_at", "pk")

    def looks(self, *, by_day: bool = False) -> Any:
        """Who opened the charts of these events: a row for each person and relationship, of each day if so wanted.

        Those without a care relationship come first, then the latest; by day, the earliest day first.
        """
        rows = self.filter(event_type__in=(*SHOWN, Event.CHART_REFUSED)).order_by()
        keys = ["actor", "actor__display_name", "actor__username", "actor__credentials", "actor__team__name"]
        if by_day:
            rows, keys = (
                rows.annotate(day=TruncDate("created_at", tzinfo=timezone.get_current_timezone())),
                [*keys, "day"],
            )
        shown = Q(event_type__in=SHOWN)
        grouped = rows.values(*keys, "relationship", "actor_role").annotate(
            opened=Count("pk", filter=shown),
            written=Count("pk", filter=Q(event_type=Event.CHART_WRITTEN)),
            refused=Count("pk", filter=~shown),
            first_at=Min("created_at"),
            last_at=Max("created_at"),
            routes=ArrayAgg("route", distinct=True, filter=shown, default=[]),
            emergencies=ArrayAgg(
                KT("details__emergency"), distinct=True, filter=Q(details__has_key="emergency"), default=[]
            ),
        )
        return grouped.order_by("day", "first_at") if by_day else grouped.order_by("-last_at")

    def _columns_of_chain(self) -> list[str]:
        return [field.name for field in self.model._meta.concrete_fields if field.name.startswith("chain_")]
