"""Status changes in the chart and the caseload."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from accounts.models import but_names
from audit.models import Direction, StatusHistory, StatusHistoryQuerySet, StatusType
from patients.registry import (
    AsOfPanel,
    CaseloadColumn,
    CaseloadFilter,
    CaseloadOrder,
    ChartPanel,
    Clock,
    CourseEvent,
    CourseSource,
    Known,
    Provenance,
    QuickAdd,
    Said,
    Tab,
    TimelineEntry,
    TimelineSource,
    registry,
)
from patients.timeline import PAGE_SIZE
from patients.vocabulary import ChartStatus, MobilityStatus
from ui.addresses import reverse
from ui.dates import show_moment
from ui.paging import Key, older_than
from ui.prepared import EqualsAny, Prepared, Read, once

NEWS_TIME = dt.timedelta(days=30)  # how long a change of mobility status stays beside the status in lists
RECENT = PAGE_SIZE + 1


def _news(patients: Sequence[Any], since: dt.datetime) -> StatusHistoryQuerySet:
    rows = changes_after(since).filter(EqualsAny(F("patient"), patients))
    return rows.order_by("patient", "-effective_at", "-pk").distinct("patient")


_read_news = Prepared(_news)


def _caseload_read(patients: Sequence[uuid.UUID]) -> Read:
    return _read_news.bind(patients=patients, since=timezone.now() - NEWS_TIME)


def _last_changes(rows: list[Any]) -> Mapping[uuid.UUID, Any]:
    """The latest change of mobility status of each patient within the last 30 days."""
    return {row.patient_id: row for row in rows}


def last_change(patient: Any, user: Any) -> Mapping[str, Any]:
    """The patient's latest change of mobility status, however long ago."""
    recent = once(patient, _read_recent)
    changes = (row for row in recent if row.status_type == StatusType.MOBILITY_STATUS and row.from_value)
    change = next(changes, None)
    if change is None and len(recent) == RECENT:
        rows = patient.status_history.of_type(StatusType.MOBILITY_STATUS).changes()
        change = rows.order_by("-effective_at", "-pk").first()
    return {"change": change}


def _of_timeline(rows: StatusHistoryQuerySet) -> StatusHistoryQuerySet:
    """Newest first; of the first rows, which registration wrote together, only mobility status."""
    rows = rows.select_related("changed_by").defer(*but_names("changed_by"))
    rows = rows.exclude(~Q(status_type=StatusType.MOBILITY_STATUS), from_value="")
    return rows.order_by("-effective_at", "-pk")


def _newest(patient: Any) -> StatusHistoryQuerySet:
    return _of_timeline(StatusHistory.objects.filter(patient=patient))[:RECENT]


_read_recent = Prepared(_newest)


def timeline(patient: Any, user: Any, before: Key | None, limit: int) -> list[TimelineEntry]:
    """Status changes, newest first."""
    url = reverse("audit:show_history", kwargs={"patient_id": patient.pk})
    if before is None and limit <= RECENT:
        return [_entry(row, url) for row in once(patient, _read_recent)[:limit]]
    rows = older_than(_of_timeline(patient.status_history), before, field="effective_at", kind="status")
    return [_entry(row, url) for row in rows[:limit]]


def find(patient: Any, pks: Sequence[int]) -> list[TimelineEntry]:
    """These status changes of this chart."""
    url = reverse("audit:show_history", kwargs={"patient_id": patient.pk})
    return [_entry(row, url) for row in _of_timeline(patient.status_history).filter(pk__in=pks)]


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
        move_label=row.direction_label if row.direction else "",
        author_pk=row.changed_by_id,
        known=("status", row.status_type),
    )


def _course(patient: Any) -> StatusHistoryQuerySet:
    kinds = (StatusType.MOBILITY_STATUS, StatusType.CHART_STATUS)
    return StatusHistory.objects.filter(patient=patient, status_type__in=kinds).order_by("effective_at", "pk")


_read_course = Prepared(_course)


