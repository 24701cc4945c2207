"""Where everybody starts, and one's own account."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import kept, reauth, services
from accounts.access import account_view, public_view
from accounts.forms import PreferencesForm
from accounts.http import StaffRequest
from accounts.roles import Role
from ui.http import form_page, place

# By name: the apps behind these pages import accounts, never the other way.
LANDING: dict[str, str] = {
    Role.LEAD: "dashboards:show_dashboard",
    Role.THERAPIST: "patients:list_caseload",
    Role.ASSISTANT: "patients:list_caseload",
    Role.OBSERVER: "patients:list_caseload",
    Role.AUDITOR: "audit:list_events",
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


@require_safe
@account_view
def list_sessions(request: StaffRequest) -> HttpResponse:
    """Where one is signed in."""
    return render(request, "accounts/list_sessions.html", {"sessions": services.list_sessions(request, request.user)})


@require_POST
@account_view
@reauth.recently_authenticated()
def end_sessions(request: StaffRequest) -> HttpResponse:
    """Sign out one other session, or all others where none is named."""
    count = services.end_sessions(request, request.user, key=request.POST.get("session", ""))
    text = ngettext("%(count)d other session is signed out.", "%(count)d other sessions are signed out.", count)
    messages.success(request, text % {"count": count})
    return redirect("list_sessions")


@require_safe
@public_view
def show_time_left(request: HttpRequest) -> HttpResponse:
    """How many seconds this session still has, for the warning before its end. Asking does not make them more."""
    left = request.session.seconds_left() if request.user.is_authenticated else 0  # type: ignore[attr-defined]
    return HttpResponse(status=204, headers={"X-Seconds-Left": str(left)})


@require_POST
@public_view
def keep_form(request: HttpRequest) -> HttpResponse:
    """Keep what is typed in a form as the session ends, for the account whose session it is or just was."""
    owner = services.owner_of_browser(request)
    if owner is None:
        raise PermissionDenied
    kept.keep(request, owner, path=request.POST.get("kept_path", ""))
    return HttpResponse(status=204)


@require_POST
@account_view
def discard_kept(request: StaffRequest) -> HttpResponse:
    """Throw away what was kept of a form."""
    path = request.POST.get("path", "")
    kept.drop(request, path)
    return redirect(place(request, "home"))
