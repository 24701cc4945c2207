"""Asking for access to a chart that one may not know of: kept alike whether there is such a chart or not."""

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import but_names
from audit.api import stamp
from patients.constraints import ChecksAtOnce
from patients.emergencies import about_charts_of

if TYPE_CHECKING:
    from accounts.models import User

HEARD_FOR = dt.timedelta(days=7)  # how long a grant is news to who asked


class AccessReason(models.TextChoices):
    TREATING = "treating", _("I am treating this patient")
    COVERING = "covering", _("I am covering for a colleague")
    SUPERVISION = "supervision", _("Supervision or co-signature")
    OTHER = "other", _("Another reason")


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def open(self) -> Self:
        return self.filter(state=AccessRequest.State.OPEN)

    def decidable_by(self, user: "User") -> Self:
        """Requests for the charts of this person's own patients and, to a lead, of the team's: never their own."""
        return self.filter(about_charts_of(user)).exclude(asked_by=user)

    def newest_of_each(self) -> Self:
        """The newest of each person for each chart: who asks again says what counts now. Oldest first."""
        same = {"asked_by": OuterRef("asked_by"), "patient": OuterRef("patient"), "state": OuterRef("state")}
        newer = AccessRequest.objects.filter(**same, pk__gt=OuterRef("pk"))
        return self.exclude(Exists(newer)).order_by("asked_at", "pk")

    def with_people(self) -> Self:
        """With whom the pages name, and what decides which part in the care somebody may have."""
        deferred = [
            name for name in but_names("asked_by", "decided_by") if name not in {"asked_by__role", "asked_by__team"}
        ]
        return self.select_related("patient", "asked_by__team", "decided_by").defer(*deferred)


def requests_for(user: "User") -> AccessRequestQuerySet:
    """For the gate: the requests that this person may decide about."""
    found: AccessRequestQuerySet = AccessRequest.objects.decidable_by(user)
    return found


class AccessRequest(ChecksAtOnce):
    """Somebody asked for access. `patient` stays empty where there is no such chart; nobody is told which it is.

    Triggers let it be decided once and refuse every other change.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for a decision")
        GRANTED = "granted", _("Granted")
        DECLINED = "declined", _("Declined")

    asked_for = models.UUIDField(editable=False)
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, null=True, editable=False, related_name="access_requests"
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_requests")
    asked_at = models.DateTimeField(default=stamp, editable=False)
    reason_kind = models.CharField(_("why"), max_length=20, choices=AccessReason.choices)
    reason = models.TextField(_("reason"), max_length=1000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(_("note"), max_length=1000, blank=True)
    form_token = models.UUIDField(unique=True, editable=False)

    site_rights = ("SELECT", "INSERT", "UPDATE")
    objects: ClassVar[Any] = AccessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for access")
        verbose_name_plural = _("requests for access")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="access_request_reason_given"),
            models.CheckConstraint(condition=Q(reason_kind__in=AccessReason.values), name="access_request_kind_known"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by=None, decided_at=None)
                | Q(state__in=["granted", "declined"], decided_by__isnull=False, decided_at__isnull=False),
                name="access_request_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="access_request_decided_by_another"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index("patient", name="access_request_open", condition=Q(state="open")),
            models.Index("asked_by", "decided_at", name="access_request_heard"),
        ]

    def __str__(self) -> str:
        return f"Access request {self.pk}"
