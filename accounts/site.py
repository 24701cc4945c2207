"""Django admin for administrators of the clinic: accounts, teams and reference data. Never a patient or a chart.

The role decides, neither superuser status nor Django's model permissions.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

BIGGEST_KEY = 2**63 - 1
LOOKUPS = ("__exact", "__id__exact", "__isnull")
# view_on_site leads from any content type and key to the object's page: nothing here has one.
LEFT_OUT = frozenset({"view_on_site"})


def may_administer(request: HttpRequest) -> bool:
    """Whether an approved, active administrator asks."""
    return getattr(request.user, "is_administrator", False)


class ClinicAdminSite(admin.AdminSite):
    site_title = _("OT Tracker administration")
    site_header = _("OT Tracker administration")
    index_title = _("Accounts, teams and reference data")

    def has_permission(self, request: HttpRequest) -> bool:
        return may_administer(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        waiting = get_user_model().objects.awaiting_approval().count()
        return super().index(request, {**(extra_context or {}), "waiting": waiting})

    def get_urls(self) -> list[URLPattern | URLResolver]:
        patterns = [found for found in super().get_urls() if getattr(found, "name", "") not in LEFT_OUT]
        _use_our_sign_in(patterns)
        return patterns

    # Signing in and out and changing a password have one place on this site, and it is not here.

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("show_account")


def _use_our_sign_in(patterns: Sequence[Any]) -> None:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            _use_our_sign_in(pattern.url_patterns)
        else:
            # LoginRequiredMiddleware would send people to the admin's own sign-in page.
            vars(pattern.callback).pop("login_url", None)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(BIGGEST_KEY)) and int(text) <= BIGGEST_KEY


class RoleAdmin(admin.ModelAdmin):
    """For every model in the admin: what an administrator may do, and answers to requests that nobody's page made."""

    may_add = True
    may_change = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_administer(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_administer(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add and may_administer(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_change and may_administer(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not all(_is_key(text) for text in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("keys that no row has")
        response: HttpResponse = super().changelist_view(request, extra_context)
        return response

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """What the filters beside the list ask, and no other question that an address could put to the database."""
        filters: list[Any] = list(self.list_filter)
        names = {f"{name}{ending}" for name in filters for ending in LOOKUPS if isinstance(name, str)}
        return lookup in names | {getattr(item, "parameter_name", "") for item in filters}

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            response = super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            # Refused by a service after the form had passed: something changed in between.
            for message in error.messages:
                self.message_user(request, message, "ERROR")
            return redirect(request.get_full_path())
        if (getattr(response, "context_data", None) or {}).get("errors"):
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response
