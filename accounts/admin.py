"""Accounts and teams in Django admin: every write is a service, so that the rules and the audit trail hold here too."""

import datetime as dt
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from accounts import limits, reauth, second_factor, services
from accounts.admin_forms import AccountForm, NewAccountForm, SetPasswordForm, TeamForm
from accounts.models import Lockout, Team, User
from accounts.site import RoleAdmin
from ui import dates

# Rights on patients come from care teams and lead groups alone: nobody hands out groups or permissions here.
# Email addresses are User.email; the package's own table stays empty.
for hidden in (Group, EmailAddress, Authenticator):
    if admin.site.is_registered(hidden):
        admin.site.unregister(hidden)


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Awaiting approval")), ("in", _("Approved")), ("off", _("Switched off"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "waiting":
                return queryset.awaiting_approval()
            case "in":
                return queryset.approved()
            case "off":
                return queryset.filter(is_active=False)
        return queryset


@admin.register(User)
class UserAdmin(RoleAdmin, DjangoUserAdmin):
    form = AccountForm
    add_form = NewAccountForm
    add_form_template = "admin/change_form.html"
    fieldsets = (
        (_("Who this is"), {"fields": ("username", "display_name", "credentials", "email", "password_link")}),
        (_("Role and team"), {"fields": ("role", "team", "caseload")}),
        (_("State"), {"fields": ("is_active", "approve", "approved", "signed_in", "joined")}),
        (_("Getting in"), {"fields": ("factor", "locked")}),
    )
    add_fieldsets = (
        (_("Who this is"), {"fields": ("username", "display_name", "credentials", "email")}),
        (_("Role and team"), {"fields": ("role", "team")}),
        (_("First password"), {"fields": ("password1", "password2")}),
    )
    readonly_fields = ("password_link", "caseload", "approved", "signed_in", "joined", "factor", "locked")
    list_display = ("display_name", "username", "credentials", "role", "team", "state", "signed_in")
    list_filter = (StateFilter, "role", "team")
    list_select_related = ("team",)
    list_per_page = 50
    search_fields = ("username", "display_name", "email")
    search_help_text = _("Name, username or email")
    ordering = ("display_name", "pk")
    filter_horizontal = ()
    actions = ("approve", "deactivate", "reactivate", "reset_second_factor")

    @admin.display(description=_("state"))
    def state(self, user: User) -> Any:
        return _state(user)

    @admin.display(description=_("password"))
    def password_link(self, user: User) -> str:
        return format_html('<a href="../password/">{}</a>', _now("Set a new password"))

    @admin.display(description=_("approved"))
    def approved(self, user: User) -> str:
        if user.approved_at is None:
            return _now("Not yet")
        by = user.approved_by.name if user.approved_by else _now("the command line")
        return _now("%(when)s by %(name)s") % {"when": _moment(user.approved_at), "name": by}

    @admin.display(description=_("last sign-in"), ordering="last_login")
    def signed_in(self, user: User) -> str:
        return _moment(user.last_login) or _now("Never")

    @admin.display(description=_("account made"))
    def joined(self, user: User) -> str | None:
        return _moment(user.date_joined)

    @admin.display(description=_("second factor"))
    def factor(self, user: User) -> str:
        if second_factor.has_one(user):
            return _now("Set up")
        return _now("Not yet; the role needs one") if second_factor.is_required(user) else _now("None")

    @admin.display(description=_("locked"))
    def locked(self, user: User) -> str:
        """Too many attempts: until when. Unlock under Lockouts."""
        found = user.lockouts.in_force().order_by("-until").first()
        return _until(found) if found else _now("No")

    @admin.display(description=_("caseload"))
    def caseload(self, user: User) -> str:
        """How many, never whom."""
        count = _caseload_size(user)
        return ngettext("%(count)d patient under treatment", "%(count)d patients under treatment", count) % {
            "count": count
        }

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        found = super().get_fieldsets(request, obj)
        if obj is None or obj.approved_at is None:
            return found
        return [(name, {"fields": tuple(f for f in block["fields"] if f != "approve")}) for name, block in found]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    # Saving.

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        by: Any = request.user
        data = form.cleaned_data
        fields = {name: data[name] for name in services.EDITABLE if name in data}
        if not change:
            obj.pk = services.create_account(**fields, password=data["password1"], by=by).pk
            obj.refresh_from_db()
            return
        if {"role", "team"} & set(form.changed_data):
            self._warn_of_caseload(request, obj)
        services.change_account(account=obj, changes=fields, by=by)
        if "is_active" in form.changed_data:
            switch = services.reactivate_account if data["is_active"] else services.deactivate_account
            switch(account=obj, by=by)
            if not data["is_active"]:
                self._warn_of_caseload(request, obj)
        if data.get("approve"):
            services.approve_account(account=obj, by=by)
        elif obj.approved_at is None:
            self.message_user(request, _now("This account still waits: tick Approve to let this person in."), "WARNING")

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        # Roles and addresses are keys as well. A form may take as long as a session may idle.
        forms = 2 if request.method == "POST" else 1
        if not reauth.is_recent(request, max_age=forms * settings.OT_IDLE_SECONDS):
            return reauth.ask(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: an account has no related rows of its own, and groups follow from role and team."""

    @method_decorator(sensitive_post_parameters())
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Django's view of this name, with our service behind it."""
        if not reauth.is_recent(request):
            return reauth.ask(request)
        account: User | None = self.get_object(request, unquote(id))
        by: Any = request.user
        if account is None:
            raise Http404
        form = SetPasswordForm(account, request.POST or None)
        if form.is_valid():
            services.set_password(account=account, password=form.cleaned_data["password1"], by=by)
            self.log_change(request, account, [{"changed": {"fields": ["password"]}}])
            self.message_user(request, _now("The password is set."), messages.SUCCESS)
            if account.pk == by.pk:
                update_session_auth_hash(request, account)
            return redirect("admin:accounts_user_change", account.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _now("Set a password for %(name)s") % {"name": account.name},
            "opts": self.opts,
            "original": account,
            "form": form,
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
        return TemplateResponse(request, "admin/accounts/user/set_password.html", context, status=status)

    def _warn_of_caseload(self, request: HttpRequest, user: User) -> None:
        if count := _caseload_size(user):
            text = ngettext(
                "%(name)s is still the primary therapist of %(count)d patient. The team's lead hands the chart over.",
                "%(name)s is still the primary therapist of %(count)d patients. The team's lead hands the charts over.",
                count,
            )
            self.message_user(request, text % {"name": user.name, "count": count}, messages.WARNING)

    # Bulk actions.

    @admin.action(description=_("Approve the selected accounts"))
    def approve(self, request: HttpRequest, queryset: Any) -> None:
        done = self._for_each(request, queryset, services.approve_account, "Approved")
        text = ngettext("%(count)d account is approved.", "%(count)d accounts are approved.", done)
        self._say(request, text, done)

    @admin.action(description=_("Switch the selected accounts off"))
    def deactivate(self, request: HttpRequest, queryset: Any) -> None:
        def switch_off(account: User, by: User) -> None:
            services.deactivate_account(account=account, by=by)
            self._warn_of_caseload(request, account)

        done = self._for_each(request, queryset, switch_off, "Switched off")
        text = ngettext(
            "%(count)d account is switched off. Its sessions have ended.",
            "%(count)d accounts are switched off. Their sessions have ended.",
            done,
        )
        self._say(request, text, done)

    @admin.action(description=_("Switch the selected accounts on again"))
    def reactivate(self, request: HttpRequest, queryset: Any) -> None:
        done = self._for_each(request, queryset, services.reactivate_account, "Switched on")
        text = ngettext("%(count)d account is switched on.", "%(count)d accounts are switched on.", done)
        self._say(request, text, done)

    @admin.action(description=_("Reset the second factor of the selected accounts"))
    def reset_second_factor(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        if not reauth.is_recent(request):
            return reauth.ask(request)
        by: Any = request.user
        done = sum(second_factor.reset(account=account, by=by) for account in queryset.order_by("pk"))
        for account in queryset:
            self.log_change(request, account, "Reset the second factor")
        text = ngettext(
            "%(count)d account sets up a new second factor. Its sessions have ended.",
            "%(count)d accounts set up a new second factor. Their sessions have ended.",
            done,
        )
        self._say(request, text, done)
        return None

    def _for_each(self, request: HttpRequest, accounts: QuerySet[User], service: Callable[..., Any], note: str) -> int:
        """Do it to each account, say of whom it was refused and why, and count the rest."""
        done = 0
        for account in accounts.order_by("pk"):
            try:
                with transaction.atomic():
                    service(account=account, by=request.user)
            except ValidationError as error:
                self.message_user(request, f"{account.label}: {' '.join(error.messages)}", messages.ERROR)
            else:
                self.log_change(request, account, note)
                done += 1
        return done

    def _say(self, request: HttpRequest, text: str, done: int) -> None:
        if done:
            self.message_user(request, text % {"count": done}, messages.SUCCESS)


def _state(user: User) -> Any:
    if not user.is_active:
        return _("Switched off")
    return _("Approved") if user.approved_at else _("Awaiting approval")


def _moment(when: dt.datetime | None) -> str | None:
    return f"{dates.show_date(when)} {dates.show_time(when)}" if when else None


def _until(lockout: Lockout) -> str:
    if lockout.until - lockout.started_at >= limits.FOR_EVER:
        return _now("Until somebody unlocks it")
    return _now("Until %(when)s") % {"when": _moment(lockout.until)}


def _caseload_size(user: User) -> int:
    # By name: patients imports accounts, never the other way.
    patients = apps.get_model("patients", "Patient").objects
    return int(patients.of_therapist(user).open_charts().count())


class MemberInline(admin.TabularInline):
    model = User
    fields = readonly_fields = ("username", "role", "state")
    extra = 0
    can_delete = False
    show_change_link = True
    verbose_name_plural = _("members (change the team on the member's own page)")

    @admin.display(description=_("state"))
    def state(self, user: User) -> Any:
        return _state(user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Team)
class TeamAdmin(RoleAdmin):
    form = TeamForm
    list_display = ("name", "is_active", "leads", "member_count")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name",)
    inlines = (MemberInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        approved = Q(members__is_active=True, members__approved_at__isnull=False)
        counted = Count("members", filter=approved, distinct=True)
        return super().get_queryset(request).annotate(approved_members=counted).prefetch_related("lead_group__user_set")

    @admin.display(description=_("leads"))
    def leads(self, team: Team) -> str:
        return ", ".join(user.name for user in team.lead_group.user_set.all()) or _now("None")

    @admin.display(description=_("approved members"), ordering="approved_members")
    def member_count(self, team: Any) -> int:
        return int(team.approved_members)

    def get_fields(self, request: HttpRequest, obj: Team | None = None) -> tuple[str, ...]:
        return ("name", "is_active", "further_leads") if obj else ("name",)

    def get_inlines(self, request: HttpRequest, obj: Team | None = None) -> Any:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        by: Any = request.user
        data = form.cleaned_data
        if not change:
            obj.pk = services.create_team(name=data["name"], by=by).pk
            obj.refresh_from_db()
            return
        services.change_team(team=obj, name=data["name"], is_active=data["is_active"], by=by)
        services.set_further_leads(team=obj, leads=data["further_leads"], by=by)
        if not any(lead.is_approved for lead in obj.lead_group.user_set.all()):
            self.message_user(request, _now("This team has no lead: nobody can hand its patients over."), "WARNING")


class LockoutFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("In force")), ("over", _("Over"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "now":
                return queryset.in_force()
            case "over":
                return queryset.exclude(pk__in=Lockout.objects.in_force().values("pk"))
        return queryset


@admin.register(Lockout)
class LockoutAdmin(RoleAdmin):
    """Who or what is locked after too many attempts. Nothing to change here but to unlock."""

    may_add = False
    may_change = False
    list_display = ("whose", "scope", "address", "started_at", "lasts", "ended_by")
    list_filter = (LockoutFilter, "scope")
    list_select_related = ("account", "ended_by")
    list_display_links = None
    list_per_page = 50
    search_fields = ("account__username", "account__display_name", "address")
    search_help_text = _("Name, username or address")
    ordering = ("-started_at", "-pk")
    actions = ("unlock",)

    @admin.display(description=_("whose"))
    def whose(self, lockout: Lockout) -> str:
        if lockout.account:
            return lockout.account.label
        return _now("Everybody at this address") if lockout.subject.startswith("address:") else _now("No such account")

    @admin.display(description=_("until"))
    def lasts(self, lockout: Lockout) -> str:
        return _until(lockout) if lockout.is_in_force else _now("Over")

    @admin.action(description=_("Unlock"))
    def unlock(self, request: HttpRequest, queryset: Any) -> None:
        by: Any = request.user
        for lockout in queryset.order_by("pk"):
            limits.unlock(lockout=lockout, by=by)
            self.log_change(request, lockout, "Unlocked")
        self.message_user(request, _now("Unlocked."), messages.SUCCESS)
