"""How the accounts package works here: what it may do, what it says, what it leaves in the audit trail."""

import unicodedata
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts import limits, services
from audit.api import client_address, record_event

_MISMATCH = _("No account has this username or email with this password. Check both.")


class AccountAdapter(DefaultAccountAdapter):
    """Every account starts unapproved; an administrator sets role and team and lets it in.

    User.email is the only address: the package's own table of addresses stays empty (accounts.forms.SignUpForm), so
    that a former address opens nothing.
    """

    # The same words whether the account or the password is wrong, and whichever way it was named.
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again or reset your password."),
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
        limits.forget(user.username, user.email)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """In one spelling, so that two usernames that look alike are alike."""
        return str(super().clean_username(unicodedata.normalize("NFKC", username), shallow=shallow))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        record_event("account.signed_in", by=user, target=user, request=request)
        return response

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        record_event("account.signed_out", by=user, target=user, request=request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if limits.is_exceeded(request, credentials.get("username", "")):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        limits.count_failure(request, credentials.get("username", ""))
        # Not what was typed: people type their password into the first field.
        record_event("account.sign_in_refused", by=None, request=request)

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
