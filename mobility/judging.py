"""What became of the score before and of the baseline in a score: for the tab, the score's page and the message about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mobility import verdicts
from mobility.catalogue import Sex, Statement
from mobility.change import Verdict
from mobility.models import MobilityScore
from mobility.querysets import TrendRow, read_rows
from mobility.scoring import Kind, kind_of
from mobility.trends import Series, series_of
from patients import course
from patients.vocabulary import SexAtBirth

SEXES = {SexAtBirth.FEMALE: Sex.FEMALE, SexAtBirth.MALE: Sex.MALE}
Moves = tuple[verdicts.Moved | None, verdicts.Moved | None]


@dataclass(frozen=True)
class SinceBoth:
    """The verdicts on one score in full; without lines where the value is the same."""

    last: Sequence[verdicts.Line]
    baseline: Sequence[verdicts.Line]
    moved_last: verdicts.Moved | None
    moved_baseline: verdicts.Moved | None
    # The score before is the baseline: both say the same.
    is_second: bool


def moves(series: Series, place: int) -> Moves:
    """The changes since the score before and since the baseline; None where there is nothing to compare with."""
    last, baseline = series.since_last(place), series.since_baseline(place)
    return (series.moved(last) if last else None, series.moved(baseline) if baseline else None)


def since_both(series: Series, place: int) -> SinceBoth | None:
    """The verdicts on the score at a place; None for a first score, with which nothing can be compared."""
    last, baseline = series.since_last(place), series.since_baseline(place)
    if last is None:
        return None
    moved_last, moved_baseline = moves(series, place)
    return SinceBoth(
        last=_lines(series, last),
        baseline=_lines(series, baseline) if baseline else (),
        moved_last=moved_last,
        moved_baseline=moved_baseline,
        is_second=series.baseline_of(place) == place - 1,
    )


def _lines(series: Series, verdict: Verdict) -> Sequence[verdicts.Line]:
    """A verdict in full. Goals and problems are the patient's own: whether they were the same again is not ours to tell."""
    found = verdicts.lines(verdict, series.missing)
    caution = _OWN.get(kind_of(series.instrument))
    return (*found, verdicts.Line(str(caution))) if found and verdict.is_comparable and caution else found


_OWN = {
    Kind.GOALS: gettext_lazy("Holds only if the same goals were rated both times"),
    Kind.RATINGS: gettext_lazy("Holds only if the same problems were rated both times"),
}


def of_score(score: MobilityScore) -> SinceBoth | None:
    """The verdicts on one score, by the diagnosis group of its patient: a query for its series, and those of episodes."""
    if score.is_in_error:
        return None
    patient = score.patient
    found: Any = patient.mobility_scores.of_type(score.score_type).of_series(score.series).trend_rows()
    rows = read_rows(TrendRow, found)
    series = series_of(rows, course.read(patient), group=patient.diagnosis_group).get((score.score_type, score.series))
    place = series.places.get(score.pk) if series else None
    return since_both(series, place) if series and place is not None else None


def statements(score: MobilityScore) -> tuple[Statement, ...]:
    """What published sets say of a score, norms for the patient's sex and age on that day included."""
    instrument, patient = score.instrument, score.patient
    if instrument is None or score.is_in_error:
        return ()
    born, day = patient.date_of_birth, score.score_date
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None
    sex = SEXES.get(SexAtBirth(patient.sex_at_birth))
    return instrument.statements_for(score.score_value, score.scale_id, sex=sex, age=age)


def recorded_words(score: MobilityScore) -> str:
    """What is said of a score once it is recorded: the value, what became of the one before, and of the baseline."""
    words = [_("Recorded: %(name)s %(value)s.") % {"name": score.title, "value": score.value_text}]
    both = of_score(score)
    if both and both.moved_last:
        if both.moved_last.kind:
            words.append(_("%(change)s since the last score.") % {"change": both.moved_last.label})
        words += [f"{line.text}." for line in both.last]
    if both and both.moved_baseline and both.moved_baseline.kind and not both.is_second:
        words.append(_("%(change)s since baseline.") % {"change": both.moved_baseline.label})
        words += [f"{both.moved_baseline.short}."] if both.moved_baseline.short else []
    return " ".join(words)
