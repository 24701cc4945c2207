"""What cannot be changed afterwards: status history and the record of who opened what.

Append-only here means in the database: triggers (migration 0003) refuse UPDATE, DELETE and TRUNCATE.
"""

from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Perm
from accounts.roles import Role
from audit.api import stamp
from audit.append_only import AppendOnlyModel, AppendOnlyQuerySet
from audit.events import event_choices
from audit.querysets import AuditEventQuerySet
from audit.relationships import TO_LOOK_AT, Relationship
from audit.words import InWords
from patients.vocabulary import ChartStatus, MobilityStatus


class StatusType(models.TextChoices):
    MOBILITY_STATUS = "mobility_status", _("Mobility status")
    PRIMARY_THERAPIST = "primary_therapist", _("Primary therapist")
    CHART_STATUS = "chart_status", _("Chart status")


# A value that the vocabulary no longer has is shown as it was recorded.
LABELS: dict[str, dict[str, Any]] = {
    StatusType.MOBILITY_STATUS: dict(MobilityStatus.choices),
    StatusType.CHART_STATUS: dict(ChartStatus.choices),
}


class Direction(models.TextChoices):
    IMPROVED = "improved", _("Improved")
    DECLINED = "declined", _("Declined")
    NEITHER = "", _("Neither")


class StatusHistoryQuerySet(AppendOnlyQuerySet):
    def newest_first(self) -> "StatusHistoryQuerySet":
        return self.order_by("-created_at", "-pk")

    def with_people(self) -> "StatusHistoryQuerySet":
        """With whom and of whom, for lists."""
        return self.select_related("changed_by", "patient")

    def readable_by(self, user: Any) -> "StatusHistoryQuerySet":
        """What the audit page shows: everything to an auditor, the patients of a lead's teams to that lead."""
        if user.role == Role.AUDITOR:
            return self.all()
        patients = apps.get_model("patients", "Patient").objects.permitting(user, Perm.REASSIGN)
        return self.filter(patient__in=patients.values("pk"))

    def of_type(self, status_type: str) -> "StatusHistoryQuerySet":
        return self.filter(status_type=status_type)

    def changes(self) -> "StatusHistoryQuerySet":
        """Without the first status of a registration."""
        return self.exclude(from_value="")

    def improved(self) -> "StatusHistoryQuerySet":
        return self.filter(direction=Direction.IMPROVED)

    def declined(self) -> "StatusHistoryQuerySet":
        return self.filter(direction=Direction.DECLINED)


class StatusHistory(AppendOnlyModel):
    """One change of a tracked status: what it said before, who changed it, when and why.

    `effective_at` is when the change was seen, `created_at` when it was recorded.
    """

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="status_history")
    status_type = models.CharField(_("status"), max_length=30, choices=StatusType.choices)
    from_value = models.CharField(_("from"), max_length=400, blank=True)
    to_value = models.CharField(_("to"), max_length=400)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    change_reason = models.TextField(_("reason"))
    effective_at = models.DateTimeField(_("seen at"))
    created_at = models.DateTimeField(_("recorded at"), default=stamp, editable=False)
    # Which change of this patient's mobility status the row accounts for; set by a trigger, unique.
    revision = models.PositiveIntegerField(null=True, editable=False)

    objects: ClassVar[Any] = StatusHistoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("status change")
        verbose_name_plural = _("status history")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["patient", "status_type", "revision"], name="status_revision_once"),
            models.CheckConstraint(condition=~models.Q(change_reason=""), name="status_reason_given"),
            models.CheckConstraint(condition=models.Q(status_type__in=StatusType.values), name="status_type_known"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", models.F("effective_at").desc(), models.F("id").desc(), name="status_by_patient"),
            models.Index(models.F("created_at").desc(), models.F("id").desc(), name="status_newest"),
            models.Index("status_type", "direction", "effective_at", name="status_direction"),
        ]

    def __str__(self) -> str:
        # Not the values: this text ends up in logs, and a therapist's name may stand in them.
        return f"StatusHistory {self.pk}"

    @property
    def from_label(self) -> str:
        """What it said before, in words; empty for a first status."""
        return self._label(self.from_value)

    @property
    def to_label(self) -> str:
        """What it says since, in words."""
        return self._label(self.to_value)

    @property
    def direction_label(self) -> str:
        """Improved, Declined; what get_direction_display says in a tenth of the time."""
        return str(Direction(self.direction).label)

    @property
    def sentence(self) -> str:
        """The change in one line."""
        kind = self.get_status_type_display()
        if not self.from_value:
            return _now("Registered. %(kind)s: %(to)s") % {"kind": kind, "to": self.to_label}
        return _now("%(kind)s: %(from)s to %(to)s") % {"kind": kind, "from": self.from_label, "to": self.to_label}

    def _label(self, value: str) -> str:
        words = LABELS.get(self.status_type, {})
        return str(words.get(value, value))


