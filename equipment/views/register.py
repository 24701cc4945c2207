"""The equipment register: every item of the clinic, and where it is as far as the viewer may know."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_view
from accounts.http import StaffRequest
from accounts.roles import CLINICAL, Role
from equipment import forms, services
from equipment.events import item_entries
from equipment.listing import RegisterState, chips
from equipment.models import EquipmentItem, EquipmentLog, register_for
from equipment.querysets import EquipmentItemQuerySet
from equipment.services.store import MOVES
from equipment.views.answers import attempt, form_answer, posted
from patients.searches import keep_search
from ui.http import saved
from ui.paging import Key, older_than

HANDLERS = (Role.THERAPIST, Role.LEAD, Role.ASSISTANT)  # observers read
STAYS_SIZE = 30
EITHER = ["GET", "HEAD", "POST"]


def _item_url(item: EquipmentItem) -> str:
    return reverse("equipment:show_item", kwargs={"item_id": item.pk})


def _done(request: StaffRequest, item: EquipmentItem, message: str) -> HttpResponse:
    messages.success(request, message)
    return saved(request, _item_url(item))


@require_http_methods(EITHER)
@role_view(*CLINICAL, hands=register_for)
def list_items(request: StaffRequest, items: EquipmentItemQuerySet) -> HttpResponse:
    state = RegisterState.read(request.GET)
    if request.method == "POST":  # a search: its text stays out of the address
        return redirect(state.url(s=keep_search(request, request.POST.get("q", ""))))
    text = request.session.get("searches", {}).get(state.s, "")
    found = items.matching(text) if text else items
    page = state.page_of(found, request.user)
    context = {
        "section": "equipment",
        "state": state,
        "text": text,
        "page": page,
        "chips": chips(found, state),
        "is_narrowed": bool(text or state.status),
        "previous_url": state.url(page=str(page.number - 1)) if page.has_previous() else "",
        "next_url": state.url(page=str(page.number + 1)) if page.has_next() else "",
        "may_edit": request.user.role in HANDLERS,
    }
    return render(request, "equipment/list_items.html", context)


@require_safe
@role_view(*CLINICAL, hands=register_for)
def show_item(request: StaffRequest, items: EquipmentItemQuerySet, item_id: int) -> HttpResponse:
    item = get_object_or_404(items.with_holder(request.user).select_related("logged_by"), pk=item_id)
    before = Key.decode(request.GET.get("before"))
    logs = older_than(item.logs.with_people().seen_by(request.user).newest_first(), before, field="checked_out_at")
    stays = list(logs[: STAYS_SIZE + 1])
    last = stays[STAYS_SIZE - 1] if len(stays) > STAYS_SIZE else None
    may_edit = request.user.role in HANDLERS
    context = {
        "section": "equipment",
        "item": item,
        "events": item_entries(stays[:STAYS_SIZE]),
        "before": before,
        "before_key": Key(last.checked_out_at, ("log", last.pk)).encode() if last else "",
        "moves": MOVES[item.status] if may_edit else (),
        "may_edit": may_edit,
        "wrong": [log for log in stays[:STAYS_SIZE] if not log.is_loan and not log.is_voided] if may_edit else [],
    }
    return render(request, "equipment/show_item.html", context)


@require_http_methods(EITHER)
@role_view(*HANDLERS)
def register_item(request: StaffRequest) -> HttpResponse:
    form = forms.RegisterForm(posted(request))
    if form.is_valid():
        data = {**form.cleaned_data}
        item = attempt(form, lambda: services.register_item(by=request.user, **data), viewer=request.user)
        if item:
            return _done(request, item, _("%(serial)s is in the register") % {"serial": item.serial_number})
    context = {"section": "equipment", "form": form, "back": reverse("equipment:list_items")}
    return form_answer(request, "equipment/register_item.html", context)


@require_http_methods(EITHER)
@role_view(*HANDLERS, hands=register_for)
def edit_item(request: StaffRequest, items: EquipmentItemQuerySet, item_id: int) -> HttpResponse:
    item = get_object_or_404(items, pk=item_id)
    names = ("equipment_name", "serial_number", "notes")
    initial = {name: getattr(item, name) for name in (*names, "version")}
    form = forms.EditForm(posted(request), initial=initial)
    if form.is_valid():
        changes = {name: form.cleaned_data[name] for name in names}
        version = form.cleaned_data["version"]
        edited = attempt(
            form,
            lambda: services.edit_item(item=item, version=version, changes=changes, by=request.user),
            viewer=request.user,
        )
        if edited:
            return _done(request, item, _("The changes are saved"))
    differing = [(form[name], getattr(form.conflict, name)) for name in names] if form.conflict else []
    context = {"section": "equipment", "item": item, "form": form, "back": _item_url(item), "differing": differing}
    return form_answer(request, "equipment/edit_item.html", context)


def _move(
    request: StaffRequest,
    items: EquipmentItemQuerySet,
    item_id: int,
    *,
    form_class: type[forms.MomentForm],
    service: Callable[..., EquipmentItem | EquipmentLog],
    heading: Any,
    done: Any,
) -> HttpResponse:
    """One of the ways an item goes that is with no patient."""
    item = get_object_or_404(items, pk=item_id)
    form = form_class(posted(request))
    if form.is_valid():
        data = form.cleaned_data
        moved = attempt(
            form,
            lambda: service(
                item=item, by=request.user, at=data["at"], notes=data["notes"], form_token=data["form_token"]
            ),
            viewer=request.user,
        )
        if moved:
            return _done(request, item, done % {"serial": item.serial_number})
    context = {"section": "equipment", "item": item, "form": form, "back": _item_url(item), "heading": heading}
    return form_answer(request, "equipment/move_item.html", context)


@require_http_methods(EITHER)
@role_view(*HANDLERS, hands=register_for)
def send_to_repair(request: StaffRequest, items: EquipmentItemQuerySet, item_id: int) -> HttpResponse:
    return _move(
        request,
        items,
        item_id,
        form_class=forms.RepairForm,
        service=services.send_to_repair,
        heading=gettext_lazy("Send to repair"),
        done=gettext_lazy("%(serial)s is in repair"),
    )


@require_http_methods(EITHER)
@role_view(*HANDLERS, hands=register_for)
def mark_item_lost(request: StaffRequest, items: EquipmentItemQuerySet, item_id: int) -> HttpResponse:
    return _move(
        request,
        items,
        item_id,
        form_class=forms.LostForm,
        service=services.mark_item_lost,
        heading=gettext_lazy("Mark as lost"),
        done=gettext_lazy("%(serial)s is marked as lost"),
    )


@require_http_methods(EITHER)
@role_view(*HANDLERS, hands=register_for)
def retire_item(request: StaffRequest, items: EquipmentItemQuerySet, item_id: int) -> HttpResponse:
    return _move(
        request,
        items,
        item_id,
        form_class=forms.RetireForm,
        service=services.retire_item,
        heading=gettext_lazy("Retire"),
        done=gettext_lazy("%(serial)s is retired"),
    )


@require_http_methods(EITHER)
@role_view(*HANDLERS, hands=register_for)
def return_to_stock(request: StaffRequest, items: EquipmentItemQuerySet, item_id: int) -> HttpResponse:
    return _move(
        request,
        items,
        item_id,
        form_class=forms.StockForm,
        service=services.return_to_stock,
        heading=gettext_lazy("Back in stock"),
        done=gettext_lazy("%(serial)s is in stock"),
    )


@require_http_methods(EITHER)
@role_view(*HANDLERS, hands=register_for)
def void_item_entry(request: StaffRequest, items: EquipmentItemQuerySet, item_id: int, log_id: int) -> HttpResponse:
    """Only for stays in the store: what happened with a patient is corrected in that patient's chart."""
    item = get_object_or_404(items, pk=item_id)
    log = get_object_or_404(item.logs.in_store().with_people(), pk=log_id)
    form = forms.VoidForm(posted(request), initial={"version": log.version})
    if form.is_valid():
        data = form.cleaned_data
        voided = attempt(
            form,
            lambda: services.void_entry(log=log, by=request.user, version=data["version"], reason=data["reason"]),
            viewer=request.user,
        )
        if voided:
            return _done(request, item, _("The entry is marked as entered in error"))
    context = {"section": "equipment", "item": item, "log": form.conflict or log, "form": form, "back": _item_url(item)}
    return form_answer(request, "equipment/void_item_entry.html", context)
