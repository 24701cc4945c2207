"""What equipment adds to the chart, the timeline and the caseload."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from equipment.events import chart_entries
from equipment.models import EquipmentLog
from patients.registry import CaseloadColumn, CaseloadFilter, ChartPanel, QuickAdd, Tab, TimelineSource, registry

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient

RAIL_LENGTH = 8


@dataclass(frozen=True)
class Out:
    """How many items are with a patient, and how many of them are late."""

    count: int
    overdue: int


def out_in_numbers(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """Items out, how many are late, and the day that was due first: one query."""
    today = timezone.localdate()
    numbers: dict[str, Any] = patient.equipment_logs.out().aggregate(
        count=Count("pk"), overdue=Count("pk", filter=Q(due_back_on__lt=today)), next_due=Min("due_back_on")
    )
    days = (today - numbers["next_due"]).days if numbers["overdue"] else 0
    return numbers | {"days": days}


def out_in_full(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """Items out, those that went out first on top: one query."""
    logs = list(patient.equipment_logs.out().with_people().longest_first()[: RAIL_LENGTH + 1])
    return {"logs": logs[:RAIL_LENGTH], "has_more": len(logs) > RAIL_LENGTH}


def caseload_numbers(patients: "Sequence[Patient]", user: "User") -> Mapping[uuid.UUID, Out]:
    """How many items each of these patients has out: one query."""
    late = Q(due_back_on__lt=timezone.localdate())
    rows = (
        EquipmentLog.objects.out()
        .filter(patient__in=[patient.pk for patient in patients])
        .order_by()
        .values_list("patient")
        .annotate(count=Count("pk"), overdue=Count("pk", filter=late))
    )
    return {pk: Out(count, overdue) for pk, count, overdue in rows}


def has_overdue() -> Exists:
    """Over Patient: an item that should have come back."""
    return Exists(EquipmentLog.objects.overdue(timezone.localdate()).filter(patient=OuterRef("pk")))


def has_out() -> Exists:
    """Over Patient: an item that is with them."""
    return Exists(EquipmentLog.objects.out().filter(patient=OuterRef("pk")))


def register() -> None:
    """Called when the app registry is ready."""
    registry.register(
        Tab("equipment", _("Equipment"), "equipment:show_custody", order=40),
        QuickAdd(
            "equipment", _("Equipment"), icon="i-equip", url_name="equipment:check_out", perm=Perm.ADD, shortcut="e",
            order=20,
        ),
        ChartPanel("equipment_out", "equipment/_strip.html", out_in_numbers, area="strip", order=50),
        ChartPanel("equipment_list", "equipment/_rail.html", out_in_full, area="rail", order=40),
        TimelineSource("equipment", _("Equipment"), chart_entries, order=30),
        CaseloadColumn(
            "equipment", _("Equipment out"), "equipment/_caseload_cell.html", caseload_numbers, order=50, is_number=True
        ),
        CaseloadFilter("equipment_overdue", _("Equipment overdue"), has_overdue, tone="bad", order=50),
        CaseloadFilter("equipment_out", _("Equipment out"), has_out, order=51),
    )  # fmt: skip