class AuditEvent(InWords, AppendOnlyModel):
    """Who opened, wrote or was refused what, from where and when.

    Partitioned by month (docs/audit.md): say a range of `created_at` wherever there is one. In the database the key is
    (created_at, id), so that no foreign key can point here.
    """

    event_type = models.CharField(_("event"), max_length=60, choices=event_choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
        db_index=False,
    )
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    target_type = models.CharField(max_length=80, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    route = models.CharField(max_length=120, blank=True)
    method = models.CharField(max_length=8, blank=True)
    details = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    request_id = models.UUIDField(null=True)
    # The database's clock; the site's role cannot say otherwise.
    created_at = models.DateTimeField(_("when"), db_default=Now(), editable=False)
    # As they were then. NULL where there was none, and in rows from before these columns: '' would end their chains.
    relationship = models.CharField(_("relationship"), max_length=12, choices=Relationship.choices, null=True)  # noqa: DJ001
    actor_role = models.CharField(_("role"), max_length=20, choices=Role.choices, null=True)  # noqa: DJ001

    # For pages: how many like it are left out, and whom or what it is about (audit.about).
    more = 0
    about = ""

    objects: ClassVar[Any] = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", models.F("created_at").desc(), models.F("id").desc(), name="event_by_patient"),
            models.Index("actor", models.F("created_at").desc(), models.F("id").desc(), name="event_by_actor"),
            models.Index("event_type", models.F("created_at").desc(), models.F("id").desc(), name="event_by_type"),
            BrinIndex(fields=["id"], name="event_by_id"),
            models.Index(
                models.F("created_at").desc(),
                models.F("id").desc(),
                name="event_to_look_at",
                condition=models.Q(relationship__in=TO_LOOK_AT),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.created_at:%Y-%m-%d %H:%M:%S}"


class ChainSegment(models.Model):
    """A run of at most a thousand chained rows of one append-only table: how many there are, and the last one's hash.

    Written by the trigger that chains the rows, never by the site itself. A transaction takes a segment that no other
    one is writing to, so that nobody waits; a full segment is followed by one that starts from its head.
    """

    site_rights: ClassVar[tuple[str, ...]] = ("SELECT",)

    chain = models.CharField(max_length=63, help_text=_("Table whose rows these are"))
    period = models.CharField(max_length=7, blank=True, help_text=_("Month (2026_11) of a table partitioned by month"))
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    start = models.BinaryField(help_text=_("Hash that the first row follows"))
    count = models.IntegerField()
    head = models.BinaryField(help_text=_("Hash of the last row"))
    is_open = models.BooleanField()
    opened_at = models.DateTimeField()
    expired_at = models.DateTimeField(null=True, help_text=_("When its rows were dropped, their retention over"))

    class Meta:
        verbose_name = _("segment of the chain")
        verbose_name_plural = _("segments of the chain")
        indexes: ClassVar[list[models.Index]] = [
            models.Index("chain", "period", "id", name="segment_open", condition=models.Q(is_open=True)),
        ]

    def __str__(self) -> str:
        return f"Segment {self.pk} of {self.chain}"


class Checkpoint(AppendOnlyModel):
    """How far every segment had come at one moment, chained to the checkpoint before. The digest covers all of it.

    A digest that is kept elsewhere proves later that nothing recorded before it has been changed or removed since.
    """

    class Kind(models.TextChoices):
        HEADS = "heads", _("Heads of segments")
        EXPIRY = "expiry", _("Rows dropped, their retention over")

    site_rights: ClassVar[tuple[str, ...]] = ("SELECT",)
    chain_segment = chain_seq = chain_hash = None

    kind = models.CharField(max_length=10, choices=Kind.choices)
    created_at = models.DateTimeField()
    details = models.JSONField(default=dict)
    digest = models.BinaryField()

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")

    def __str__(self) -> str:
        return f"Checkpoint {self.pk}"


class CheckpointHead(AppendOnlyModel):
    """One segment in a checkpoint: how many rows it had, and the hash of the last of them."""

    site_rights: ClassVar[tuple[str, ...]] = ("SELECT",)
    chain_segment = chain_seq = chain_hash = None

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="heads")
    # No foreign key: a segment that has gone is what a checkpoint is there to find.
    segment = models.BigIntegerField()
    count = models.IntegerField()
    head = models.BinaryField()

    objects: ClassVar[Any] = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("segment in a checkpoint")
        verbose_name_plural = _("segments in checkpoints")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["segment", "count", "checkpoint"], name="checkpoint_head_once"),
        ]

    def __str__(self) -> str:
        return f"Segment {self.segment} at {self.count}"
