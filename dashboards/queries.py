"""What the lead's dashboard shows. Each count is made by the filter behind the list that it links to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import StatusHistory
from audit.panels import changes_after
from equipment.models import EquipmentLog
from patients.caseload import CaseloadState
from patients.emergencies import EmergencyAccess, emergencies_for
from patients.querysets import PatientQuerySet
from patients.registry import CaseloadFilter, Clock, registry
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


@dataclass(frozen=True)
class TeamCounts:
    """Everything on the dashboard that counts patients."""

    figures: list[Bar]  # all patients, then each flag
    statuses: list[Bar]
    flags: Sequence[CaseloadFilter]
    therapists: list[Bar]  # with `figures`: the count of each flag and its list


def count_team(team: PatientQuerySet) -> TeamCounts:
    """Patients by therapist, mobility status and flag: one query, summed three ways.

    Each figure's link leads to the caseload narrowed by the same conditions.
    """
    flags, clock = registry.of(CaseloadFilter), Clock.now()
    grouped: Any = (
        team.order_by()
        .values("primary_therapist", "mobility_status", name=F("primary_therapist__display_name"))
        .annotate(n=Count("pk"), **{f"flag_{f.key}": Count("pk", filter=f.condition(clock)) for f in flags})
    )
    rows = list(grouped)
    columns = ["n", *(f"flag_{f.key}" for f in flags)]
    totals = {column: sum(row[column] for row in rows) for column in columns}
    figures = [Bar(_("Patients"), totals["n"], 0, TEAM.url())]
    figures += [Bar(f.label, totals[f"flag_{f.key}"], 0, TEAM.url(flag=f.key)) for f in flags]
    by_status = _sums(rows, "mobility_status", columns)
    statuses = [
        Bar(s.label, by_status[s.value]["n"], _width(by_status, s.value), TEAM.url(status=s.value), s.level)
        for s in MobilityStatus
    ]
    by_person = _sums(rows, "primary_therapist", columns)
    names = {row["primary_therapist"]: row["name"] for row in rows}
    therapists = []
    for key in sorted(names, key=lambda key: (names[key], key)):
        marks = [(by_person[key][f"flag_{f.key}"], TEAM.url(therapist=str(key), flag=f.key)) for f in flags]
        url = TEAM.url(therapist=str(key))
        therapists.append(Bar(names[key], by_person[key]["n"], _width(by_person, key), url, figures=tuple(marks)))
    return TeamCounts(figures, statuses, flags, therapists)


def _sums(rows: list[Any], by: str, columns: list[str]) -> dict[Any, dict[str, int]]:
    sums: dict[Any, dict[str, int]] = defaultdict(lambda: dict.fromkeys(columns, 0))
    for row in rows:
        for column in columns:
            sums[row[by]][column] += row[column]
    return sums


def _width(sums: dict[Any, dict[str, int]], key: Any) -> float:
    return 200 * sums[key]["n"] / max(1, *(counts["n"] for counts in sums.values()))


def status_changes(team: PatientQuerySet) -> list[StatusHistory]:
    """The newest improvements and declines of the last seven days."""
    rows = changes_after(Clock.now().week_ago).filter(patient__in=team.values("pk")).with_people()
    return list(rows.order_by("-effective_at", "-pk")[:SHOWN])


def out_longest(team: PatientQuerySet) -> list[EquipmentLog]:
    """Equipment that has been out for the longest time."""
    return list(EquipmentLog.objects.for_patients(team).out().longest_first().select_related("patient")[:SHOWN])


def open_follow_ups(team: PatientQuerySet) -> list[FollowUp]:
    """Open follow-ups, the most overdue first."""
    rows = FollowUp.objects.for_patients(team).open().select_related("patient", "created_by")
    return list(rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN])


def open_reviews(lead: User) -> list[EmergencyAccess]:
    """Emergency accesses to the team's charts whose review is not closed, the oldest first."""
    return list(emergencies_for(lead).unreviewed().with_people().oldest_first()[:SHOWN])
