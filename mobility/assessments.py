"""Assessment: one sitting of one instrument with its answers; incomplete until every item of a scale is answered."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from audit.api import FieldHistory, stamp
from mobility import catalogue, editions
from mobility.catalogue import Instrument
from mobility.querysets import AssessmentQuerySet
from mobility.wording import context_lines as words_of
from patients.constraints import ChecksAtOnce

NOTES_LENGTH = 4_000
REASON_LENGTH = 1_000


class Assessment(ChecksAtOnce):
    """One sitting with its answers. It changes only while it is incomplete; its scores are made when it is completed.

    `answers` holds text by item: a number or the code of an activity that was not attempted. `inputs` holds what points
    are worked out from: seconds by time rule (null: could not do it), distance_m and time_s, goals, problems, values.
    """

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="assessments", db_index=False
    )
    score_type = models.CharField(_("measure"), max_length=60, help_text=_("Id of an instrument of the catalogue"))
    instrument_version = models.CharField(_("version of the measure"), max_length=60, editable=False)
    edition = models.ForeignKey(
        editions.InstrumentEdition,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("wording"),
        db_index=False,
    )
    score_date = models.DateField(_("date"))
    occurred_at = models.DateTimeField(_("when"), editable=False)
    has_time = models.BooleanField(_("time is known"), default=False, editable=False)
    context = models.JSONField(_("context"), default=dict, blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    inputs = models.JSONField(_("measured"), default=dict, blank=True)
    notes = models.TextField(_("notes"), max_length=NOTES_LENGTH, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("begun by")
    )
    created_at = models.DateTimeField(_("begun at"), default=stamp, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("saved by")
    )
    saved_at = models.DateTimeField(_("saved at"), default=stamp, editable=False)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True, editable=False)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("completed by"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    corrects = models.ForeignKey(
        "mobility.MobilityScore",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("corrects"),
        help_text=_("The score entered in error that its score will stand for"),
    )

    entered_in_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    entered_in_error_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    entered_in_error_reason = models.TextField(_("reason"), max_length=REASON_LENGTH, blank=True)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    history = FieldHistory(excluded_fields=["form_token"], custom_model_name="AssessmentFieldHistory")
    objects: ClassVar[Any] = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(score_type="") & ~Q(instrument_version=""), name="assessment_type_given"
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None, completed_by=None)
                | Q(completed_at__isnull=False, completed_by__isnull=False),
                name="assessment_completed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(entered_in_error_at=None, entered_in_error_by=None, entered_in_error_reason="")
                | Q(entered_in_error_at__isnull=False, entered_in_error_by__isnull=False)
                & ~Q(entered_in_error_reason=""),
                name="assessment_error_has_who_and_why",
                violation_error_message=_("Enter the reason"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", F("occurred_at").desc(), F("id").desc(), name="assessment_by_patient"),
            # What is not finished is on every chart's first page.
            models.Index(
                "patient",
                name="assessment_unfinished",
                condition=Q(completed_at=None, entered_in_error_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"Assessment {self.pk}"

    @property
    def is_in_error(self) -> bool:
        return self.entered_in_error_at is not None

    @property
    def is_complete(self) -> bool:
        return self.completed_at is not None

    def may_be_marked_by(self, user: Any, held_perms: Collection[str]) -> bool:
        """Who began or finished it may, while able to add to this chart; others only with the right to change it."""
        own = user.pk in {self.recorded_by_id, self.completed_by_id}
        return Perm.CHANGE in held_perms or (Perm.ADD in held_perms and own)

    @cached_property
    def instrument(self) -> Instrument | None:
        """The instrument it is scored with; None if the catalogue no longer has it, or has another version."""
        known = catalogue.find(self.score_type)
        return known if known and known.version == self.instrument_version else None

    @property
    def context_lines(self) -> list[tuple[str, str]]:
        """What was said of how it was scored: (kind, words), in the order of the catalogue."""
        return words_of(self.context)

    @property
    def wording(self) -> editions.Wording:
        """Measure, items and answers as they were worded when it was last saved."""
        return editions.get(self.edition_id)

    @property
    def measure(self) -> str:
        """The name of the instrument."""
        known = self.instrument
        return str(known) if known and editions.is_current(known, self.edition_id) else self.wording.name
