"""MobilityScore: one total of one instrument on one day. Never edited: a wrong one is marked, and the right one added."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from audit.api import FieldHistory, stamp
from mobility.assessments import NOTES_LENGTH, REASON_LENGTH, Assessment
from mobility.editions import InstrumentEdition
from mobility.goals import GoalSet
from mobility.plans.models import DueMeasure, PlannedMeasure, Rule, TeamMeasure
from mobility.querysets import MobilityScoreQuerySet
from mobility.scored import Scored
from mobility.vocabulary import EntryWay
from patients.constraints import ChecksAtOnce

__all__ = [
    "NOTES_LENGTH",
    "REASON_LENGTH",
    "Assessment",
    "DueMeasure",
    "EntryWay",
    "GoalSet",
    "InstrumentEdition",
    "MobilityScore",
    "PlannedMeasure",
    "Rule",
    "TeamMeasure",
]
SERIES_LENGTH = 200


class MobilityScore(Scored, ChecksAtOnce):
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
    scale = models.CharField(
        _("scale"), max_length=60, blank=True, editable=False, help_text=_("Empty for the default scale of the measure")
    )
    context = models.JSONField(_("context"), default=dict, blank=True, editable=False)
    # Scores are one trend, and compared, within one series: a scale, and the context without which it means nothing.
    series = models.CharField(
        _("series"),
        max_length=SERIES_LENGTH,
        blank=True,
        editable=False,
        help_text=_("Empty for the default scale of a measure that needs no context"),
    )
    entry = models.CharField(
        _("way of entry"), max_length=10, choices=EntryWay.choices, default=EntryWay.VALUE, editable=False
    )
    is_recoded = models.BooleanField(_("counts activities that were not attempted"), default=False, editable=False)
    # Null for scores from before wordings were kept. Neither key is looked for but from a score.
    edition = models.ForeignKey(
        InstrumentEdition,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("wording"),
        db_index=False,
        editable=False,
    )
    assessment = models.ForeignKey(
        Assessment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="scores",
        verbose_name=_("assessment"),
        editable=False,
    )
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
            models.CheckConstraint(condition=Q(entry__in=EntryWay.values), name="score_entry_known"),
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

    def may_be_marked_by(self, user: Any, held_perms: Collection[str]) -> bool:
        """Who recorded it may, while able to add to this chart; others only with the right to change the chart."""
        return Perm.CHANGE in held_perms or (Perm.ADD in held_perms and self.recorded_by_id == user.pk)
