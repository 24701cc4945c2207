"""Forms of the entrance: sign-in, sign-up, passwords; and of one's own settings.

What sign-up gives away: that a username or an email is taken, since people choose them and sign in at once. Whoever
minds can fill in a form a few times a minute (ACCOUNT_RATE_LIMITS) and learns that somebody works here. Sign-in and
password reset answer alike for accounts that exist and that do not.
"""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth import password_validation
from django.core.validators import MaxLengthValidator
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts import passwords
from accounts.models import Theme, User
from ui.forms import BaseForm


def _hint() -> str:
    text = _("%(count)d characters or more, spaces and all. Four or five unrelated words work well. Not your name.")
    return text % {"count": passwords.shortest()}


PASSWORD_HINT = lazy(_hint, str)()


# What to do about a field that was left empty.
MISSING = {
    "login": _("Enter your username or email"),
    "password": _("Enter your password"),
    "display_name": _("Enter your name"),
    "email": _("Enter your work email"),
    "username": _("Enter a username"),
    "oldpassword": _("Enter your current password"),
    "password1": _("Enter a password"),
    "password2": _("Enter the password again"),
}


class DressedForm(forms.Form):
    """Our classes on the controls of the package's forms; labels and hints instead of placeholders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.error_messages["required"] = MISSING.get(name, field.error_messages["required"])
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "input"


class SignInForm(DressedForm, allauth.LoginForm):
    """Username or email, and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or email")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autocapitalize": "none", "maxlength": 254}
        self.fields["password"].help_text = _("You can paste from a password manager.")

    def user_credentials(self) -> dict[str, Any]:
        # The backend takes a username for an email as well. Naming both, as the package does, would check the
        # password of an existing account twice: the time that takes would tell that it exists.
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class SignUpForm(DressedForm, allauth.SignupForm):
    """An account that waits for approval."""

    display_name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        help_text=_("As colleagues should see it on notes."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    credentials = forms.CharField(
        label=_("Credentials"),
        max_length=60,
        required=False,
        help_text=User._meta.get_field("credentials").help_text,
        widget=forms.TextInput(attrs={"autocomplete": "honorific-suffix"}),
    )
    field_order = ("display_name", "credentials", "email", "username", "password1", "password2")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Work email")
        # The package would cut a longer one short.
        self.fields["email"].validators.append(MaxLengthValidator(254))
        self.fields["username"].help_text = _("Letters, digits and . + - _")
        self.fields["username"].widget.attrs["autocapitalize"] = "none"
        self.fields["password1"].help_text = PASSWORD_HINT

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        # The package compares the password with username and email; the name is ours.
        if data.get("password1") and "password1" not in self.errors:
            person = User(**{name: data.get(name, "") for name in ("username", "email", "display_name")})
            try:
                password_validation.validate_password(data["password1"], person)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data

    def save(self, request: Any) -> User:
        # Without the package's row of the address in its own table: User.email is the only one.
        adapter = get_adapter()
        user: User = adapter.save_user(request, adapter.new_user(request), self)
        return user


class ResetPasswordForm(DressedForm, allauth.ResetPasswordForm):
    """Where to send the link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Work email")


class _NewPassword(DressedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = PASSWORD_HINT
        self.fields["password2"].label = _("New password again")


class ReauthenticateForm(DressedForm, allauth.ReauthenticateForm):
    """The password again, before a sensitive act."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):
    """The current password, and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""

    def clean_oldpassword(self) -> str:
        # Within the limits of signing in: whoever finds a session open does not get to guess here.
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class ResetPasswordKeyForm(_NewPassword, allauth.ResetPasswordKeyForm):
    """A new password twice, after following the link."""


class UserTokenForm(allauth.UserTokenForm):
    """The link of an e-mail: works for accounts that are switched on."""

    def _get_user(self, uidb36: str | None) -> User | None:
        user: User | None = super()._get_user(uidb36)
        return user if user and user.is_active else None


class PreferencesForm(BaseForm):
    """How the site looks and what keys do, for one person."""

    theme = forms.ChoiceField(
        label=_("Colours"), choices=Theme.choices, required=False, widget=forms.RadioSelect, initial=Theme.DEVICE
    )
    has_shortcuts = forms.BooleanField(
        label=_("Keyboard shortcuts"),
        required=False,
        help_text=_("In a chart, n writes a note, s records a score, e checks equipment out; / finds a patient."),
    )
