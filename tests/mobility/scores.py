"""Scores for tests."""

import datetime as dt
import itertools
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from mobility import services
from mobility.models import MobilityScore
from patients.models import Patient


def day(days_ago: int = 0) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days_ago)


def record(patient: Patient, by: User, value: str = "65", *, ago: int = 0, **fields: Any) -> MobilityScore:
    """A score of that many days ago."""
    defaults = {"score_type": "barthel_index", "score_date": day(ago)}
    return services.record_score(patient=patient, by=by, score_value=value, **(defaults | fields))


def record_many(patient: Patient, by: User, count: int, **fields: Any) -> list[MobilityScore]:
    """One score a day up to today, over the whole of the Barthel scale."""
    values = itertools.cycle(range(0, 105, 5))
    return [record(patient, by, str(next(values)), ago=count - 1 - number, **fields) for number in range(count)]


def mark(score: MobilityScore, by: User, reason: str = "Typed 65 for 56") -> MobilityScore:
    return services.mark_in_error(score=score, by=by, reason=reason)


def url(patient: Patient, page: str = "show_scores", **arguments: Any) -> str:
    return reverse(f"mobility:{page}", kwargs={"patient_id": patient.pk, **arguments})


def typed(**changes: Any) -> dict[str, Any]:
    """A form filled in properly, with what a test changes."""
    today = timezone.localdate().strftime("%d-%b-%Y")
    return {
        "score_type": "barthel_index", "score_value": "65", "score_date": today, "score_time": "", "notes": "", **changes
    }  # fmt: skip
