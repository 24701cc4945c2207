"""How views answer after a form: rejected forms are 422, saved ones lead back to where the person was."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, an empty form included; None for a page that is only asked for."""
    return request.POST if request.method == "POST" else None


def form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a form, 422 when `context["form"]` was rejected. Everything typed is in the form again."""
    return render(request, template, context, status=422 if context["form"].errors else 200)


def place(request: HttpRequest, default: str) -> str:
    """Where the person was: `next` in the form or the address if it is a path of this site, or `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return default


def saved(request: HttpRequest, default: str) -> HttpResponse:
    """Back to where the person was. From a dialog the page below is reloaded, which keeps its scroll position."""
    return lead_to(request, place(request, default))


def lead_to(request: HttpRequest, target: str) -> HttpResponse:
    """To this page, wherever the person was; out of a dialog too."""
    if not getattr(request, "htmx", False):
        return redirect(target)
    if request.htmx.current_url_abs_path == target:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return HttpResponseClientRedirect(target)
