"""Forms of the second factor: codes and passkeys. The accounts package checks them; the limits are ours."""

import hashlib
import logging
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as keys
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import limits, second_factor
from accounts.entries import Scope
from accounts.forms import DressedForm

logger = logging.getLogger(__name__)
LONGEST_CREDENTIAL = 20_000


class CredentialField(forms.JSONField):
    """What the browser says about a passkey. Anybody can send anything here."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > LONGEST_CREDENTIAL:
            raise ValidationError(_INCORRECT)
        try:
            found = super().to_python(value)
        except RecursionError as error:
            raise ValidationError(_INCORRECT) from error
        if found is not None and not isinstance(found, dict):
            raise ValidationError(_INCORRECT)
        return found

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None  # a refused one is of no further use, and not to be read a second time

    def prepare_value(self, value: Any) -> Any:
        return ""


_INCORRECT = _("This passkey was not accepted. Try again.")


def tried(user: Any, kind: str, check: Callable[[], Any]) -> Any:
    """The outcome of a check that counts towards a lockout, and is recorded where it fails."""
    request = context.request
    try:
        trial = limits.begin(request, Scope.CODE, account=user)
    except limits.TooMany as error:
        second_factor.refused(request, user, kind=kind)
        raise get_adapter().validation_error("too_many_login_attempts") from error
    try:
        found = check()
    except ValidationError:
        trial.failed()
        second_factor.refused(request, user, kind=kind)
        raise
    trial.succeeded()
    return found


def use_once(user: Any, code: str) -> None:
    """Refuse a code that was used while it is still good. The package forgets it before a late clock's time is up."""
    digits = "".join(char for char in code if char.isdigit())
    key = hashlib.sha256(f"{user.pk}:{digits}".encode()).hexdigest()
    if not cache.add(f"code:{key}", 1, timeout=(2 * settings.MFA_TOTP_TOLERANCE + 2) * 30):
        raise get_factor_adapter().validation_error("incorrect_code")


class _CodeForm(DressedForm):
    user: Any
    authenticator: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].help_text = _("Six digits from your authenticator app, or one of your recovery codes")
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocapitalize": "none", "maxlength": 20}

    def clean_code(self) -> str:
        def check() -> str:
            code: str = super(_CodeForm, self).clean_code()  # type: ignore[misc]
            if self.authenticator.type == Authenticator.Type.TOTP:
                use_once(self.user, code)
            return code

        return str(tried(self.user, "code", check))


class CodeForm(_CodeForm, codes.AuthenticateForm):
    """After the password, at sign-in."""


class CodeAgainForm(_CodeForm, codes.ReauthenticateForm):
    """Before a sensitive act."""


class _KeyForm(forms.Form):
    user: Any
    credential = CredentialField()

    def clean_credential(self) -> Any:
        def check() -> Any:
            return parsed(super(_KeyForm, self).clean_credential)  # type: ignore[misc]

        return tried(self.user, "passkey", check)


class KeyForm(_KeyForm, keys.AuthenticateWebAuthnForm):
    """After the password, at sign-in."""

    credential = CredentialField()


class KeyAgainForm(_KeyForm, keys.ReauthenticateWebAuthnForm):
    """Before a sensitive act."""

    credential = CredentialField()


class ActivateAppForm(DressedForm, totp.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].help_text = _("The six digits that the app shows now")
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "maxlength": 10}

    def clean_code(self) -> str:
        code: str = super().clean_code()
        use_once(self.user, code)
        return code


class AddKeyForm(DressedForm, keys.AddWebAuthnForm):
    """A new passkey, and what its owner calls it."""

    credential = CredentialField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this passkey")
        self.fields["name"].help_text = _("So that you can tell it from others, for example Ward tablet")
        self.fields["name"].widget.attrs["maxlength"] = 100
        self.fields["name"].max_length = 100  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return str(super().clean_name())[:100]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = parsed(super().clean)
        return found


def parsed(check: Callable[[], Any]) -> Any:
    """What the package makes of a credential. Its parsers raise whatever a made-up one leads them to."""
    try:
        return check()
    except ValidationError:
        raise
    except Exception as error:
        logger.warning("a passkey could not be read: %s", type(error).__name__)
        raise ValidationError(_INCORRECT) from error
