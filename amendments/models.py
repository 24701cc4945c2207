"""A patient's request to amend the record (45 CFR 164.526), what it is about, and every step that was taken."""

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from amendments.querysets import RequestQuerySet
from amendments.vocabulary import (
    DAYS_TO_ACT,
    LONGEST_EXTENSION,
    ONCE,
    TEXT_LENGTH,
    Asker,
    Ground,
    LinkRole,
    State,
    StepKind,
)
from audit.api import stamp
from audit.append_only import AppendOnlyModel, AppendOnlyQuerySet
from patients.constraints import ChecksAtOnce
from ui.words import overdue_by


class AmendmentRequest(ChecksAtOnce):
    """A request to amend the record, from receipt to decision. Triggers let it be extended once and decided once.

    The clock: 60 days from receipt, 164.526(b)(2)(i); one extension by at most 30 days, (b)(2)(ii).
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="amendment_requests")
    received_on = models.DateField(_("received on"))
    asked_by = models.CharField(_("who asks"), max_length=20, choices=Asker.choices)
    asked_by_name = models.CharField(_("name and capacity of the representative"), max_length=200, blank=True)
    wanted = models.TextField(_("what is asked for"), max_length=TEXT_LENGTH)
    reason = models.TextField(_("reason given"), max_length=TEXT_LENGTH, blank=True)
    due_on = models.DateField(_("due on"), editable=False)
    extended_to = models.DateField(_("extended to"), null=True, blank=True, editable=False)

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    amended = models.TextField(_("what was amended, and where"), max_length=TEXT_LENGTH, blank=True)
    notify = models.TextField(_("who is to be told"), max_length=2000, blank=True)
    ground = models.CharField(_("ground of the denial"), max_length=20, choices=Ground.choices, blank=True)
    basis = models.TextField(_("basis in plain language"), max_length=TEXT_LENGTH, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)

    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded at"), default=stamp, editable=False)
    form_token = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    site_rights = ("SELECT", "INSERT", "UPDATE")
    objects: ClassVar[Any] = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to amend")
        verbose_name_plural = _("requests to amend")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(wanted=""), name="amendment_wanted_given"),
            models.CheckConstraint(condition=Q(asked_by__in=Asker.values), name="amendment_asker_known"),
            models.CheckConstraint(
                condition=Q(asked_by=Asker.PATIENT) | ~Q(asked_by_name=""),
                name="amendment_representative_named",
                violation_error_message=_("Enter who the representative is"),
            ),
            models.CheckConstraint(condition=Q(due_on=F("received_on") + DAYS_TO_ACT), name="amendment_due_in_60_days"),
            models.CheckConstraint(
                condition=Q(extended_to=None)
                | Q(extended_to__gt=F("due_on"), extended_to__lte=F("due_on") + LONGEST_EXTENSION),
                name="amendment_extension_is_short",
                violation_error_message=_("An extension is by 30 days at most"),
            ),
            models.CheckConstraint(
                condition=Q(
                    state=State.OPEN, decided_by=None, decided_at=None, ground="", basis="", amended="", notify=""
                )
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & (
                    (Q(state=State.ACCEPTED, ground="", basis="") & ~Q(amended=""))
                    | (Q(state=State.PARTLY, ground__in=Ground.values) & ~Q(amended="") & ~Q(basis=""))
                    | (Q(state=State.DENIED, ground__in=Ground.values, amended="", notify="") & ~Q(basis=""))
                    | (Q(state=State.WITHDRAWN, ground="", amended="", notify="") & ~Q(basis=""))
                ),
                name="amendment_decided_whole",
                violation_error_message=_("The decision is not complete"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", name="amendment_open", condition=Q(state=State.OPEN)),
        ]

    def __str__(self) -> str:
        return f"Request to amend {self.pk}"

    def clean(self) -> None:
        """A request is not received in the future, nor before the patient was born. Raises ValidationError."""
        if self.received_on > timezone.localdate(self.recorded_at):
            raise ValidationError({"received_on": _("Enter a date that is not in the future")})
        born = self.patient.date_of_birth
        if born and self.received_on < born:
            raise ValidationError({"received_on": _("Enter a date after the date of birth")})

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def deadline(self) -> dt.date:
        """The day by which the clinic must have acted."""
        return self.extended_to or self.due_on

    @property
    def days_left(self) -> int:
        """Whole days until the deadline; below zero once it has passed."""
        return (self.deadline - timezone.localdate()).days

    @property
    def days_over(self) -> int:
        """By how many days an open request is overdue; 0 where it is not."""
        return max(-self.days_left, 0) if self.is_open else 0

    @property
    def clock_words(self) -> str:
        """Overdue by 3 days; Due today; 3 days left."""
        left = self.days_left
        if left < 0:
            return overdue_by(-left)
        return ngettext("%(n)s day left", "%(n)s days left", left) % {"n": left} if left else str(_("Due today"))

    @property
    def is_late(self) -> bool:
        """Whether it was decided after its deadline."""
        return self.decided_at is not None and timezone.localdate(self.decided_at) > self.deadline

    @property
    def is_denied(self) -> bool:
        """In whole or in part: the patient may answer with a statement of disagreement."""
        return self.state in {State.DENIED, State.PARTLY}

    @property
    def is_amended(self) -> bool:
        """In whole or in part: others are told of it."""
        return self.state in {State.ACCEPTED, State.PARTLY}


class AmendmentLink(AppendOnlyModel):
    """An entry of the chart that a request is about, or that makes the amendment. Never changed.

    164.526(c)(1) and (d)(4): the record identified, and the papers of the request linked to it.
    """

    request = models.ForeignKey(AmendmentRequest, on_delete=models.PROTECT, related_name="links")
    role = models.CharField(_("part"), max_length=10, choices=LinkRole.choices)
    kind = models.CharField(_("kind of entry"), max_length=30, help_text=_("As the timeline names it"))
    entry = models.BigIntegerField(_("key of the entry"), help_text=_("0 for particulars and what is missing"))

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a request to amend")
        verbose_name_plural = _("entries of requests to amend")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "role", "kind", "entry"], name="amendment_link_once"),
            models.CheckConstraint(condition=Q(role__in=LinkRole.values), name="amendment_link_role_known"),
        ]

    def __str__(self) -> str:
        return f"Link {self.pk} of request {self.request_id}"


class AmendmentStep(ChecksAtOnce, AppendOnlyModel):
    """One step of a request: who recorded it, when, and what was written. Never changed."""

    request = models.ForeignKey(AmendmentRequest, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("step"), max_length=20, choices=StepKind.choices)
    happened_on = models.DateField(_("date"))
    whom = models.CharField(_("to whom"), max_length=200, blank=True)
    text = models.TextField(_("text"), max_length=8000, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("recorded at"), default=stamp, editable=False)
    form_token = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a request to amend")
        verbose_name_plural = _("steps of requests to amend")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="amendment_step_known"),
            models.UniqueConstraint(fields=["request", "kind"], condition=Q(kind__in=ONCE), name="amendment_step_once"),
            models.CheckConstraint(
                condition=~Q(text="") | Q(kind__in=[StepKind.RECEIVED, StepKind.DECIDED]),
                name="amendment_step_has_text",
            ),
        ]

    def __str__(self) -> str:
        return f"Step {self.pk} of request {self.request_id}"
