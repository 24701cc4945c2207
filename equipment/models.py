"""The equipment register, and where each item was when: the custody log.

A row of the log is a stay: with a patient (a loan), in repair, lost or retired. Stays of one item never overlap and
at most one is open; an item without an open stay is in stock. The database holds all of that (constraints here,
triggers in migration 0002), whichever way rows are written.

An item's status follows from its open row. A trigger keeps it in the item's own column, so that the register can be
filtered by it with an index; whatever anybody else writes into that column is overwritten by the same trigger.
So there is one truth, the log, and nothing that could disagree with it.
"""

import datetime as dt
import unicodedata
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.api import FieldHistory, stamp
from equipment.querysets import OPEN, OUT, EquipmentItemQuerySet, EquipmentLogQuerySet
from equipment.vocabulary import ITEM_STATUSES, LOAN_STATUSES, STORE_STATUSES, TONES, Condition, EquipmentStatus
from patients import names
from patients.constraints import ChecksAtOnce
from ui.words import overdue_by

NAME_LENGTH = 200
SERIAL_LENGTH = 100


def tidy_serial(text: str) -> str:
    """One line without invisible signs; hyphens as they are typed, so that a number copied from a page is the same."""
    text = text.replace("\N{HYPHEN}", "-").replace("\N{NON-BREAKING HYPHEN}", "-")
    return names.tidy(
        "".join(sign for sign in text if sign.isspace() or unicodedata.category(sign) not in {"Cc", "Cf"})
    )


def same_serial(one: str, other: str) -> bool:
    """Whether two serial numbers are one item's: case and spaces aside, as the database tells them apart."""
    first, second = ("".join(tidy_serial(text).split()).upper() for text in (one, other))
    return first == second


def _key() -> Func:
    return Func(F("serial_number"), function="ot_key", output_field=models.TextField())


def _folded() -> Func:
    bare = Func(F("serial_number"), function="ot_bare", output_field=models.TextField())
    parts = ("equipment_name", Value(" "), "serial_number", Value(" "), bare)
    return Func(Concat(*parts, output_field=models.TextField()), function="ot_fold")


def _days_late(due: dt.date | None) -> int:
    return max((timezone.localdate() - due).days, 0) if due else 0


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class EquipmentItem(ChecksAtOnce):
    """One thing with a serial number. Its status is kept by a trigger from the log: see the module."""

    equipment_name = models.CharField(_("equipment"), max_length=NAME_LENGTH)
    serial_number = models.CharField(_("serial number"), max_length=SERIAL_LENGTH)
    status = models.CharField(
        _("status"), max_length=20, choices=EquipmentStatus.choices, default=EquipmentStatus.IN_STOCK, editable=False
    )
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("registered at"), default=stamp, editable=False)
    updated_at = models.DateTimeField(default=stamp, editable=False)

    serial_key = models.GeneratedField(
        expression=_key(), output_field=models.TextField(), db_persist=True, editable=False
    )
    search_text = models.GeneratedField(
        expression=_folded(), output_field=models.TextField(), db_persist=True, editable=False
    )

    # The log is the history of the status.
    history = FieldHistory(
        excluded_fields=["status", "serial_key", "search_text", "form_token"],
        custom_model_name="EquipmentItemFieldHistory",
    )
    objects: ClassVar[Any] = EquipmentItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("equipment item")
        verbose_name_plural = _("equipment items")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["serial_key"],
                name="equipment_serial_unique",
                violation_error_message=_("Another item has this serial number"),
            ),
            models.CheckConstraint(condition=~Q(serial_key=""), name="equipment_serial_given"),
            models.CheckConstraint(condition=~Q(equipment_name=""), name="equipment_name_given"),
            models.CheckConstraint(condition=Q(status__in=ITEM_STATUSES), name="equipment_status_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["search_text", "id"], name="equipment_by_name"),
            models.Index(fields=["status", "search_text", "id"], name="equipment_by_status"),
            GinIndex(OpClass("search_text", "gin_trgm_ops"), name="equipment_search"),
        ]

    def __str__(self) -> str:
        return f"Equipment item {self.pk}"

    def clean(self) -> None:
        self.equipment_name = names.tidy(self.equipment_name)
        self.serial_number = tidy_serial(self.serial_number)

    @property
    def tone(self) -> str:
        return TONES[self.status]

    @property
    def is_out(self) -> bool:
        return self.status == EquipmentStatus.CHECKED_OUT

    @property
    def days_overdue(self) -> int:
        """Whole days past the day it was due, for an item read with `with_holder`."""
        return _days_late(getattr(self, "now_due_back_on", None)) if self.is_out else 0


