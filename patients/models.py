"""Patient, the aggregate root, and who may touch it: care team and guardian's direct-key rows."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.models import Team
from audit.api import FieldHistory, stamp
from patients import names
from patients.access_requests import AccessRequest
from patients.constraints import ChecksAtOnce
from patients.emergencies import EmergencyAccess
from patients.querysets import PatientManager
from patients.vocabulary import CareRole, ChartStatus, DiagnosisGroup, MobilityStatus, SexAtBirth, direction

__all__ = [
    "AccessRequest",
    "CareRole",
    "CareTeamMember",
    "CareTeamQuerySet",
    "ChartStatus",
    "DiagnosisGroup",
    "EmergencyAccess",
    "MobilityStatus",
    "Patient",
    "PatientGroupPermission",
    "PatientUserPermission",
    "RegistrationCheck",
    "SexAtBirth",
]

TRACKED_COLUMNS = {
    "mobility_status": "mobility_status",
    "primary_therapist": "primary_therapist_id",
    "chart_status": "chart_status",
}


def _folded_identity() -> Func:
    bare = Func(F("patient_id"), function="ot_bare", output_field=models.TextField())
    parts = ("display_name", Value(" "), "preferred_name", Value(" "), "patient_id", Value(" "), bare)
    return Func(Concat(*parts, output_field=models.TextField()), function="ot_fold")


def _key(field: str) -> Func:
    return Func(F(field), function="ot_key", output_field=models.TextField())


def _today() -> dt.date:
    return timezone.localdate(stamp())


class Patient(ChecksAtOnce):
    """A chart. Everything clinical hangs on it and is reached through it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient_id = models.CharField(_("patient ID"), max_length=64)
    display_name = models.CharField(_("name"), max_length=300, editable=False)
    family_name = models.CharField(_("family name or single name"), max_length=120)
    given_names = models.CharField(_("given names"), max_length=120, blank=True)
    name_title = models.CharField(_("title"), max_length=30, blank=True)
    preferred_name = models.CharField(_("preferred name"), max_length=120, blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    sex_at_birth = models.CharField(_("sex at birth"), max_length=20, choices=SexAtBirth.choices, blank=True)

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="patients", verbose_name=_("team"))
    # For what a team plans for its patients; a handover to another team sets it.
    team_since = models.DateField(default=_today, editable=False)
    # When the first measure of the plan is due: kept by triggers, so that lists need not ask for each patient.
    next_due_on = models.DateField(null=True, editable=False)
    primary_therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="primary_patients",
        verbose_name=_("primary therapist"),
    )
    mobility_status = models.CharField(_("mobility status"), max_length=20, choices=MobilityStatus.choices)
    mobility_status_revision = models.PositiveIntegerField(default=1, editable=False)  # kept by a trigger
    chart_status = models.CharField(
        _("chart status"), max_length=20, choices=ChartStatus.choices, default=ChartStatus.ACTIVE
    )
    deceased_on = models.DateField(_("date of death"), null=True, blank=True)

    location = models.CharField(_("location"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    address = models.TextField(_("address"), max_length=1000, blank=True)
    emergency_contact = models.TextField(_("emergency contact"), max_length=1000, blank=True)
    allergies = models.TextField(_("allergies"), max_length=2000, blank=True)
    alerts = models.TextField(_("alerts"), max_length=2000, blank=True)
    referral_reason = models.TextField(_("referral reason"), max_length=4000, blank=True)
    # Which published thresholds a change of a score is judged by: mobility/populations.py.
    diagnosis_group = models.CharField(
        _("diagnosis group"), max_length=30, choices=DiagnosisGroup.choices, blank=True, default=""
    )

    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(default=stamp, editable=False)
    updated_at = models.DateTimeField(default=stamp, editable=False)

    search_text = models.GeneratedField(
        expression=_folded_identity(), output_field=models.TextField(), db_persist=True, editable=False
    )
    patient_key = models.GeneratedField(
        expression=_key("patient_id"), output_field=models.TextField(), db_persist=True, editable=False
    )

    # What the person that the gate let in may do with this chart; empty anywhere else.
    held_perms: frozenset[str] = frozenset()
    # The emergency access that alone lets this person in: its key, and until when. None for everybody else.
    emergency_pk: int | None = None
    emergency_until: dt.datetime | None = None
    # In what relationship the person that the gate let in stands to this patient now; empty anywhere else.
    relationship: str = ""
    # Of a chart as it stood, the day that it is shown for; None for today.
    shown_on: dt.date | None = None

    history = FieldHistory(
        excluded_fields=[
            "search_text",
            "patient_key",
            "mobility_status_revision",
            "form_token",
            "team_since",
            "next_due_on",
        ],
        custom_model_name="PatientFieldHistory",
    )
    objects: ClassVar[Any] = PatientManager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        default_permissions = ("view", "change")
        permissions = (
            ("add_entries", _("Can add scores, notes and equipment")),
            ("reassign_patient", _("Can reassign and approve cover")),
        )
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient_key"],
                name="patient_id_unique",
                violation_error_message=_("Another patient has this ID"),
            ),
            models.CheckConstraint(condition=~Q(patient_key=""), name="patient_id_given"),
            models.CheckConstraint(condition=~Q(display_name=""), name="patient_name_given"),
            models.CheckConstraint(
                condition=Q(mobility_status__in=MobilityStatus.values), name="patient_mobility_status_known"
            ),
            models.CheckConstraint(condition=Q(chart_status__in=ChartStatus.values), name="patient_chart_status_known"),
            models.CheckConstraint(
                condition=Q(diagnosis_group__in=DiagnosisGroup.values), name="patient_diagnosis_group_known"
            ),
            models.CheckConstraint(
                condition=Q(deceased_on=None) | Q(chart_status__in=[ChartStatus.DECEASED, ChartStatus.ARCHIVED]),
                name="patient_death_has_status",
                violation_error_message=_("Only a deceased patient's chart has a date of death"),
            ),
            models.CheckConstraint(
                condition=Q(deceased_on=None) | Q(date_of_birth=None) | Q(deceased_on__gte=F("date_of_birth")),
                name="patient_death_after_birth",
                violation_error_message=_("The date of death is before the date of birth"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["search_text", "id"], name="patient_by_name"),
            models.Index(fields=["team", "chart_status", "mobility_status"], name="patient_by_team"),
            models.Index(fields=["primary_therapist", "chart_status"], name="patient_by_therapist"),
            models.Index(fields=["date_of_birth"], name="patient_by_birth"),
            GinIndex(OpClass("search_text", "gin_trgm_ops"), name="patient_search"),
        ]

    def __str__(self) -> str:
        # Not the name: this text ends up in logs, titles and error reports.
        return f"Patient {self.pk}"

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        patient = super().from_db(db, field_names, values, **kwargs)
        patient.remember_statuses()
        return patient

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        fields = kwargs.get("fields")
        self.remember_statuses(TRACKED_COLUMNS if fields is None else fields)

    def clean(self) -> None:
        """Names are tidied and the display name made; dates must be possible. Raises ValidationError."""
        for field in ("patient_id", "family_name", "given_names", "name_title", "preferred_name", "location"):
            setattr(self, field, names.tidy(getattr(self, field)))
        self.display_name = names.display_name(
            family_name=self.family_name, given_names=self.given_names, name_title=self.name_title
        )
        today = timezone.localdate()
        if self.date_of_birth and self.date_of_birth > today:
            raise ValidationError({"date_of_birth": _("Enter a date of birth that is not in the future")})
        if self.deceased_on and self.deceased_on > today:
            raise ValidationError({"deceased_on": _("Enter a date of death that is not in the future")})

    # What the audit signal asks about.

    def remember_statuses(self, names: Iterable[str] = TRACKED_COLUMNS) -> None:
        """Take these tracked columns as they are now for what is stored."""
        now = {name: self.__dict__.get(column) for name, column in TRACKED_COLUMNS.items() if name in names}
        self._loaded = {**getattr(self, "_loaded", {}), **now}

    def has_status_changed(self, name: str) -> bool:
        """Whether a tracked column differs from what was loaded. Raises LookupError if it was not loaded."""
        if name not in self._loaded or self._loaded[name] is None:
            raise LookupError(f"{name} was not loaded, so that its change could not be told: fetch the whole patient")
        return bool(self._loaded[name] != getattr(self, TRACKED_COLUMNS[name]))

    def loaded_status(self, name: str) -> str:
        """The value before, as StatusHistory keeps it."""
        return self._status_text(name, self._loaded[name])

    def status_value(self, name: str) -> str:
        """The value now, as StatusHistory keeps it: a code, or a person's name and username."""
        return self._status_text(name, getattr(self, TRACKED_COLUMNS[name]))

    def status_direction(self, name: str, before: str) -> str:
        return direction(before, self.mobility_status) if name == "mobility_status" else ""

    def _status_text(self, name: str, value: Any) -> str:
        if name != "primary_therapist":
            return str(value)
        if value == self.primary_therapist_id:
            return self.primary_therapist.label
        return type(self.primary_therapist).objects.get(pk=value).label

    # What pages ask.

    @property
    def mobility_level(self) -> int:
        """6 for independent down to 1 for hoist transfers."""
        return MobilityStatus(self.mobility_status).level

    @property
    def mobility_label(self) -> str:
        """Assistance of 1; what get_mobility_status_display says in a tenth of the time."""
        return str(MobilityStatus(self.mobility_status).label)

    @property
    def diagnosis_group_label(self) -> str:
        """Stroke, chronic: more than 6 months; Not chosen."""
        return str(DiagnosisGroup(self.diagnosis_group).label)

    @property
    def age_on(self) -> dt.date:
        """The day an age is told for: today, the day that the chart is shown for, or the day of death."""
        return self.deceased_on or self.shown_on or timezone.localdate()

    @property
    def alert_list(self) -> list[str]:
        """One entry a line; allergies first."""
        return [words for _field, words in self.alert_facts]

    @property
    def alert_facts(self) -> list[tuple[str, str]]:
        """The same, each with the field that it comes from."""
        allergies = [("allergies", f"{_('Allergy')} {line}") for line in self.allergies.splitlines() if line.strip()]
        return [*allergies, *(("alerts", line) for line in self.alerts.splitlines() if line.strip())]

    @property
    def is_archived(self) -> bool:
        return self.chart_status == ChartStatus.ARCHIVED


class CareTeamQuerySet(models.QuerySet["CareTeamMember"]):
    def current_or_later(self, today: dt.date | None = None) -> Self:
        """Memberships that give access today or will."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=today or timezone.localdate()), ended_at=None)


class CareTeamMember(ChecksAtOnce):
    """Somebody's part in a patient's care, with dates. Guardian rows follow from it, in services alone."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="care_roles")
    role = models.CharField(_("role"), max_length=20, choices=CareRole.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day, included"))
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=stamp, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    history = FieldHistory(custom_model_name="CareTeamMemberFieldHistory")
    objects: ClassVar[Any] = CareTeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("care team member")
        verbose_name_plural = _("care team members")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["patient", "user"],
                condition=Q(ended_at=None),
                name="care_team_once",
                violation_error_message=_("This person is on the care team already"),
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(ended_at=None, role=CareRole.PRIMARY),
                name="care_team_one_primary",
                violation_error_message=_("This patient has a primary therapist already"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="care_team_dates",
                violation_error_message=_("The last day is before the first day"),
            ),
            models.CheckConstraint(condition=Q(role__in=CareRole.values), name="care_team_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.user_id} on {self.patient_id}"

    @property
    def is_current(self) -> bool:
        """Whether it gives access today."""
        today = timezone.localdate()
        return self.ended_at is None and self.starts_on <= today and (self.ends_on is None or self.ends_on >= today)


class PatientUserPermission(UserObjectPermissionBase):
    """guardian's direct-key rows of people, with the days on which they count.

    Rows of an emergency access end at a moment instead, and stand beside those of the care team.
    """

    content_object = models.ForeignKey(Patient, on_delete=models.CASCADE, db_column="patient_id")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    ends_at = models.DateTimeField(null=True)
    # Not indexed whole: nearly every row has none.
    emergency = models.ForeignKey(
        EmergencyAccess, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index("emergency", name="user_permission_emergency", condition=Q(emergency__isnull=False)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "permission", "content_object", "emergency"],
                nulls_distinct=False,
                name="user_permission_once",
            ),
            models.CheckConstraint(
                condition=Q(emergency=None, ends_at=None) | Q(emergency__isnull=False, ends_at__isnull=False),
                name="user_permission_emergency_ends",
            ),
        ]


class PatientGroupPermission(GroupObjectPermissionBase):
    """guardian's direct-key rows of the teams' lead groups."""

    content_object = models.ForeignKey(Patient, on_delete=models.CASCADE, db_column="patient_id")


class RegistrationCheck(models.Model):
    """A registration that may duplicate a chart which its author may not see: a lead of that chart decides."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for a decision")
        REGISTERED = "registered", _("Registered as a new patient")
        SAME_PERSON = "same", _("Same person: added to the care team")
        DECLINED = "declined", _("Declined")

    match = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="registration_checks")
    entered = models.JSONField(_("what was entered"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="registration_checks")
    asked_at = models.DateTimeField(default=stamp, editable=False)
    form_token = models.UUIDField(unique=True, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(_("note"), max_length=1000, blank=True)
    history = FieldHistory(custom_model_name="RegistrationCheckFieldHistory")

    class Meta:
        verbose_name = _("registration to decide")
        verbose_name_plural = _("registrations to decide")
        ordering = ("asked_at", "pk")

    def __str__(self) -> str:
        return f"Registration check {self.pk}"
