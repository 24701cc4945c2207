"""THE GATE: the only module that decides who may touch what.

A view carries a mark that one of the decorators below sets; `AccessMiddleware` refuses to call a view without one.
A decorated view is handed what it may touch and has nothing to look up. The gate also records who opened what.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, cast

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.functional import SimpleLazyObject

from accounts.permissions import Perm
from accounts.roles import Role
from audit.api import Relationship, record_event

View = Callable[..., HttpResponse]
SAFE = frozenset({"GET", "HEAD"})


# What an account's role allows at most, whatever rows it holds from an earlier role.
CEILING: dict[str, frozenset[str]] = {
    Role.OBSERVER: frozenset({Perm.VIEW}),
    Role.ASSISTANT: frozenset({Perm.VIEW, Perm.ADD}),
    Role.THERAPIST: frozenset({Perm.VIEW, Perm.ADD, Perm.CHANGE}),
    Role.LEAD: frozenset(Perm),
}


def ceiling(user: Any) -> frozenset[str]:
    """What this account may hold on any chart: nothing unless active, approved, clinical and no superuser."""
    return CEILING.get(user.role, frozenset()) if getattr(user, "is_clinical", False) else frozenset()


@dataclass(frozen=True)
class Access:
    """The mark on a view: who is let through to it."""

    kind: str  # public, account (awaiting approval too), staff, role, caseload, patient
    perm: Perm | None = None
    roles: frozenset[Role] = frozenset(Role)
    is_way_in: bool = False  # open to sessions that still owe a second factor
    only_reads: bool = False  # asked by GET, it runs in no transaction


PUBLIC = Access("public")
ACCOUNT = Access("account")
WAY_IN = Access("account", is_way_in=True)


def _mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    if access.kind == "public":
        view.login_required = False  # type: ignore[attr-defined]
    return view


def public_view(view: View) -> View:
    """For people who are not signed in. Never a page with a patient on it."""
    return _mark(view, PUBLIC)


def account_view(view: View) -> View:
    """For everybody who is signed in, accounts awaiting approval included."""
    return _mark(view, ACCOUNT)


def way_in_view(view: View) -> View:
    """For everybody who is signed in, those included who have yet to set up or show their second factor."""
    return _mark(view, WAY_IN)


def role_view(*roles: Role, hands: Callable[[Any], Any] | None = None) -> Callable[[View], View]:
    """For approved accounts with one of the roles; all roles where none is named. Others get 404.

    `hands(user)` makes what the view is handed as its second argument: an authorised queryset.
    """
    access = Access("role", roles=frozenset(roles or Role))

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            _let_in(request, access.roles)
            with _recording_refusals(request), transaction.atomic():
                response = view(request, hands(request.user), **kwargs) if hands else view(request, **kwargs)
                if hands and _is_shown(response):
                    record_event("list.viewed", by=request.user, request=request)
            return response

        return _mark(guarded, access)

    return decorate


def caseload_view(
    perm: Perm = Perm.VIEW, *, roles: frozenset[Role] = frozenset(Role), only_reads: bool = False
) -> Callable[[View], View]:
    """Hands the view the queryset of patients on which the user holds `perm`: empty for who has none.

    `only_reads`: as for a patient_view.
    """
    access = Access("caseload", perm=Perm(perm), roles=roles, only_reads=only_reads)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            _let_in(request, access.roles)
            # Not before it is asked for: a caseload is read by queries that are made already (ui/prepared.py).
            patients = SimpleLazyObject(lambda: _patients().with_people().permitting(request.user, perm))
            with _recording_refusals(request), _as_one(request, only_reads):
                response = view(request, patients, **kwargs)
                if _is_shown(response):
                    record_event("list.viewed", by=request.user, request=request)
            return response

        return _mark(guarded, access)

    return decorate


def patient_view(perm: Perm, *, only_reads: bool = False) -> Callable[[View], View]:
    """Swaps `patient_id` for an authorised patient.

    An outsider gets 404: that the patient exists does not leak. An insider without the right gets 403.
    Chart opened, written to or refused: one AuditEvent each, in one transaction with what the view did.
    `only_reads`: asked by GET, the view has nothing to undo and records nothing itself, so the event is a transaction
    of its own (tests/test_query_counts.py holds such views to it).
    """
    access = Access("patient", perm=Perm(perm), only_reads=only_reads)  # a mistyped permission fails at import

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *, patient_id: Any, **kwargs: Any) -> HttpResponse:
            child = _child(kwargs)
            held = _patients().held_by(request.user, patient_id)
            if held is None:
                _refuse(request, patient_id=patient_id, details=child)
            patient, perms = cast("tuple[Any, frozenset[str]]", held)
            if perm not in perms:
                _refuse(request, patient=patient, details=child)
            try:
                with _as_one(request, only_reads):
                    if request.method not in SAFE:
                        patient = _ask_again(request, patient, perm)
                    response = view(request, patient, **kwargs)
                    if _is_shown(response):
                        _record_opening(request, patient, response, child)
            except _Outsider:
                _refuse(request, patient_id=patient_id, details=child)
            except PermissionDenied:
                _refuse(request, patient=patient, details=child)
            except Http404:  # something that is not of this chart
                _record_of_chart("chart.refused", request, patient, {"status": 404} | child)
                raise
            return response

        return _mark(guarded, access)

    return decorate


def _as_one(request: HttpRequest, only_reads: bool) -> AbstractContextManager[Any]:
    """A transaction for what the view does and its event; none where the event is all that is written."""
    return contextlib.nullcontext() if only_reads and request.method in SAFE else transaction.atomic()


def _patients() -> Any:
    # By name: patients imports accounts, never the other way.
    return apps.get_model("patients", "Patient").objects


class ChartRefused(Http404):
    """The answer to an outsider, and to who asks for a chart that does not exist. Its page lets them ask for access."""

    def __init__(self, asked_for: Any) -> None:
        super().__init__()
        self.asked_for = asked_for


class _Outsider(Exception):
    """Access ended while the request waited for the chart."""


def _ask_again(request: HttpRequest, patient: Any, perm: Perm) -> Any:
    """The patient behind the row's lock: a write that waited for a handover is judged by the rights after it."""
    _patients().model.objects.select_for_update(no_key=True).values_list("pk").get(pk=patient.pk)
    held = _patients().held_by(request.user, patient.pk)
    if held is None:
        raise _Outsider
    if perm not in held[1]:
        raise PermissionDenied
    return held[0]


