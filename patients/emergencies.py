"""Break-glass: a clinician outside the care team opens one chart in an emergency, for a while, and it is reviewed."""

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import but_names
from accounts.permissions import Perm
from accounts.roles import Role
from audit.api import stamp
from patients.constraints import ChecksAtOnce

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient

# What an emergency access opens: to read, and to record what was done. Not who the patient is, nor who treats them.
EMERGENCY_PERMS: tuple[Perm, ...] = (Perm.VIEW, Perm.ADD)
LONGEST = dt.timedelta(days=1)
OLD_AFTER = dt.timedelta(days=3)  # an access that nobody has reviewed by then is overdue


class EmergencyReason(models.TextChoices):
    RISK = "risk", _("Immediate risk to life or safety")
    UNREACHABLE = "unreachable", _("Urgent treatment, and nobody on the care team can be reached")
    TRANSFER = "transfer", _("Urgent transfer or discharge")
    OTHER = "other", _("Another emergency")


class ReviewOutcome(models.TextChoices):
    JUSTIFIED = "justified", _("Justified")
    NOT_JUSTIFIED = "not_justified", _("Not justified")
    FOLLOWED_UP = "followed_up", _("Unclear: followed up outside OT Tracker")


class EmergencyQuerySet(models.QuerySet["EmergencyAccess"]):
    def unreviewed(self) -> Self:
        return self.filter(reviewed_at=None)

    def reviewed(self) -> Self:
        return self.exclude(reviewed_at=None)

    def running(self, now: dt.datetime | None = None) -> Self:
        """Those that last."""
        return self.filter(ended_at=None, ends_at__gt=now or timezone.now())

    def oldest_first(self) -> Self:
        return self.order_by("starts_at", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-starts_at", "-pk")

    def with_people(self) -> Self:
        """With whom the pages name."""
        deferred = [name for name in but_names("user", "reviewed_by") if name != "user__team"]
        return self.select_related("patient", "user__team", "reviewed_by").defer(*deferred)

    def readable_by(self, user: "User") -> Self:
        """All to an auditor; to a lead those of the team's patients; to therapists those of their own patients."""
        if user.role == Role.AUDITOR:
            return self.all()
        return self.filter(about_charts_of(user))

    def reviewable_by(self, user: "User") -> Self:
        """Those that this person may judge: never their own."""
        if user.role not in {Role.AUDITOR, Role.LEAD}:
            return self.none()
        found = self.exclude(user=user)
        return found if user.role == Role.AUDITOR else found.filter(patient__in=_led(user))


def about_charts_of(user: "User") -> Q:
    """Whether a row's patient is this therapist's own, or one of the teams that this lead leads."""
    own = Q(patient__primary_therapist=user)
    return own | Q(patient__in=_led(user)) if user.role == Role.LEAD else own


def _led(user: "User") -> Any:
    return apps.get_model("patients", "Patient").objects.led_by(user).values("pk")


def emergencies_for(user: "User") -> EmergencyQuerySet:
    """For the gate: what the list of emergency accesses shows to this person."""
    found: EmergencyQuerySet = EmergencyAccess.objects.readable_by(user)
    return found


def reviews_for(user: "User") -> EmergencyQuerySet:
    """For the gate: what this person may review."""
    found: EmergencyQuerySet = EmergencyAccess.objects.reviewable_by(user)
    return found


def find_exactly(*, patient_id: str, date_of_birth: dt.date) -> "Patient | None":
    """The chart with this identifier and this birth date: one statement, whatever of the two is wrong.

    For the emergency form alone, once reason and password are given: it asks past the gate.
    """
    key = Func(Value(patient_id), function="ot_key", output_field=models.TextField())
    patients = apps.get_model("patients", "Patient").objects
    found: Patient | None = patients.filter(patient_key=key, date_of_birth=date_of_birth).first()
    return found


class EmergencyAccess(ChecksAtOnce):
    """One emergency access. Triggers let it be ended once and reviewed once, and refuse every other change."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="emergencies")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="emergencies", verbose_name=_("opened by")
    )
    reason_kind = models.CharField(_("kind of emergency"), max_length=20, choices=EmergencyReason.choices)
    reason = models.TextField(_("reason"), max_length=2000)
    starts_at = models.DateTimeField(_("from"), default=stamp, editable=False)
    ends_at = models.DateTimeField(_("until"), editable=False)
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=ReviewOutcome.choices, blank=True)
    review = models.TextField(_("review"), max_length=2000, blank=True)
    form_token = models.UUIDField(unique=True, null=True, editable=False)

    site_rights = ("SELECT", "INSERT", "UPDATE")
    objects: ClassVar[Any] = EmergencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_reason_given"),
            models.CheckConstraint(
                condition=Q(reason_kind__in=EmergencyReason.values), name="emergency_reason_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST),
                name="emergency_is_short",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="emergency_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, outcome="", review="")
                | (
                    Q(reviewed_at__isnull=False, reviewed_by__isnull=False, outcome__in=ReviewOutcome.values)
                    & ~Q(review="")
                ),
                name="emergency_review_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")), name="emergency_reviewed_by_another"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("starts_at", name="emergency_unreviewed", condition=Q(reviewed_at=None)),
        ]

    def __str__(self) -> str:
        return f"Emergency access {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.ended_at is None and self.ends_at > timezone.now()

    @property
    def over_at(self) -> dt.datetime:
        """When it ended, or will."""
        return self.ended_at or self.ends_at

    @property
    def days_waiting(self) -> int:
        """Whole days since it was opened: how long its review waits."""
        return (timezone.now() - self.starts_at).days

    @property
    def is_overdue(self) -> bool:
        """Whether its review should have been closed by now."""
        return self.reviewed_at is None and timezone.now() - self.starts_at >= OLD_AFTER