class EquipmentLog(ChecksAtOnce):
    """Where an item was from `checked_out_at` until `ended_at`: with a patient, in repair, lost or retired.

    `returned_at` is set only where the item really came back. A loan that ended because the item got lost has an end
    and no return. Name and serial number are as they were then.
    """

    item = models.ForeignKey(EquipmentItem, on_delete=models.PROTECT, related_name="logs", verbose_name=_("item"))
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="equipment_logs"
    )
    equipment_name = models.CharField(_("equipment"), max_length=NAME_LENGTH)
    serial_number = models.CharField(_("serial number"), max_length=SERIAL_LENGTH)
    status = models.CharField(_("status"), max_length=20, choices=EquipmentStatus.choices)
    checked_out_at = models.DateTimeField(_("checked out at"))
    due_back_on = models.DateField(_("due back"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    condition = models.CharField(_("condition"), max_length=20, choices=Condition.choices, blank=True)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    return_notes = models.TextField(_("notes on return"), max_length=2000, blank=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_at = models.DateTimeField(_("marked as entered in error at"), null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    void_reason = models.TextField(_("why it was wrong"), max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(_("recorded at"), default=stamp, editable=False)
    updated_at = models.DateTimeField(default=stamp, editable=False)

    history = FieldHistory(excluded_fields=["form_token"], custom_model_name="EquipmentLogFieldHistory")
    objects: ClassVar[Any] = EquipmentLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("equipment log entry")
        verbose_name_plural = _("equipment log")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["item"],
                condition=OPEN,
                name="equipment_one_open_custody",
                violation_error_message=_("This item is out, in repair, lost or retired already"),
            ),
            models.CheckConstraint(
                condition=Q(status__in=LOAN_STATUSES, patient__isnull=False)
                | Q(status__in=STORE_STATUSES, patient__isnull=True),
                name="equipment_log_status_fits",
            ),
            models.CheckConstraint(
                condition=~Q(status=EquipmentStatus.CHECKED_OUT) | Q(ended_at__isnull=True),
                name="equipment_out_is_open",
            ),
            models.CheckConstraint(
                condition=~Q(status=EquipmentStatus.RETURNED) | Q(returned_at__isnull=False),
                name="equipment_returned_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=EquipmentStatus.LOST, patient__isnull=False)
                | Q(ended_at__isnull=False, returned_at__isnull=True),
                name="equipment_lost_loan_ended",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("checked_out_at")),
                name="equipment_ends_after_start",
                violation_error_message=_("An item cannot come back before it went out"),
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True) | Q(ended_at__isnull=False, returned_at=F("ended_at")),
                name="equipment_return_ends_custody",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, returned_by__isnull=True)
                | Q(ended_at__isnull=False, returned_by__isnull=False),
                name="equipment_end_has_author",
            ),
            models.CheckConstraint(
                condition=Q(condition="") | Q(condition__in=Condition.values, returned_at__isnull=False),
                name="equipment_condition_on_return",
            ),
            models.CheckConstraint(
                condition=Q(due_back_on__isnull=True) | Q(patient__isnull=False), name="equipment_due_from_patient"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")),
                name="equipment_void_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(equipment_name="") & ~Q(serial_number=""), name="equipment_log_names_item"
            ),
            ExclusionConstraint(
                name="equipment_stays_apart",
                expressions=[
                    ("item", RangeOperators.EQUAL),
                    (TsTzRange("checked_out_at", "ended_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
                violation_error_message=_("This item was somewhere else at that time"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", F("checked_out_at").desc(), F("id").desc(), name="equipment_log_by_patient"),
            models.Index("item", F("checked_out_at").desc(), F("id").desc(), name="equipment_log_by_item"),
            models.Index(fields=["patient", "due_back_on"], condition=OUT, name="equipment_out_by_patient"),
            models.Index(fields=["due_back_on", "item"], condition=OUT, name="equipment_out_by_due"),
            models.Index(fields=["checked_out_at", "id"], condition=OUT, name="equipment_out_longest"),
        ]

    def __str__(self) -> str:
        return f"Equipment log entry {self.pk}"

    def clean(self) -> None:
        self.equipment_name = names.tidy(self.equipment_name)
        self.serial_number = tidy_serial(self.serial_number)

    @property
    def is_loan(self) -> bool:
        return self.patient_id is not None

    @property
    def is_voided(self) -> bool:
        return self.voided_at is not None

    @property
    def is_out(self) -> bool:
        return self.status == EquipmentStatus.CHECKED_OUT and not self.is_voided

    @property
    def days_overdue(self) -> int:
        """Whole days past the day it was due, in the clinic; 0 where it is not out or not late."""
        return _days_late(self.due_back_on) if self.is_out else 0

    @property
    def overdue_words(self) -> str:
        """Overdue by 3 days."""
        return overdue_by(self.days_overdue)

    @property
    def out_on(self) -> dt.date:
        """The day it went out, in the clinic."""
        return timezone.localdate(self.checked_out_at)


def register_for(user: Any) -> EquipmentItemQuerySet:
    """The register as the gate hands it to a clinical view: every item of the clinic, without who has it."""
    found: EquipmentItemQuerySet = EquipmentItem.objects.all()
    return found


OFFERED = 200


def items_to_offer() -> list[EquipmentItem]:
    """What a check-out form can suggest: items in stock, as many as a browser's list takes well."""
    return list(EquipmentItem.objects.in_stock().by_name().only("serial_number", "equipment_name")[:OFFERED])
