"""The scores of one patient, a row each: what a spreadsheet can sort, filter and draw.

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
from mobility.models import MobilityScore

if TYPE_CHECKING:
    from patients.models import Patient

HEADING: tuple[Any, ...] = (
    _("Identifier of the patient"), _("Score number"), _("Date"), _("Time"), _("Measure"), _("Abbreviation"),
    _("Version"), _("Score"), _("Unit"), _("Lowest possible"), _("Highest possible"), _("Better"), _("Band"),
    _("Notes"), _("Recorded by"), _("Recorded"), _("Entered in error"), _("Reason"), _("Marked by"), _("Marked"),
    _("Corrects score number"),
)  # fmt: skip


def rows_of(patient: "Patient") -> list[Sequence[Any]]:
    """Every score of the chart, newest first: one query."""
    return [_row(patient, score) for score in patient.mobility_scores.with_people().newest_first()]


def _row(patient: "Patient", score: MobilityScore) -> Sequence[Any]:
    instrument = score.instrument
    scale = instrument.default_scale if instrument else None
    return (
        patient.patient_id,
        score.pk,
        score.score_date.isoformat(),
        timezone.localtime(score.occurred_at).strftime("%H:%M") if score.has_time else "",
        score.measure,
        instrument.abbreviation if instrument else "",
        score.instrument_version,
        number(score.score_value),
        scale.unit if scale else "",
        number(scale.min) if scale and not scale.is_open_below else "",
        number(scale.max) if scale and scale.max is not None else "",
        _better(instrument.direction) if instrument else "",
        score.band.label if score.band else "",
        score.notes,
        score.recorded_by.name,
        score.created_at,
        _now("Yes") if score.is_in_error else "",
        score.entered_in_error_reason,
        score.entered_in_error_by.name if score.entered_in_error_by else "",
        score.entered_in_error_at,
        score.corrects_id,
    )


def number(value: Decimal) -> Decimal:
    """A number as it is written everywhere: no trailing zeros, no exponent."""
    return Decimal(plain(value))


def _better(direction: Direction) -> str:
    return _now("Higher") if direction is Direction.HIGHER else _now("Lower")
