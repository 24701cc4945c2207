"""What coming in leaves behind: sessions, failed attempts and lockouts, forms kept over a timeout.

None of it is part of a record: rows go when they have served (`manage.py clearsessions`). Who did what is in the audit.
"""

import datetime as dt
from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SessionManager(BaseSessionManager):
    def open_of(self, account: Any) -> models.QuerySet["Session"]:
        """Where this account is signed in now, the last used first."""
        alive = timezone.now() - dt.timedelta(seconds=settings.OT_IDLE_SECONDS)
        found = self.filter(account=account, expire_date__gt=timezone.now(), seen_at__gte=alive)
        mine: Any = found.exclude(session_data="").order_by("-seen_at")  # the base manager's types know no model
        return cast("models.QuerySet[Session]", mine)


class Session(AbstractBaseSession):
    """One browser. `session_key` is a hash of the key in its cookie: who reads this table cannot use it to come in."""

    session_key = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="sessions", db_index=False
    )
    started_at = models.DateTimeField(_("signed in"), null=True)
    # When its owner last did something, to the minute; asking for this must not cost a write for each page.
    seen_at = models.DateTimeField(_("last used"), default=timezone.now)
    address = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)

    objects: ClassVar[Any] = SessionManager()

    class Meta(AbstractBaseSession.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "expire_date"], name="session_account")
        ]

    def __str__(self) -> str:
        return f"Session of account {self.account_id}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.sessions import SessionStore

        return SessionStore


class Scope(models.TextChoices):
    """What is limited."""

    PASSWORD = "password", _("Password")
    CODE = "code", _("Second factor")
    RESET = "reset", _("Password reset")
    EMERGENCY = "emergency", _("Emergency access")
    ACCESS = "access", _("Request for access")


class Attempt(models.Model):
    """One attempt that counts towards a lockout. `subject` says whose: see accounts.limits."""

    scope = models.CharField(max_length=10, choices=Scope.choices)
    subject = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["scope", "subject", "at"], name="attempt_recent"),
            models.Index(fields=["at"], name="attempt_at"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} attempt {self.pk}"


class LockoutQuerySet(models.QuerySet["Lockout"]):
    def counting(self) -> "LockoutQuerySet":
        """Since the last success, reset or unlock: each makes the next one longer."""
        return self.filter(ended_at=None)

    def in_force(self) -> "LockoutQuerySet":
        return self.counting().filter(until__gt=timezone.now())


class Lockout(models.Model):
    """Too many attempts at one account, at one name that no account has, or from one address."""

    scope = models.CharField(_("what"), max_length=10, choices=Scope.choices)
    subject = models.CharField(max_length=80)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="lockouts",
        verbose_name=_("account"),
    )
    address = models.GenericIPAddressField(_("from address"), null=True)
    started_at = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unlocked by")
    )

    objects: ClassVar[Any] = LockoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("lockout")
        verbose_name_plural = _("lockouts")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject", "scope"], condition=models.Q(ended_at=None), name="lockout_counting"),
            models.Index(models.F("started_at").desc(), name="lockout_newest"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="lockout_scope_known")
        ]

    def __str__(self) -> str:
        return f"Lockout {self.pk}"

    @property
    def is_in_force(self) -> bool:
        return self.ended_at is None and self.until > timezone.now()


class KeptForm(models.Model):
    """What somebody had typed when their session ended, sealed, until they have signed in again."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=300)
    sealed = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "path"], name="kept_form_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="kept_form_at")]

    def __str__(self) -> str:
        return f"Kept form {self.pk}"
