"""Sign-in and sign-up forms."""

from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """Username or email, and a password."""


class SignUpForm(SignupForm):
    """An account that waits for approval."""

    display_name = forms.CharField(label=_("Your name"), max_length=150)
