"""Scores in the chart and the caseload."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from mobility import as_of, provenance
from mobility.charts import Reading, Sparkline, sparkline
from mobility.discharge import panels as discharge
from mobility.entry import sheet
from mobility.models import Assessment, MobilityScore
from mobility.querysets import Previous, SeriesRow, read_rows
from mobility.scored import ListedScore
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
from patients.timeline import PAGE_SIZE
from ui.addresses import reverse
from ui.dates import recorded_words
from ui.paging import Key
from ui.prepared import Prepared, Read, once

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient

SPARK_SCORES = 8
EXCERPT = 300
RECENT = PAGE_SIZE + 1
UNFINISHED = 20


class LastScore(NamedTuple):
    """The newest score of a patient in words, and the trend that it ends."""

    measure: str
    short_name: str  # "" where the catalogue no longer has the instrument
    text: str
    on: dt.date
    move: str
    move_label: str
    spark: Sparkline | None


def _series(patients: Sequence[uuid.UUID]) -> QuerySet[Any]:
    found: QuerySet[Any] = MobilityScore.objects.last_series(patients, SPARK_SCORES)
    return found


_read_series = Prepared(_series)


def _caseload_read(patients: Sequence[uuid.UUID]) -> Read:
    return _read_series.bind(patients=patients)


def _last_scores(found: list[Any]) -> Mapping[uuid.UUID, LastScore]:
    """Of each patient the last score of the instrument used last, with its trend."""
    series: dict[uuid.UUID, list[SeriesRow]] = defaultdict(list)
    for row in read_rows(SeriesRow, found):
        rows = series[row.patient_id]
        if not rows or _is_same(rows[0], row):
            rows.append(row)
    return {patient: _last_score(rows) for patient, rows in series.items()}


def _is_same(one: SeriesRow, other: SeriesRow) -> bool:
    """Whether two scores are of one trend: another version, scale or hand is another one."""
    return (one.instrument_version, one.series) == (other.instrument_version, other.series)


def _last_score(newest_first: Sequence[SeriesRow]) -> LastScore:
    newest, *older = newest_first
    before = Previous(older[0].score_value, older[0].context, older[0].is_recoded) if older else None
    score = ListedScore(newest, before)
    instrument = score.instrument
    return LastScore(
        measure=score.title,
        short_name=", ".join(filter(None, (instrument.short_name, score.series_label))) if instrument else "",
        text=score.value_text,
        on=score.score_date,
        move=score.move,
        move_label=score.move_label,
        spark=sparkline(instrument, _readings(newest_first[::-1]), scale_id=score.scale_id) if instrument else None,
    )


def _readings(rows: Sequence[SeriesRow]) -> list[Reading]:
    """Scores of one series, oldest first; what was measured otherwise than the score before is not joined to it."""
    alike = [True, *(_is_alike(before, here) for before, here in pairwise(rows))]
    return [Reading(row.score_date, row.score_value, joined) for row, joined in zip(rows, alike, strict=True)]


def _is_alike(one: SeriesRow, other: SeriesRow) -> bool:
    return (one.context_words, one.is_recoded) == (other.context_words, other.is_recoded)


def _newest(patient: "Patient") -> QuerySet[MobilityScore]:
    scores = MobilityScore.objects.filter(patient=patient).with_people().with_previous()
    newest: QuerySet[MobilityScore] = scores.newest_first()[:RECENT]
    return newest


_read_recent = Prepared(_newest)


def _recent(patient: "Patient") -> list[MobilityScore]:
    """The newest scores, read once for the strip and the timeline."""
    kept: list[MobilityScore] = once(patient, _read_recent)
    return kept


def last_score(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """The newest score of any instrument, with the change since the one before."""
    may_add = Perm.ADD in patient.held_perms and not patient.is_archived
    recent = _recent(patient)
    score = next((score for score in recent if not score.is_in_error), None)
    if score is None and len(recent) == RECENT:  # none but errors for as long as we read
        score = patient.mobility_scores.live().with_previous().newest_first().first()
    return {"score": score, "may_add": may_add}


def _unfinished(patient: "Patient") -> QuerySet[Assessment]:
    found: QuerySet[Assessment] = Assessment.objects.filter(patient=patient).unfinished().with_people()
    return found[:UNFINISHED]


_read_unfinished = Prepared(_unfinished)
UNFINISHED_READS = (_read_unfinished,)


def unfinished(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """The assessments that were begun and not finished, the one worked on last first."""
    may_add = Perm.ADD in patient.held_perms and not patient.is_archived
    found = once(patient, _read_unfinished)
    return {"unfinished": [(one, sheet.count_words(one)) for one in found], "may_add": may_add}


def timeline(patient: "Patient", user: "User", before: Key | None, limit: int) -> list[TimelineEntry]:
    """Scores, newest first; those entered in error struck through."""
    if before is None and limit <= RECENT:
        return [_entry(score) for score in _recent(patient)[:limit]]
    return [_entry(score) for score in patient.mobility_scores.with_people().with_previous().page(before, limit)]


def find(patient: "Patient", pks: Sequence[int]) -> list[TimelineEntry]:
    """These scores of this chart."""
    return [_entry(score) for score in patient.mobility_scores.with_people().with_previous().filter(pk__in=pks)]


def _entry(score: MobilityScore) -> TimelineEntry:
    return TimelineEntry(
        at=score.occurred_at,
        kind="score",
        pk=score.pk,
        title=f"{score.title} {score.value_text}",
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
        author_pk=score.recorded_by_id,
        known=("score", score.pk),
    )


def _byline(score: MobilityScore) -> str:
    """Who scored; without a time also when it was recorded, which is its place among that day's entries or later."""
    if score.has_time:
        return score.recorded_by.name
    return f"{score.recorded_by.name} · {recorded_words(score.created_at, score.score_date)}"


def _text(score: MobilityScore) -> str:
    if score.is_in_error:
        return _now("Reason: %(reason)s") % {"reason": Truncator(score.entered_in_error_reason).chars(EXCERPT)}
    return Truncator(score.notes).chars(EXCERPT) if score.notes else ""


def register() -> None:
    """Add what the chart and the caseload show of scores."""
    scores = MobilityScore.objects
    registry.register(
        as_of.PANEL,
        as_of.ASSESSMENTS,
        discharge.AS_OF,
        provenance.SOURCE,
        provenance.ASSESSMENT,
        discharge.SOURCE,
        Tab("mobility", _("Mobility"), "mobility:show_scores", order=20),
        QuickAdd("score", _("Score"), "i-chart", "mobility:record_score", Perm.ADD, shortcut="s", order=10),
        ChartPanel("score", "mobility/_strip.jinja", last_score, area="strip", order=20, reads=(_read_recent,)),
        ChartPanel(
            "unfinished", "mobility/_unfinished.jinja", unfinished, area="rail", order=10, reads=UNFINISHED_READS
        ),
        TimelineSource("score", _("Scores"), timeline, order=10, find=find, reads=(_read_recent,)),
        CaseloadColumn(
            "score", _("Last score"), "mobility/_caseload_cell.jinja", _caseload_read, _last_scores, order=20
        ),
        CaseloadOrder(
            "score_date",
            _("Last score, longest ago first"),
            lambda: [scores.last_moment_of_outer_patient().asc(nulls_first=True)],
            order=30,
            column="score",
        ),
    )
