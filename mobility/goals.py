"""GoalSet: the levels that somebody is to reach by discharge, by item. Never a score: no trend, no total, never due."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from accounts.models import but_names
from audit.api import FieldHistory, stamp
from mobility import catalogue, editions
from mobility.assessments import NOTES_LENGTH, REASON_LENGTH
from mobility.catalogue import Instrument
from patients.constraints import ChecksAtOnce


class GoalSetQuerySet(QuerySet["GoalSet"]):
    def live(self) -> Self:
        """Without the goals that were entered in error."""
        return self.filter(entered_in_error_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-set_on", "-pk")

    def with_people(self) -> Self:
        people = ("recorded_by", "entered_in_error_by")
        return self.select_related(*people).defer(*but_names(*people))


class GoalSet(ChecksAtOnce):
    """Goals set on one day for the items of one instrument. Recorded once; only that they were an error is added.

    `answers` holds the level to be reached by item, or a code of an activity that is not expected to be attempted.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="goal_sets", db_index=False)
    score_type = models.CharField(_("measure"), max_length=60, help_text=_("Id of an instrument of the catalogue"))
    instrument_version = models.CharField(_("version of the measure"), max_length=60, editable=False)
    edition = models.ForeignKey(
        editions.InstrumentEdition,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("wording"),
        db_index=False,
    )
    set_on = models.DateField(_("set on"))
    answers = models.JSONField(_("levels to be reached"))
    notes = models.TextField(_("notes"), max_length=NOTES_LENGTH, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    created_at = models.DateTimeField(_("recorded at"), default=stamp, editable=False)

    entered_in_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    entered_in_error_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    entered_in_error_reason = models.TextField(_("reason"), max_length=REASON_LENGTH, blank=True)

    history = FieldHistory(custom_model_name="GoalSetFieldHistory")
    objects: ClassVar[Any] = GoalSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("goals for discharge")
        verbose_name_plural = _("goals for discharge")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(score_type="") & ~Q(answers={}), name="goal_set_says_something"),
            models.CheckConstraint(
                condition=Q(entered_in_error_at=None, entered_in_error_by=None, entered_in_error_reason="")
                | Q(entered_in_error_at__isnull=False, entered_in_error_by__isnull=False)
                & ~Q(entered_in_error_reason=""),
                name="goal_set_error_has_who_and_why",
                violation_error_message=_("Enter the reason"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", F("set_on").desc(), F("id").desc(), name="goal_set_by_patient"),
        ]

    def __str__(self) -> str:
        return f"Goals {self.pk}"

    @property
    def is_in_error(self) -> bool:
        return self.entered_in_error_at is not None

    def may_be_marked_by(self, user: Any, held_perms: Collection[str]) -> bool:
        """Who recorded them may, while able to add to this chart; others only with the right to change the chart."""
        return Perm.CHANGE in held_perms or (Perm.ADD in held_perms and self.recorded_by_id == user.pk)

    @cached_property
    def wording(self) -> editions.Wording:
        """Measure, items and answers as they were worded when the goals were recorded."""
        return editions.get(self.edition_id)

    @property
    def instrument(self) -> Instrument | None:
        """The instrument, None if the catalogue no longer has it."""
        return catalogue.find(self.score_type)

    @property
    def measure(self) -> str:
        """The name of the instrument as it was then."""
        return self.wording.name

    @property
    def levels(self) -> Sequence[tuple[str, str, str]]:
        """Each goal as item, level and what the level stands for, in the order of the form."""
        reasons = self.wording.facts["not_attempted"]
        found = []
        for item in self.wording.facts["items"]:
            value = self.answers.get(item["id"])
            if value is not None:
                named = {one["value"]: one["label"] for one in item["levels"]} | reasons
                found.append((item["label"], value, named.get(value, "")))
        return found
