"""Status changes in the chart and the caseload."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from audit.models import Direction, StatusHistory, StatusHistoryQuerySet, StatusType
from patients.registry import (
    CaseloadColumn,
    CaseloadFilter,
    CaseloadOrder,
    ChartPanel,
    QuickAdd,
    Tab,
    TimelineEntry,
    TimelineSource,
    registry,
)
from patients.vocabulary import MobilityStatus
from ui.paging import Key, older_than

NEWS_DAYS = 30  # how long a change of mobility status stays beside the status in lists
RECENT_DAYS = 7


def last_changes(patients: Sequence[Any], user: Any) -> Mapping[uuid.UUID, Any]:
    """The latest change of mobility status of each patient within the last 30 days: one query."""
    rows = changes_since(NEWS_DAYS).filter(patient__in=patients)
    rows = rows.order_by("patient", "-effective_at", "-pk").distinct("patient")
    return {row.patient_id: row for row in rows}


def last_change(patient: Any, user: Any) -> Mapping[str, Any]:
    """The patient's latest change of mobility status, however long ago."""
    rows = patient.status_history.of_type(StatusType.MOBILITY_STATUS).changes().order_by("-effective_at", "-pk")
    return {"change": rows.first()}


def timeline(patient: Any, user: Any, before: Key | None, limit: int) -> list[TimelineEntry]:
    """Status changes, newest first; of the first rows, which registration wrote together, only mobility status."""
    rows = patient.status_history.select_related("changed_by")
    rows = rows.exclude(~Q(status_type=StatusType.MOBILITY_STATUS), from_value="")
    rows = older_than(rows, before, field="effective_at", kind="status")
    url = reverse("audit:show_history", kwargs={"patient_id": patient.pk})
    return [_entry(row, url) for row in rows.order_by("-effective_at", "-pk")[:limit]]


def _entry(row: StatusHistory, url: str) -> TimelineEntry:
    return TimelineEntry(
        at=row.effective_at,
        kind="status",
        pk=row.pk,
        title=row.sentence,
        icon="i-swap" if row.from_value else "i-flag",
        url=url,
        tone={Direction.IMPROVED: "good", Direction.DECLINED: "bad"}.get(Direction(row.direction), ""),
        text=_("Reason: %(reason)s") % {"reason": row.change_reason} if row.from_value else "",
        byline=row.changed_by.name,
        move=row.direction,
        move_label=row.get_direction_display() if row.direction else "",
    )


def changes_since(days: int) -> StatusHistoryQuerySet:
    """Improvements and declines of mobility status seen in the last days."""
    since = timezone.now() - dt.timedelta(days=days)
    rows: StatusHistoryQuerySet = StatusHistory.objects.of_type(StatusType.MOBILITY_STATUS).changes()
    return rows.filter(effective_at__gte=since)


def _changed(direction: str) -> Exists:
    return Exists(changes_since(RECENT_DAYS).filter(patient=OuterRef("pk"), direction=direction))


def _by_level() -> list[Any]:
    whens = [When(Q(mobility_status=status), then=Value(status.level)) for status in MobilityStatus]
    return [Case(*whens, default=Value(0), output_field=IntegerField())]


def register() -> None:
    """Add what the chart and the caseload show of status changes."""
    registry.register(
        Tab("history", _("History"), "audit:show_history", order=50),
        QuickAdd("status", _("Status"), "i-swap", "patients:change_status", Perm.CHANGE, order=30),
        ChartPanel("status", "audit/_strip.html", last_change, area="strip", order=10),
        TimelineSource("status", _("Status"), timeline, order=40),
        CaseloadColumn("status", _("Mobility status"), "audit/_caseload_cell.html", last_changes, order=10),
        CaseloadFilter("declined", _("Declined in 7 days"), lambda: _changed(Direction.DECLINED), tone="bad", order=10),
        CaseloadFilter("improved", _("Improved in 7 days"), lambda: _changed(Direction.IMPROVED), order=20),
        CaseloadOrder("level", _("Mobility status, most help first"), _by_level, order=20, column="status"),
    )
