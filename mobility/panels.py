"""Scores in the chart and the caseload."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from mobility.charts import Reading, Sparkline, sparkline
from mobility.models import MobilityScore
from mobility.querysets import SeriesRow
from patients.registry import (
    CaseloadColumn,
    CaseloadOrder,
    ChartPanel,
    QuickAdd,
    Tab,
    TimelineEntry,
    TimelineSource,
    registry,
)
from ui.dates import recorded_words
from ui.paging import Key

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient

SPARK_SCORES = 8
EXCERPT = 300


@dataclass(frozen=True)
class LastScore:
    """The newest score of a patient and the trend that it ends."""

    score: MobilityScore
    spark: Sparkline | None


def last_scores(patients: "Sequence[Patient]", user: "User") -> Mapping[uuid.UUID, LastScore]:
    """Of each patient the last score of the instrument used last, with its trend: one query."""
    series = MobilityScore.objects.last_series(patients, SPARK_SCORES)
    return {patient: _last_score(rows) for patient, rows in series.items()}


def _last_score(newest_first: Sequence[SeriesRow]) -> LastScore:
    score = MobilityScore(**newest_first[0]._asdict())
    if len(newest_first) > 1:
        score.previous_value = newest_first[1].score_value  # type: ignore[attr-defined]
    readings = (Reading(row.score_date, row.score_value) for row in reversed(newest_first))
    return LastScore(score, sparkline(score.instrument, readings) if score.instrument else None)


def last_score(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """The newest score of any instrument, with the change since the one before."""
    may_add = Perm.ADD in patient.held_perms and not patient.is_archived
    return {"score": patient.mobility_scores.live().with_previous().newest_first().first(), "may_add": may_add}


def timeline(patient: "Patient", user: "User", before: Key | None, limit: int) -> list[TimelineEntry]:
    """Scores, newest first; those entered in error struck through."""
    return [_entry(score) for score in patient.mobility_scores.with_people().with_previous().page(before, limit)]


def _entry(score: MobilityScore) -> TimelineEntry:
    return TimelineEntry(
        at=score.occurred_at,
        kind="score",
        pk=score.pk,
        title=f"{score.measure} {score.value_text}",
        icon="i-chart",
        url=reverse("mobility:show_score", kwargs={"patient_id": score.patient_id, "score_id": score.pk}),
        tone="" if score.is_in_error else "score",
        text=_text(score),
        byline=_byline(score),
        tag=_now("Entered in error") if score.is_in_error else "",
        tag_tone="bad",
        move=score.move,
        move_label=score.move_label,
        is_timed=score.has_time,
        is_struck=score.is_in_error,
    )


def _byline(score: MobilityScore) -> str:
    """Who scored; without a time also when it was recorded, which is its place among that day's entries or later."""
    if score.has_time:
        return score.recorded_by.name
    return f"{score.recorded_by.name} · {recorded_words(score.created_at, score.score_date)}"


def _text(score: MobilityScore) -> str:
    if score.is_in_error:
        return _now("Reason: %(reason)s") % {"reason": Truncator(score.entered_in_error_reason).chars(EXCERPT)}
    return Truncator(score.notes).chars(EXCERPT)


def register() -> None:
    """Add what the chart and the caseload show of scores."""
    scores = MobilityScore.objects
    registry.register(
        Tab("mobility", _("Mobility"), "mobility:show_scores", order=20),
        QuickAdd("score", _("Score"), "i-chart", "mobility:record_score", Perm.ADD, shortcut="s", order=10),
        ChartPanel("score", "mobility/_strip.html", last_score, area="strip", order=20),
        TimelineSource("score", _("Scores"), timeline, order=10),
        CaseloadColumn("score", _("Last score"), "mobility/_caseload_cell.html", last_scores, order=20),
        CaseloadOrder(
            "score_date",
            _("Last score, longest ago first"),
            lambda: [scores.last_moment_of_outer_patient().asc(nulls_first=True)],
            order=30,
            column="score",
        ),
    )
