"""The scores of one patient, a row each: what a spreadsheet can sort, filter and draw. The answers are a second table.

Answers have a table of their own, a row for each: measures have other items each, so that columns for all of them would
be hundreds, nearly all empty; a spreadsheet pivots rows. Both tables name the assessment, which joins them.

Scores entered in error are in it, marked and with their reason: the file is a copy of the chart, and leaving them out
would hide that somebody may have acted on one. Whose scores these are stands in every row, because a downloaded file
is soon apart from the chart; by the clinic's identifier, not by name.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mobility.catalogue import Direction, plain
from mobility.entry import sheet
from mobility.models import Assessment, MobilityScore

if TYPE_CHECKING:
    from patients.models import Patient

HEADING: tuple[Any, ...] = (
    _("Identifier of the patient"), _("Score number"), _("Date"), _("Time"), _("Measure"), _("Abbreviation"),
    _("Version"), _("Scale"), _("Score"), _("Unit"), _("Lowest possible"), _("Highest possible"), _("Better"),
    _("Band"), _("How it was scored"), _("Way of entry"), _("Counts activities that were not attempted"),
    _("Assessment number"), _("Notes"), _("Recorded by"), _("Recorded"), _("Entered in error"), _("Reason"),
    _("Marked by"), _("Marked"), _("Corrects score number"),
)  # fmt: skip
ANSWERS: tuple[Any, ...] = (
    _("Identifier of the patient"), _("Assessment number"), _("Date"), _("Time"), _("Measure"), _("Part"), _("Item"),
    _("Answer"), _("Meaning"), _("State"), _("Completed by"), _("Entered in error"), _("Reason"),
)  # fmt: skip


def rows_of(patient: "Patient") -> list[Sequence[Any]]:
    """Every score of the chart, newest first: one query."""
    return [_row(patient, score) for score in patient.mobility_scores.with_people().newest_first()]


def answers_of(patient: "Patient") -> list[Sequence[Any]]:
    """Every answer of every assessment of the chart, the newest assessment first, in the order of its form: one query."""
    found = patient.assessments.with_people().order_by("-occurred_at", "-pk")
    return [row for assessment in found for row in _answers(patient, assessment)]


def _row(patient: "Patient", score: MobilityScore) -> Sequence[Any]:
    instrument = score.instrument
    scale = instrument.scale(score.scale_id) if instrument else None
    return (
        patient.patient_id,
        score.pk,
        score.score_date.isoformat(),
        _time(score),
        score.measure,
        instrument.abbreviation if instrument else "",
        score.version_label,
        score.scale_label,
        number(score.score_value),
        scale.unit if scale else "",
        number(scale.min) if scale and not scale.is_open_below else "",
        number(scale.max) if scale and scale.max is not None else "",
        _better(instrument.direction) if instrument else "",
        score.band_label,
        "; ".join(f"{kind}: {words}" for kind, words in score.context_lines),
        score.get_entry_display(),
        _yes(score.is_recoded),
        score.assessment_id,
        score.notes,
        score.recorded_by.name,
        score.created_at,
        _yes(score.is_in_error),
        score.entered_in_error_reason,
        score.entered_in_error_by.name if score.entered_in_error_by else "",
        score.entered_in_error_at,
        score.corrects_id,
    )


def _answers(patient: "Patient", assessment: Assessment) -> list[Sequence[Any]]:
    whole = (
        _now("Complete") if assessment.is_complete else _now("Incomplete"),
        assessment.completed_by.name if assessment.completed_by else "",
        _yes(assessment.is_in_error),
        assessment.entered_in_error_reason,
    )
    which = (
        patient.patient_id,
        assessment.pk,
        assessment.score_date.isoformat(),
        _time(assessment),
        assessment.measure,
    )
    return [
        (*which, line.section, line.question, _value(line.value), line.label, *whole)
        for line in sheet.lines(assessment)
    ]


def _value(text: str) -> Any:
    """A plain number as one, so that a spreadsheet adds it up; codes such as 07 and words stay as they are written."""
    is_number = text.isdecimal() and (text == "0" or not text.startswith("0")) and text.isascii()
    return Decimal(text) if is_number else text


def _time(row: MobilityScore | Assessment) -> str:
    return timezone.localtime(row.occurred_at).strftime("%H:%M") if row.has_time else ""


def number(value: Decimal) -> Decimal:
    """A number as it is written everywhere: no trailing zeros, no exponent."""
    return Decimal(plain(value))


def _yes(is_so: bool) -> str:
    return _now("Yes") if is_so else ""


def _better(direction: Direction) -> str:
    return _now("Higher") if direction is Direction.HIGHER else _now("Lower")
