"""Measure plans: what a team does by default, what is otherwise with one patient, and what is due because of both."""

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from audit.api import FieldHistory, stamp
from mobility.plans import words
from mobility.plans.due import Due, OfMeasure
from mobility.plans.querysets import DueMeasureQuerySet, PlannedMeasureQuerySet, TeamMeasureQuerySet
from patients.constraints import ChecksAtOnce

MOST_DAYS = 730
FRESH = dt.timedelta(days=1)


class Measured(OfMeasure, ChecksAtOnce):
    """Something about one instrument of the catalogue."""

    score_type = models.CharField(_("measure"), max_length=60, help_text=_("Id of an instrument of the catalogue"))

    class Meta:
        abstract = True


class TeamMeasure(Measured):
    """A measure that a team's patients have unless their own plan says otherwise. Set by administrators."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="measures", verbose_name=_("team"))
    every_days = models.PositiveSmallIntegerField(
        _("every how many days"), null=True, blank=True, help_text=_("Empty: no longer planned")
    )
    starts_on = models.DateField(_("from"), help_text=_("Who was never scored is due since this day at the earliest"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    set_at = models.DateTimeField(default=stamp, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = FieldHistory(custom_model_name="TeamMeasureFieldHistory")
    objects: ClassVar[Any] = TeamMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure of a team")
        verbose_name_plural = _("measures of teams")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["team", "score_type"],
                name="team_measure_once",
                violation_error_message=_("This team has this measure already: change that one"),
            ),
            models.CheckConstraint(condition=~Q(score_type=""), name="team_measure_given"),
            models.CheckConstraint(
                condition=Q(every_days=None) | Q(every_days__gte=1, every_days__lte=MOST_DAYS),
                name="team_measure_interval_possible",
                violation_error_message=_("Enter from 1 to 730 days"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.measure}"

    @property
    def interval(self) -> str:
        return words.interval(self.every_days)


class Rule(models.TextChoices):
    """How one measure of a patient's plan stands to the team's."""

    OWN = "own", _("At an interval of its own")
    OFF = "off", _("Not measured with this patient")
    TEAM = "team", _("As the team does")


class PlannedMeasure(Measured):
    """What is otherwise with this patient than in the team's plan. Without a row, or by Rule.TEAM, the team's holds."""

    # No index of its own: the unique one begins with the patient.
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="planned_measures", db_index=False
    )
    rule = models.CharField(_("rule"), max_length=10, choices=Rule.choices)
    every_days = models.PositiveSmallIntegerField(_("every how many days"), null=True, blank=True)
    starts_on = models.DateField(_("planned since"))
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    set_at = models.DateTimeField(default=stamp, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = FieldHistory(custom_model_name="PlannedMeasureFieldHistory")
    objects: ClassVar[Any] = PlannedMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure of a patient's plan")
        verbose_name_plural = _("measures of patients' plans")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["patient", "score_type"], name="planned_measure_once"),
            models.CheckConstraint(condition=~Q(score_type="") & Q(rule__in=Rule.values), name="planned_measure_given"),
            models.CheckConstraint(
                condition=Q(rule=Rule.OWN, every_days__gte=1, every_days__lte=MOST_DAYS)
                | (~Q(rule=Rule.OWN) & Q(every_days=None)),
                name="planned_measure_has_interval",
                violation_error_message=_("Enter from 1 to 730 days"),
            ),
        ]

    def __str__(self) -> str:
        return f"Planned measure {self.pk}"

    @property
    def is_fresh(self) -> bool:
        """Whether it was changed within a day: then undoing is offered."""
        return stamp() - self.set_at < FRESH

    @property
    def says(self) -> str:
        """Every 4 weeks; Not measured with this patient; As the team does."""
        return words.interval(self.every_days) if self.rule == Rule.OWN else str(Rule(self.rule).label)


class DueMeasure(Due, Measured):
    """When a measure of a patient is due. Kept by triggers alone, from plans, scores and the patient's team."""

    site_rights = ("SELECT",)

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="due_measures", db_index=False
    )
    every_days = models.PositiveSmallIntegerField()
    is_own = models.BooleanField()
    began_on = models.DateField()
    last_on = models.DateField(null=True)
    due_on = models.DateField()

    objects: ClassVar[Any] = DueMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("due measure")
        verbose_name_plural = _("due measures")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["patient", "score_type"], name="due_measure_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(F("patient"), F("due_on"), name="due_by_patient")]

    def __str__(self) -> str:
        return f"Due measure {self.pk}"

    @property
    def interval(self) -> str:
        return words.interval(self.every_days)


def due_after(last_on: dt.date | None, began_on: dt.date, every_days: int) -> dt.date:
    """The rule that the triggers follow: an interval after the last score; never scored, since the plan began."""
    return last_on + dt.timedelta(days=every_days) if last_on else began_on
