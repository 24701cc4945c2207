"""What the lead's dashboard shows. Each count is made by the filter behind the list that it links to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F

from audit.models import StatusHistory
from audit.panels import RECENT_DAYS, changes_since
from equipment.models import EquipmentLog
from patients import caseload
from patients.caseload import CaseloadState
from patients.querysets import PatientQuerySet
from patients.registry import CaseloadFilter, registry
from patients.vocabulary import MobilityStatus
from sessions_notes.models import FollowUp

SHOWN = 8  # rows of each short list


@dataclass(frozen=True)
class Bar:
    """One line of a bar list; width is out of 200."""

    label: Any
    count: int
    width: float
    url: str
    level: int = 0
    figures: tuple[tuple[int, str], ...] = ()


TEAM = CaseloadState(scope="team")


def figures(team: PatientQuerySet) -> Any:
    """The strip: all patients and every flag of the caseload, with its list."""
    return caseload.chips(team, TEAM)


def by_status(team: PatientQuerySet) -> list[Bar]:
    """Patients by mobility status, most independent first."""
    counts = dict(team.order_by().values_list("mobility_status").annotate(n=Count("pk")))
    top = max([*counts.values(), 1])
    return [
        Bar(s.label, n := counts.get(s.value, 0), 200 * n / top, TEAM.url(status=s.value), s.level)
        for s in MobilityStatus
    ]


def by_therapist(team: PatientQuerySet) -> tuple[list[CaseloadFilter], list[Bar]]:
    """Caseload of each primary therapist, with the count of each flag."""
    flags = registry.of(CaseloadFilter)
    found: Any = (
        team.order_by()
        .values("primary_therapist", name=F("primary_therapist__display_name"))
        .annotate(n=Count("pk"), **{f"flag_{f.key}": Count("pk", filter=f.condition()) for f in flags})
        .order_by("name", "primary_therapist")
    )
    rows = list(found)
    top = max([row["n"] for row in rows], default=1)
    bars = []
    for row in rows:
        key = str(row["primary_therapist"])
        marks = tuple((row[f"flag_{f.key}"], TEAM.url(therapist=key, flag=f.key)) for f in flags)
        bars.append(Bar(row["name"], row["n"], 200 * row["n"] / top, TEAM.url(therapist=key), figures=marks))
    return flags, bars


def status_changes(team: PatientQuerySet) -> list[StatusHistory]:
    """The newest improvements and declines of the last seven days."""
    rows = changes_since(RECENT_DAYS).filter(patient__in=team.values("pk")).with_people()
    return list(rows.order_by("-effective_at", "-pk")[:SHOWN])


def out_longest(team: PatientQuerySet) -> list[EquipmentLog]:
    """Equipment that has been out for the longest time."""
    return list(EquipmentLog.objects.for_patients(team).out().longest_first().select_related("patient")[:SHOWN])


def open_follow_ups(team: PatientQuerySet) -> list[FollowUp]:
    """Open follow-ups, the most overdue first."""
    rows = FollowUp.objects.for_patients(team).open().select_related("patient", "created_by")
    return list(rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN])