def _is_shown(response: HttpResponse) -> bool:
    """Whether the answer is a page with what was asked for: forms that were refused (409, 422) show it again."""
    return response.status_code < 400 or response.status_code in {409, 422}


def _child(kwargs: dict[str, Any]) -> dict[str, Any]:
    """For an event: which note, which score of the chart, by the keys in the address."""
    keys = {name: key if isinstance(key, int) else str(key)[:64] for name, key in kwargs.items()}
    return {"child": keys} if keys else {}


def _record_opening(request: HttpRequest, patient: Any, response: HttpResponse, details: dict[str, Any]) -> None:
    details = details | getattr(response, "audit_details", {})  # what the address alone does not say
    if request.method in SAFE:
        _record_of_chart("chart.viewed", request, patient, details)
    else:
        _record_of_chart("chart.written", request, patient, {"status": response.status_code} | details)


def _record_of_chart(event: str, request: HttpRequest, patient: Any, details: dict[str, Any]) -> None:
    """An event of somebody who may know of the chart, with what they are to the patient at this moment."""
    if patient.emergency_pk is not None:
        details = {"emergency": patient.emergency_pk} | details
    record_event(
        event,
        by=request.user,
        patient=patient,
        request=request,
        details=details,
        relationship=patient.relationship,
    )


def _let_in(request: HttpRequest, roles: frozenset[Role]) -> None:
    """Refuse who has none of the roles. A superuser is an administrator or nobody, whatever else the account says."""
    user: Any = request.user
    role = getattr(user, "role", None)
    if role not in roles or (user.is_superuser and role != Role.ADMIN):
        _refuse(request)


@contextlib.contextmanager
def _recording_refusals(request: HttpRequest) -> Iterator[None]:
    """What a page itself refuses leaves an event too: another team's request, an account that is not to be deleted."""
    try:
        yield
    except (Http404, PermissionDenied) as refusal:
        status = 404 if isinstance(refusal, Http404) else 403
        record_event("page.refused", by=request.user, request=request, details={"status": status})
        raise


def _refuse(
    request: HttpRequest, *, patient: Any = None, patient_id: Any = None, details: dict[str, Any] | None = None
) -> None:
    """Record the refusal and raise: PermissionDenied for an insider, Http404 for everybody else."""
    if patient is not None:
        _record_of_chart("chart.refused", request, patient, details or {})
        raise PermissionDenied
    if patient_id is None:
        record_event("page.refused", by=request.user, request=request)
        raise Http404
    patient = apps.get_model("patients", "Patient").objects.filter(pk=patient_id).only("pk").first()
    asked_for = {} if patient else {"asked_for": str(patient_id)}
    record_event(
        "chart.refused",
        by=request.user,
        patient=patient,
        request=request,
        details=asked_for | (details or {}),
        relationship=Relationship.NONE,
    )
    raise ChartRefused(patient_id)


def _wrap_patterns(patterns: Any, wrap: Callable[[View], View]) -> None:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            _wrap_patterns(pattern.url_patterns, wrap)
        else:
            pattern.callback = wrap(pattern.callback)


def _passing(view: View, access: Access) -> View:
    @functools.wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    return _mark(marked, access)


def open_to_public(included: Any) -> Any:
    """Mark the views of the accounts package: its own decorators ask for a sign-in where one is needed."""
    module = included[0]
    _wrap_patterns(getattr(module, "urlpatterns", module), lambda view: _passing(view, PUBLIC))
    return included


def for_admins(site_urls: Any) -> Any:
    """Mark the views of Django admin: for the administrator role alone; a superuser without it is refused."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _let_in(request, frozenset({Role.ADMIN}))
            if request.method not in SAFE | {"POST"}:
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            with _recording_refusals(request), transaction.atomic():
                response = view(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()  # here, so that a page that fails leaves no event and changes nothing
                if _is_shown(response):
                    event = "admin.viewed" if request.method in SAFE else "admin.written"
                    record_event(event, by=request.user, request=request, details={"status": response.status_code})
            return response

        return _mark(guarded, Access("role", roles=frozenset({Role.ADMIN})))

    _wrap_patterns(site_urls[0], wrap)
    return site_urls
