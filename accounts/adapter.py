"""How the accounts package works here: what it may do, what it says, what it leaves in the audit trail."""

import logging
import smtplib
import unicodedata
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import kept, lapses, limits, sealing, second_factor, services
from accounts.browsers import describe
from accounts.entries import Scope
from accounts.sessions import STANDING, standing
from audit.api import client_address, record_event

logger = logging.getLogger(__name__)

_MISMATCH = _("No account has this username or email with this password. Check both.")


NOTICES = {
    "totp_activated": _("An authenticator app was added."),
    "totp_deactivated": _("The authenticator app was removed."),
    "webauthn_added": _("A passkey was added."),
    "webauthn_removed": _("A passkey was removed."),
    "recovery_codes_generated": _("New recovery codes were made; the earlier ones no longer work."),
    "password_changed": _("The password was changed."),
    "password_reset": _("The password was set anew, through a link sent to this address."),
}


class AccountAdapter(DefaultAccountAdapter):
    """Every account starts unapproved; an administrator sets role and team and lets it in.

    User.email is the only address: the package's own table of addresses stays empty (accounts.forms.SignUpForm), so
    that a former address opens nothing.
    """

    # The same words whether the account or the password is wrong, and whichever way it was named.
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "too_many_login_attempts": _("Too many attempts. Wait five minutes or more, or reset your password."),
        "incorrect_password": _("This is not your password"),
        "enter_current_password": _("This is not your current password"),
        "username_taken": _("This username is taken"),
        "username_blacklisted": _("This username is taken"),
        "email_taken": _("An account has this email already"),
    }

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Sign-up, through the service that everything else uses."""
        data = form.cleaned_data
        return services.sign_up(
            username=data["username"],
            email=data["email"],
            display_name=data["display_name"],
            credentials=data["credentials"],
            password=data["password1"],
        )

    def set_password(self, user: Any, password: str) -> None:
        """Change by a person who is signed in, or reset by a link from an e-mail."""
        event = "account.password_changed" if self.request.user.is_authenticated else "account.password_reset"
        services.set_password(account=user, password=password, by=user, event=event)
        limits.forget(user, by=user)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """In one spelling, so that two usernames that look alike are alike."""
        return str(super().clean_username(unicodedata.normalize("NFKC", username), shallow=shallow))

    def login(self, request: HttpRequest, user: Any) -> None:
        """Start the session: under a new key, whoever was here before."""
        if not user.is_active:  # switched off between the password and the second factor
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        before = request.session.session_key
        browser = client_address(request), request.headers.get("User-Agent", "")[:300]
        request.session.browser = browser  # type: ignore[attr-defined]
        super().login(request, user)
        if request.session.session_key == before:
            request.session.cycle_key()  # Django keeps the key when somebody signs in over their own session
        request.session[STANDING] = standing(user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        owner = request.session.pop(lapses.OWNER, None)
        if owner is not None and owner != user.pk:
            kwargs["redirect_url"] = resolve_url(
                settings.LOGIN_REDIRECT_URL
            )  # not where somebody else was when their session ran out
        kept.remember(request, user)
        second_factor.count_as_fresh(request)
        response = super().post_login(request, user, **kwargs)
        details = {"second_factor": second_factor.is_shown(request, user)}
        record_event("account.signed_in", by=user, target=user, request=request, details=details)
        return response

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        record_event("account.signed_out", by=user, target=user, request=request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Nothing: the package's own limits poll for a lock, and refuse who waits a second for it."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Check a password, at sign-in and before sensitive acts, within the limits."""
        login = credentials.get("username", "")
        try:
            trial = limits.begin(request, Scope.PASSWORD, login=login)
        except limits.TooMany as error:
            target = limits.find(login)
            record_event("account.sign_in_refused", by=None, target=target, request=request, details={"locked": True})
            raise self.validation_error("too_many_login_attempts") from error
        user = super().authenticate(request, **credentials)
        if user is None:
            trial.failed()
            # Not what was typed: people type their password into the first field.
            record_event("account.sign_in_refused", by=None, target=trial.account, request=request)
        else:
            trial.succeeded()
        return user

    def send_notification_mail(self, template_prefix: str, user: Any, context: Any = None, email: Any = None) -> None:
        """Tell the owner of an account what changed about how one gets into it."""
        what = NOTICES.get(template_prefix.rpartition("/")[2])
        if what is not None:
            transaction.on_commit(lambda: self._notify(user, str(what)))

    def _notify(self, user: Any, what: str) -> None:
        try:
            self.send_mail("account/email/security_notice", user.email, {"user": user, "what": what})
        except (OSError, smtplib.SMTPException) as error:
            logger.error("security notice: mail not sent: %s", type(error).__name__)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: every answer is a page, whatever headers ask for."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Whether to send somebody there after signing in: a path of this site and nothing else."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        """For the limits on attempts: the same address that the audit trail has."""
        return client_address(request) or "unknown"

    def format_email_subject(self, subject: str) -> str:
        return str(subject)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets sealed, names of ours, and no way to remove what a role needs."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code was not accepted. Enter the one that is shown now."),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor: add another one before you remove this one."
        ),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def build_totp_svg(self, url: str) -> str:
        return ""  # the page draws it itself (accounts.qr), without a data address

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": settings.OT_CLINIC_NAME}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return super().get_public_key_credential_user_entity(user) | {"name": user.username}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        """What a new passkey is called unless its owner says otherwise: where it was made."""
        return describe(context.request.headers.get("User-Agent", ""))

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return second_factor.may_remove(authenticator.user, authenticator)
