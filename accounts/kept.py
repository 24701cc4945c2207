"""Forms kept over the end of a session: what was typed comes back after signing in again.

Kept in the database, sealed, under the account whose session it was and the address of the form; opened for that
account alone, whoever sits at the same browser; gone after twelve hours, when the form is saved, or when thrown away.
Passwords and codes are never kept, nor anything of Django admin or of one's own account.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils import timezone

from accounts import sealing
from accounts.entries import KeptForm
from accounts.models import User
from ui import restoring

KEPT_FOR = dt.timedelta(hours=12)
MOST = 20  # forms of one account
BIGGEST = 500_000  # characters
KINDS = frozenset({"patient", "role", "caseload"})
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "next", "form_token", "kept_path"})
SECRET = ("password", "credential", "one_time_code")
IN_SESSION = "kept"  # the paths of what waits, so that no page has to ask the database


def keep(request: HttpRequest, account: Any, *, path: str = "") -> bool:
    """Keep what this request brought for the account, if anybody typed it."""
    path = path or request.path
    data = request.POST.copy()
    for name in list(data):
        if name in {"kept_path", "csrfmiddlewaretoken"} or any(word in name.lower() for word in SECRET):
            del data[name]
    if request.method != "POST" or not _is_worth_keeping(path, data):
        return False
    text = json.dumps({"account": account.pk, "path": path, "data": data.urlencode()})
    if len(text) > BIGGEST:
        return False
    KeptForm.objects.update_or_create(
        account_id=account.pk, path=path, defaults={"sealed": sealing.seal(text), "at": timezone.now()}
    )
    beyond = KeptForm.objects.filter(account_id=account.pk).order_by("-at").values("pk")[MOST:]
    KeptForm.objects.filter(pk__in=list(beyond.values_list("pk", flat=True))).delete()
    if getattr(request.user, "pk", None) == account.pk:
        remember(request, account)
    request.was_kept = True  # type: ignore[attr-defined]
    return True


def remember(request: HttpRequest, account: User) -> None:
    """Note in the session what waits for this account: when it signs in, and when something is kept."""
    paths = list(_alive(account).values_list("path", flat=True))
    if paths or IN_SESSION in request.session:
        request.session[IN_SESSION] = paths


def waiting(request: HttpRequest) -> restoring.Typed | None:
    """What the owner of this session had typed into the form at this address."""
    paths = request.session.get(IN_SESSION) or ()
    if request.path not in paths:
        return None
    user: Any = request.user
    row = _alive(user).filter(path=request.path).first()
    try:
        found = json.loads(sealing.unseal(row.sealed)) if row else None
    except sealing.Unreadable:
        found = None
    if row is None or found is None or (found["account"], found["path"]) != (user.pk, row.path):
        drop(request, request.path)
        return None
    return restoring.Typed(QueryDict(found["data"]), at=row.at, path=row.path)


def drop(request: HttpRequest, path: str) -> None:
    """Throw away what was kept for a form: it was saved, or its owner does not want it."""
    user: Any = request.user
    KeptForm.objects.filter(account_id=user.pk, path=path).delete()
    paths = request.session.get(IN_SESSION) or []
    if path in paths:
        request.session[IN_SESSION] = [other for other in paths if other != path]


def _alive(account: Any) -> Any:
    return KeptForm.objects.filter(account_id=account.pk, at__gt=timezone.now() - KEPT_FOR)


def _is_worth_keeping(path: str, data: Mapping[str, Any]) -> bool:
    typed = [name for name in data if name not in NOT_TYPED]
    return bool(typed) and len(path) <= 300 and path.startswith("/") and _kind(path) in KINDS


def _kind(path: str) -> str:
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return "" if match.app_name == "admin" else str(getattr(getattr(match.func, "access", None), "kind", ""))
