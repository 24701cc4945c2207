"""Pages of the second factor, and the ones that ask again who this is. The accounts package does the work."""

from http import HTTPStatus
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import reauth, second_factor
from accounts.entrance import RejectedIs422
from accounts.qr import as_path
from audit.api import record_event


class Authenticate(RejectedIs422, base.AuthenticateView):
    """After the password: a code or a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        user = self.stage.login.user
        second_factor.shown(self.request, user, kind=_kind(form))
        response: HttpResponse = super().form_valid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        types = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | {"has_key": Authenticator.Type.WEBAUTHN in types, "has_code": types - {"webauthn"}}


class _Again(RejectedIs422):
    """Asks again who this is."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            self._note(form)
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return response

    def _note(self, form: Any) -> None:
        user: Any = self.request.user
        second_factor.shown(self.request, user, kind=_kind(form), again=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        found.setdefault("reauthentication_alternatives", self.get_reauthentication_alternatives())  # type: ignore[attr-defined]
        return found


class Reauthenticate(_Again, account.ReauthenticateView):
    """By password."""

    def _note(self, form: Any) -> None:
        user = self.request.user
        record_event(
            "account.reauthenticated", by=user, target=user, request=self.request, details={"with": "password"}
        )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Where the second factor is due, a password does not stand in for it.
        user: Any = request.user
        if user.is_authenticated and second_factor.is_withheld(request, user):
            return show_it_first(request, self.get_next_url())
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class ReauthenticateByCode(_Again, base.ReauthenticateView):
    pass


class ReauthenticateByKey(_Again, webauthn.ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = self.render_to_response(
            self.get_context_data(form=form), status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | kwargs


class _Own:
    """One's own second factor: only after showing the one that there is, and for changes only shortly after."""

    is_sensitive = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if user.is_authenticated and second_factor.is_withheld(request, user):
            return show_it_first(request, request.path)
        # Before the package asks, which would put what was posted into the session and do it later by itself.
        if user.is_authenticated and self.is_sensitive and not reauth.is_recent(request):
            return reauth.ask(request)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class Overview(_Own, base.IndexView):
    """What this account has."""

    is_sensitive = False
    http_method_names = ("get", "head", "options")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        found: dict[str, Any] = super().get_context_data(**kwargs)
        codes = found["authenticators"].get(Authenticator.Type.RECOVERY_CODES)
        is_required = second_factor.is_required(user)
        return found | {
            "is_required": is_required,
            "is_missing": is_required and not found["is_mfa_enabled"],
            "has_one": found["is_mfa_enabled"],
            "codes_left": len(codes.get_unused_codes()) if codes else 0,
        }


class ActivateApp(_Own, RejectedIs422, totp.ActivateTOTPView):
    """Set up an authenticator app."""

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            second_factor.added(self.request, user, kind="app")
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        secret = found["form"].secret
        groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
        return found | {"qr": as_path(found["totp_url"]), "secret": " ".join(groups), "back": reverse("mfa_index")}


class RemoveApp(_Own, RejectedIs422, totp.DeactivateTOTPView):
    """Take the authenticator app away."""

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            second_factor.removed(self.request, user, kind="app")
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"back": reverse("mfa_index")}


class AddKey(_Own, RejectedIs422, webauthn.AddWebAuthnView):
    """Set up a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            second_factor.added(self.request, user, kind="passkey")
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | {"form": kwargs.get("form") or self.get_form(), "back": reverse("mfa_index")}


class RemoveKey(_Own, webauthn.RemoveWebAuthnView):
    """Take a passkey away."""

    http_method_names = ("get", "head", "post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user: Any = request.user
        if not second_factor.may_remove(user, self.get_object()):
            messages.error(request, _("Your role needs a second factor: add another one before you remove this one."))
            return redirect("mfa_index")
        with transaction.atomic():
            response: HttpResponse = super().post(request, *args, **kwargs)
            second_factor.removed(request, user, kind="passkey")
        return response

    def get_success_url(self) -> str:
        return reverse("mfa_index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"back": reverse("mfa_index")}


class ShowRecoveryCodes(_Own, recovery.ViewRecoveryCodesView):
    """The recovery codes: once, right after they were made."""

    http_method_names = ("get", "options")  # not HEAD, which would use up the one time

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        found = super().get_context_data(**kwargs)
        if found["can_view_codes"]:
            record_event("account.recovery_codes_viewed", by=user, target=user, request=self.request)
        return found


class MakeRecoveryCodes(_Own, RejectedIs422, recovery.GenerateRecoveryCodesView):
    """New recovery codes; the old ones stop working."""

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            record_event("account.recovery_codes_made", by=user, target=user, request=self.request)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"back": reverse("mfa_index")}


def show_it_first(request: HttpRequest, then: str | None) -> HttpResponse:
    """On to the page that asks for the second factor which the account has, and from there on to `then`."""
    user: Any = request.user
    page = "mfa_reauthenticate" if second_factor.has_app(user) else "mfa_reauthenticate_webauthn"
    return redirect(f"{reverse(page)}?{urlencode({'next': then or reverse('home')})}")


def _kind(form: Any) -> str:
    if "credential" in form.fields:
        return "passkey"
    return "recovery code" if form.authenticator.type == Authenticator.Type.RECOVERY_CODES else "app"


# The public one comes after the password and before the session: the stage of the sign-in says for whom.
authenticate = Authenticate.as_view()
reauthenticate = Reauthenticate.as_view()
reauthenticate_by_code = ReauthenticateByCode.as_view()
reauthenticate_by_key = ReauthenticateByKey.as_view()
show_overview = Overview.as_view()
activate_app = ActivateApp.as_view()
remove_app = RemoveApp.as_view()
add_key = AddKey.as_view()
remove_key = RemoveKey.as_view()
show_recovery_codes = ShowRecoveryCodes.as_view()
make_recovery_codes = MakeRecoveryCodes.as_view()
