"""Signing in and out, signing up, passwords: the views of the accounts package that this site uses, and no others.

config/urls.py mounts them under /accounts/ with the gate's mark for the public.
"""

import logging
import smtplib
from http import HTTPStatus
from typing import Any

from allauth.account import views as allauth
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, re_path, reverse
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.entries import Scope
from audit.api import record_event

logger = logging.getLogger(__name__)


class RejectedIs422:
    """A rejected form answers 422, as everywhere on this site."""

    http_method_names = ("get", "head", "post", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # First: several of the package's pages lead elsewhere, or answer, before they look at the method.
        if str(request.method).lower() not in self.http_method_names:
            refused: HttpResponse = self.http_method_not_allowed(request)  # type: ignore[attr-defined]
            return refused
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


class SignIn(RejectedIs422, allauth.LoginView):
    pass


class SignUp(RejectedIs422, allauth.SignupView):
    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                response: HttpResponse = super().form_valid(form)
        except ValidationError as error:
            # Taken since the form was checked.
            form.add_error(None, error)
            return self.form_invalid(form)
        return response


class ResetPassword(RejectedIs422, allauth.PasswordResetView):
    """Sends a mail whether or not the account exists (a link, or word that there is none), and answers the same."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            # Each one counts, also for an address that no account has: there is nothing here to get right.
            trial = limits.begin(self.request, Scope.RESET, login=form.cleaned_data["email"])
            trial.failed()
        except limits.TooMany:
            form.add_error(None, _("Too many attempts. Wait fifteen minutes, then try again."))
            return self.form_invalid(form)
        record_event("account.reset_asked", by=None, target=trial.account, request=self.request)
        try:
            response: HttpResponse = super().form_valid(form)
        except (OSError, smtplib.SMTPException) as error:
            logger.error("password reset: mail not sent: %s", type(error).__name__)
            form.add_error(None, _("The e-mail could not be sent. Try again later, or ask your administrator."))
            response = self.form_invalid(form)
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return response


class ResetPasswordFromKey(RejectedIs422, allauth.PasswordResetFromKeyView):
    pass


class ChangePassword(RejectedIs422, allauth.PasswordChangeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_usable_password():  # type: ignore[union-attr]
            return redirect("account_reset_password")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_default_success_url(self) -> str:
        return reverse("show_account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(back=reverse("show_account"), **kwargs)


class SignOut(allauth.LogoutView):
    """Ends the session, and has the browser forget what it holds of the site (Back shows nothing)."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


sign_in = SignIn.as_view()
sign_up = SignUp.as_view()
sign_out = SignOut.as_view()
show_inactive = allauth.AccountInactiveView.as_view()
reset_password = ResetPassword.as_view()
show_reset_sent = allauth.PasswordResetDoneView.as_view()
reset_password_from_key = ResetPasswordFromKey.as_view()
show_reset_done = allauth.PasswordResetFromKeyDoneView.as_view()
change_password = ChangePassword.as_view()

# The package reverses these names.
urlpatterns = [
    path("login/", sign_in, name="account_login"),
    path("logout/", sign_out, name="account_logout"),
    path("signup/", sign_up, name="account_signup"),
    path("inactive/", show_inactive, name="account_inactive"),
    path("password/reset/", reset_password, name="account_reset_password"),
    path("password/reset/done/", show_reset_sent, name="account_reset_password_done"),
    path("password/reset/key/done/", show_reset_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        reset_password_from_key,
        name="account_reset_password_from_key",
    ),
]
