"""MobilityScore: one total of one instrument on one day. Never edited: a wrong one is marked, and the right one added."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from audit.api import FieldHistory, stamp
from mobility import catalogue, verdicts, wording
from mobility.catalogue import BandRange, Change, Instrument, Statement
from mobility.change import compare_values
from mobility.querysets import MobilityScoreQuerySet
from patients.constraints import ChecksAtOnce

NOTES_LENGTH = 4_000
REASON_LENGTH = 1_000


class MobilityScore(ChecksAtOnce):
    """A score as it was recorded. Which values are possible is for the catalogue to say, in services.record_score."""

    # No index of its own: both indexes below begin with the patient.
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="mobility_scores", db_index=False
    )
    score_date = models.DateField(_("date"))
    score_type = models.CharField(_("measure"), max_length=60, help_text=_("Id of an instrument of the catalogue"))
    score_value = models.DecimalField(_("score"), max_digits=6, decimal_places=2)
    # Scores are only compared with scores of the same version of their instrument.
    instrument_version = models.CharField(_("version of the measure"), max_length=60, editable=False)
    notes = models.TextField(_("notes"), max_length=NOTES_LENGTH, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="recorded_scores",
        verbose_name=_("recorded by"),
    )
    # For the order of scores: score_date at the time given; without one, the moment of recording on that day, or noon.
    occurred_at = models.DateTimeField(_("when"), editable=False)
    has_time = models.BooleanField(_("time is known"), default=False, editable=False)
    created_at = models.DateTimeField(_("recorded at"), default=stamp, editable=False)
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("corrects"),
        help_text=_("The score entered in error that this one stands for"),
    )

    entered_in_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    entered_in_error_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    entered_in_error_reason = models.TextField(_("reason"), max_length=REASON_LENGTH, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    history = FieldHistory(excluded_fields=["form_token"], custom_model_name="MobilityScoreFieldHistory")
    objects: ClassVar[Any] = MobilityScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("mobility score")
        verbose_name_plural = _("mobility scores")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The upper bound is what keeps NaN out: to PostgreSQL it is greater than every number.
            models.CheckConstraint(
                condition=Q(score_value__gte=0, score_value__lt=10_000),
                name="score_value_possible",
                violation_error_message=_("Enter a score from 0 to below 10000"),
            ),
            models.CheckConstraint(condition=~Q(score_type="") & ~Q(instrument_version=""), name="score_type_given"),
            models.CheckConstraint(
                condition=Q(entered_in_error_at=None, entered_in_error_by=None, entered_in_error_reason="")
                | Q(entered_in_error_at__isnull=False, entered_in_error_by__isnull=False)
                & ~Q(entered_in_error_reason=""),
                name="score_error_has_who_and_why",
                violation_error_message=_("Enter the reason"),
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(entered_in_error_at=None),
                name="score_corrected_once",
                violation_error_message=_("The correct score has been recorded already"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", F("occurred_at").desc(), F("id").desc(), name="score_by_patient"),
            models.Index("patient", "score_type", F("occurred_at").desc(), F("id").desc(), name="score_by_type"),
        ]

    def __str__(self) -> str:
        return f"Mobility score {self.pk}"

    @property
    def is_in_error(self) -> bool:
        return self.entered_in_error_at is not None

    def may_be_marked_by(self, user: Any, held_perms: Collection[str]) -> bool:
        """Who recorded it may, while able to add to this chart; others only with the right to change the chart."""
        return Perm.CHANGE in held_perms or (Perm.ADD in held_perms and self.recorded_by_id == user.pk)

    # What the catalogue says of it.

    @cached_property
    def instrument(self) -> Instrument | None:
        """The instrument it was scored with; None if the catalogue no longer has it, or has another version."""
        known = catalogue.find(self.score_type)
        return known if known and known.version == self.instrument_version else None

    @property
    def measure(self) -> str:
        """The name of the instrument, or its id if the catalogue no longer has it."""
        return str(catalogue.find(self.score_type) or self.score_type)

    @property
    def value_text(self) -> str:
        """65 of 100; the bare number where the catalogue no longer knows what it is of."""
        return self.instrument.format_value(self.score_value) if self.instrument else catalogue.plain(self.score_value)

    @property
    def band(self) -> BandRange | None:
        return self.instrument.band_for(self.score_value) if self.instrument else None

    @property
    def statements(self) -> tuple[Statement, ...]:
        return self.instrument.statements_for(self.score_value) if self.instrument else ()

    @property
    def change(self) -> Change | None:
        """The change since the score before it (`with_previous`); None for a first one and one entered in error."""
        before = self._before
        return self.instrument.change(before, self.score_value) if self.instrument and before is not None else None

    @property
    def _before(self) -> Decimal | None:
        before: Decimal | None = getattr(self, "previous_value", None)
        return None if self.instrument is None or self.is_in_error else before

    @property
    def verdict_lines(self) -> tuple[verdicts.Line, ...]:
        """What published thresholds say of the change since the score before it (`with_previous`)."""
        before = self._before
        if self.instrument is None or before is None:
            return ()
        return verdicts.lines(self.instrument, compare_values(self.instrument, before, self.score_value))

    @property
    def move(self) -> str:
        """The direction of the number, as the tag `move` takes it: up, down, same; "" where there is no change to tell."""
        change = self.change
        if change is None:
            return ""
        return "up" if change.is_up else "down" if change.is_down else "same"

    @property
    def move_label(self) -> str:
        """Up 10; Up 3.7 s (lower is better); First score."""
        change = self.change
        if change and self.instrument:
            return wording.change(self.instrument, change)
        return "" if self.is_in_error or self.instrument is None else str(wording.FIRST)


from mobility.plans.models import DueMeasure, PlannedMeasure, Rule, TeamMeasure  # noqa: E402

__all__ = ["DueMeasure", "MobilityScore", "PlannedMeasure", "Rule", "TeamMeasure"]