def course(patient: Any) -> Sequence[CourseEvent]:
    """Changes of mobility status, and when episodes began: at registration, and whenever the chart was active again."""
    return [event for row in once(patient, _read_course) if (event := _course_event(row))]


def _course_event(row: StatusHistory) -> CourseEvent | None:
    if row.status_type == StatusType.MOBILITY_STATUS:
        if not row.from_value:
            return None
        glyph = {Direction.IMPROVED: "better", Direction.DECLINED: "worse"}.get(Direction(row.direction), "other")
        return CourseEvent(row.effective_at, glyph, row.sentence, row.to_label)
    if not row.from_value:
        return CourseEvent(row.effective_at, "start", _now("Registered"), _now("Registered"), is_start=True)
    if row.to_value == ChartStatus.ACTIVE and row.from_value in {ChartStatus.INACTIVE, ChartStatus.ARCHIVED}:
        return CourseEvent(
            row.effective_at, "start", _now("Active again: a new episode"), _now("Active"), is_start=True
        )
    return CourseEvent(row.effective_at, "other", row.sentence, row.to_label)


def changes_by(patient: Any, moment: dt.datetime, before: Key | None) -> Mapping[str, Any]:
    """For the chart as it stood: the status history as it was by then, newest first."""
    rows = patient.status_history.filter(created_at__lte=moment).with_people().newest_first()
    found = list(older_than(rows, before)[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return {"rows": found[:PAGE_SIZE], "next_key": Key(last.created_at, ("row", last.pk)).encode() if last else ""}


def known_status(patient: Any, key: str) -> Known | None:
    """How a tracked status is known: its rows of the status history, newest first."""
    if key not in StatusType.values:
        return None
    rows = patient.status_history.of_type(key).select_related("changed_by").defer(*but_names("changed_by"))
    said = [
        Said(
            at=row.created_at,
            by=row.changed_by,
            what=_("Changed") if row.from_value else _("Recorded"),
            value=row.to_label,
            reason=row.change_reason,
            happened=_now("seen %(when)s") % {"when": show_moment(row.effective_at)},
        )
        for row in rows.newest_first()
    ]
    return Known(title=StatusType(key).label, value=said[0].value if said else "", said=said)


def changes_after(since: dt.datetime) -> StatusHistoryQuerySet:
    """Improvements and declines of mobility status seen at that moment or later."""
    rows: StatusHistoryQuerySet = StatusHistory.objects.of_type(StatusType.MOBILITY_STATUS).changes()
    return rows.filter(effective_at__gte=since)


def _changed(direction: str, clock: Clock) -> Exists:
    return Exists(changes_after(clock.week_ago).filter(patient=OuterRef("pk"), direction=direction))


def _by_level() -> list[Any]:
    whens = [When(Q(mobility_status=status), then=Value(status.level)) for status in MobilityStatus]
    return [Case(*whens, default=Value(0), output_field=IntegerField())]


def register() -> None:
    """Add what the chart and the caseload show of status changes."""
    registry.register(
        Provenance("status", known_status),
        AsOfPanel("status", "audit/_status_as_of.html", changes_by, lambda patient: [], order=20),
        Tab("history", _("History"), "audit:show_history", order=50),
        QuickAdd("status", _("Status"), "i-swap", "patients:change_status", Perm.CHANGE, order=30),
        ChartPanel("status", "audit/_strip.jinja", last_change, area="strip", order=10, reads=(_read_recent,)),
        TimelineSource("status", _("Status"), timeline, order=40, find=find, reads=(_read_recent,)),
        CourseSource("status", course, order=10, reads=(_read_course,)),
        CaseloadColumn(
            "status", _("Mobility status"), "audit/_caseload_cell.jinja", _caseload_read, _last_changes, order=10
        ),
        CaseloadFilter(
            "declined", _("Declined in 7 days"), partial(_changed, Direction.DECLINED), tone="bad", order=10
        ),
        CaseloadFilter("improved", _("Improved in 7 days"), partial(_changed, Direction.IMPROVED), order=20),
        CaseloadOrder("level", _("Mobility status, most help first"), _by_level, order=20, column="status"),
    )
