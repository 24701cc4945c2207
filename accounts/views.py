"""Where everybody starts, and one's own account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.access import account_view
from accounts.forms import PreferencesForm
from accounts.http import StaffRequest
from accounts.roles import Role
from ui.http import form_page

# By name: the apps behind these pages import accounts, never the other way.
LANDING: dict[str, str] = {
    Role.LEAD: "dashboards:show_dashboard",
    Role.THERAPIST: "patients:list_caseload",
    Role.ASSISTANT: "patients:list_caseload",
    Role.OBSERVER: "patients:list_caseload",
    Role.AUDITOR: "audit:list_status_history",
    Role.ADMIN: "admin:index",
}


@require_safe
@account_view
def home(request: StaffRequest) -> HttpResponse:
    """On to the page that this role starts with."""
    if not request.user.is_approved:
        return redirect("awaiting_approval")
    return redirect(LANDING[request.user.role])


@require_safe
@account_view
def awaiting_approval(request: HttpRequest) -> HttpResponse:
    """The only page of an account that nobody has approved yet, besides its own settings."""
    if request.user.is_approved:  # type: ignore[union-attr]
        return redirect("home")
    return render(request, "accounts/awaiting_approval.html")


@require_http_methods(["GET", "HEAD", "POST"])
@account_view
def show_account(request: StaffRequest) -> HttpResponse:
    """One's own details as others see them, and what one may choose oneself."""
    user = request.user
    chosen = {"theme": user.theme, "has_shortcuts": user.has_shortcuts}
    form = PreferencesForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        services.change_preferences(
            account=user, theme=form.cleaned_data["theme"], has_shortcuts=form.cleaned_data["has_shortcuts"]
        )
        messages.success(request, _("Your settings are saved."))
        return redirect("show_account")
    return form_page(request, "accounts/show_account.html", {"form": form, "team": user.team})
