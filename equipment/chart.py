"""What equipment adds to the chart, the timeline and the caseload."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import Perm
from equipment import as_of, provenance
from equipment.events import COURSE_READS, TIMELINE_READS, chart_entries, course, find
from equipment.models import EquipmentLog
from patients.registry import (
    CaseloadColumn,
    CaseloadFilter,
    CaseloadNumber,
    ChartPanel,
    Clock,
    CourseSource,
    QuickAdd,
    Tab,
    TimelineSource,
    registry,
)
from ui.prepared import EqualsAny, Prepared, Read, once

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient

RAIL_LENGTH = 8


def _out_longest(patient: "Patient", today: dt.date) -> QuerySet[EquipmentLog]:
    out: QuerySet[EquipmentLog] = EquipmentLog.objects.filter(patient=patient).out().counted(today).longest_first()
    return out[: RAIL_LENGTH + 1]


_read_out = Prepared(_out_longest)  # for the strip and the rail


def out_in_numbers(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """Items out, how many are late and for how long, and the day that was due first."""
    today = timezone.localdate()
    logs = once(patient, _read_out, today=today)
    if not logs:
        return {"count": 0, "overdue_words": "", "next_due": None}
    first = logs[0]
    late = first.total_overdue
    words = _overdue_words(late, (today - first.next_due).days) if late else ""
    return {"count": first.total, "overdue_words": words, "next_due": first.next_due}


def _overdue_words(late: int, days: int) -> str:
    """1 overdue by 3 days; 2 overdue by up to 3 days."""
    if late == 1:
        return ngettext("1 overdue by %(n)s day", "1 overdue by %(n)s days", days) % {"n": days}
    some = ngettext("%(late)s overdue by %(n)s day", "%(late)s overdue by up to %(n)s days", days)
    return some % {"late": late, "n": days}


def out_in_full(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """Items out, those that went out first on top."""
    logs = once(patient, _read_out, today=timezone.localdate())
    return {"logs": logs[:RAIL_LENGTH], "has_more": len(logs) > RAIL_LENGTH}


def _counts(patients: "Sequence[uuid.UUID]", today: dt.date) -> QuerySet[Any]:
    rows: QuerySet[Any] = EquipmentLog.objects.out().filter(EqualsAny(F("patient"), patients)).order_by()
    late = Q(due_back_on__lt=today)
    return rows.values_list("patient").annotate(count=Count("pk"), overdue=Count("pk", filter=late))


_read_counts = Prepared(_counts)


def _caseload_read(patients: Sequence[uuid.UUID]) -> Read:
    return _read_counts.bind(patients=patients, today=timezone.localdate())


def _caseload_numbers(rows: list[Any]) -> Mapping[uuid.UUID, CaseloadNumber]:
    """How many items each patient has out."""
    return {pk: CaseloadNumber(count, overdue) for pk, count, overdue in rows}


def has_overdue(clock: Clock) -> Exists:
    """Over Patient: an item that should have come back."""
    return Exists(EquipmentLog.objects.overdue(clock.today).filter(patient=OuterRef("pk")))


def has_out(clock: Clock) -> Exists:
    """Over Patient: an item that is with them."""
    return Exists(EquipmentLog.objects.out().filter(patient=OuterRef("pk")))


def register() -> None:
    """Called when the app registry is ready."""
    registry.register(
        *as_of.PANELS,
        provenance.SOURCE,
        Tab("equipment", _("Equipment"), "equipment:show_custody", order=40),
        QuickAdd(
            "equipment", _("Equipment"), icon="i-equip", url_name="equipment:check_out", perm=Perm.ADD, shortcut="e",
            order=20,
        ),
        ChartPanel("equipment_out", "equipment/_strip.jinja", out_in_numbers, area="strip", order=50, reads=(_read_out,)),
        ChartPanel("equipment_list", "equipment/_rail.jinja", out_in_full, area="rail", order=40, reads=(_read_out,)),
        TimelineSource("equipment", _("Equipment"), chart_entries, order=30, find=find, reads=TIMELINE_READS),
        CourseSource("equipment", course, order=20, reads=COURSE_READS),
        CaseloadColumn(
            "equipment", _("Equipment out"), "patients/_caseload_number.jinja", _caseload_read, _caseload_numbers,
            order=50, is_number=True,
        ),
        CaseloadFilter("equipment_overdue", _("Equipment overdue"), has_overdue, tone="bad", order=50),
        CaseloadFilter("equipment_out", _("Equipment out"), has_out, order=51),
    )  # fmt: skip
