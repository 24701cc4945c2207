"""Who people are: accounts and teams."""

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.entries import Attempt, KeptForm, Lockout, Session
from accounts.roles import CLINICAL, TREATING, Role
from audit.api import record_event

__all__ = ["AccountManager", "Attempt", "KeptForm", "Lockout", "Session", "Team", "Theme", "User", "UserQuerySet"]


class Team(models.Model):
    """A team of therapists. Its lead group holds one set of guardian rows for each patient of the team."""

    name = models.CharField(_("name"), max_length=120)
    lead_group = models.OneToOneField(
        Group, on_delete=models.PROTECT, related_name="team", editable=False, verbose_name=_("lead group")
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("name"), name="team_name_unique", violation_error_message=_("A team has this name already")
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A team is born with its lead group, so that no patient can belong to a team that nobody could lead."""
        name = f"Leads of {self.name}"[:150]
        if self.lead_group_id is None:
            self.lead_group = Group.objects.create(name=name)
        else:
            # Group names are unique: one that kept its first name would stand in the way of a new team of that name.
            Group.objects.filter(pk=self.lead_group_id).exclude(name=name).update(name=name)
        super().save(*args, **kwargs)


class UserQuerySet(models.QuerySet["User"]):
    def approved(self) -> "UserQuerySet":
        """Accounts that an administrator has let in and that are not switched off."""
        return self.filter(is_active=True, approved_at__isnull=False)

    def awaiting_approval(self) -> "UserQuerySet":
        """Accounts that signed up and nobody has let in yet."""
        return self.filter(is_active=True, approved_at__isnull=True)

    def able_to_treat(self) -> "UserQuerySet":
        """Accounts that may be a patient's primary or covering therapist."""
        return self.approved().filter(role__in=TREATING, is_superuser=False)

    def clinical(self) -> "UserQuerySet":
        """Accounts that may be on a care team."""
        return self.approved().filter(role__in=CLINICAL, is_superuser=False)

    def in_teams_of(self, user: "User") -> "UserQuerySet":
        """Members of the person's own team and of the teams whose lead group the person is in."""
        led = Team.objects.filter(lead_group__in=user.groups.values("pk")).values("pk")
        return self.filter(models.Q(team=user.team_id) | models.Q(team__in=led)).by_team()

    def called(self, text: str) -> "UserQuerySet":
        """People with each word of `text` in their name, or in their username."""
        words = [
            models.Q(display_name__icontains=word) | models.Q(username__icontains=word) for word in text.split()[:8]
        ]
        return self.filter(*words).by_team()

    def by_team(self) -> "UserQuerySet":
        return self.select_related("team").order_by("team__name", "display_name", "pk")


def but_names(*relations: str) -> list[str]:
    """For QuerySet.defer: all of these joined accounts that does not name them. Lists need no password hashes."""
    naming = {"id", "username", "display_name", "credentials"}
    fields = [field.name for field in User._meta.concrete_fields if field.name not in naming]
    return [f"{relation}__{name}" for relation in relations for name in fields]


class AccountManager(UserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> Any:
        """The first administrator, made on the command line; approved by whoever has the machine."""
        from django.utils import timezone

        extra = {"role": Role.ADMIN, "approved_at": timezone.now()} | extra
        with transaction.atomic(using=self._db):
            account = super().create_superuser(username, email, password, **extra)
            record_event(
                "account.created", by=None, target=account, details={"role": account.role, "from": "command line"}
            )
        return account

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """In lower case: people type their address in any, and sign-in and password reset compare it exactly."""
        return (email or "").strip().lower()


class Theme(models.TextChoices):
    DEVICE = "", _("Match this device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


def _one_form(password: str | None) -> str | None:
    return None if password is None else unicodedata.normalize("NFKC", password)


class User(AbstractUser):
    """An account. `approved_at` tells an account that waits from one that was switched off (`is_active`)."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    username = models.CharField(
        _("username"),
        max_length=150,
        unique=True,
        # No @, so that no username can pass for somebody's email address at sign-in.
        validators=[RegexValidator(r"^[\w.+-]+\Z", _("Use letters, digits and . + - _ only"))],
        error_messages={"unique": _("This username is taken")},
    )
    email = models.EmailField(_("email address"))
    display_name = models.CharField(_("display name"), max_length=150)
    credentials = models.CharField(_("credentials"), max_length=60, blank=True, help_text=_("For example OTR/L"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.OBSERVER)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # Part of what a session is checked against: raising it ends every session of the account for good.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    theme = models.CharField(_("colours"), max_length=5, choices=Theme.choices, blank=True, default=Theme.DEVICE)
    has_shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)

    objects: ClassVar[Any] = AccountManager()

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("display_name", "username")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("username"), name="user_username_unique", violation_error_message=_("This username is taken")
            ),
            models.UniqueConstraint(
                Lower("email"), name="user_email_unique", violation_error_message=_("An account has this email already")
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(condition=models.Q(theme__in=Theme.values), name="user_theme_known"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["team", "role"], name="user_team_role")]

    def __str__(self) -> str:
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = AccountManager.normalize_email(self.email)
        self.is_staff = self.role == Role.ADMIN
        super().save(*args, **kwargs)

    # The same password typed on a Mac and on Windows may come as different bytes (NIST SP 800-63B-4, 3.1.1.2).

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(_one_form(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(_one_form(raw_password))

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's hash covers the password alone, so that a session from before a deactivation would come back
        # to life when the account does.
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def name(self) -> str:
        """What colleagues call this person."""
        return self.display_name or self.username

    @property
    def label(self) -> str:
        """Name and username: who this was, still readable after a change of name."""
        return f"{self.name} ({self.username})"

    @property
    def is_approved(self) -> bool:
        return self.is_active and self.approved_at is not None

    @property
    def is_administrator(self) -> bool:
        """Whether the account may use the Django admin; superuser status has no part in it."""
        return self.is_approved and self.role == Role.ADMIN

    @property
    def is_clinical(self) -> bool:
        return self.is_approved and not self.is_superuser and self.role in CLINICAL

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
