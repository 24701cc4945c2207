"""Second factors: who must have one, who has, and what is done about them. The accounts package keeps them.

A session says whether a second factor was shown in it; the fence in accounts.middleware asks nothing else, and no
query. Adding or removing one, or seeing recovery codes, takes a session in which the present one was shown.
"""

from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from accounts.entries import Session
from accounts.models import User
from accounts.roles import Role
from accounts.sessions import row_key
from audit.api import record_event

# They reach everybody's charts, everybody's traces or everybody's accounts.
MUST_HAVE = frozenset({Role.LEAD, Role.AUDITOR, Role.ADMIN})
PROPER = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SHOWN = "second_factor"


def is_required(user: User) -> bool:
    """Whether this account may only work with a second factor."""
    match settings.OT_REQUIRE_SECOND_FACTOR:
        case "all":
            return user.is_approved
        case "roles":
            return user.is_approved and user.role in MUST_HAVE
    return False


def is_missing(request: HttpRequest, user: User) -> bool:
    """Whether this session must not go on before a second factor is set up or shown."""
    return is_required(user) and not is_shown(request, user)


def is_shown(request: HttpRequest, user: User) -> bool:
    """Whether this account's second factor was shown in this session."""
    return bool(request.session.get(SHOWN) == user.pk)


def has_one(user: User) -> bool:
    """Whether the account has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=PROPER).exists())


def is_withheld(request: HttpRequest, user: User) -> bool:
    """Whether this session has yet to show the second factor that the account has."""
    return not is_shown(request, user) and has_one(user)


def has_app(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def shown(request: HttpRequest, user: User, *, kind: str, again: bool = False) -> None:
    """Remember that a second factor was shown in this session."""
    # By whom: the session of a sign-in that never came to its end may be another person's next.
    request.session[SHOWN] = user.pk
    details = {"with": kind}
    if again:
        record_event("account.reauthenticated", by=user, target=user, request=request, details=details)
    else:
        record_event("account.second_factor_used", by=user, target=user, request=request, details=details)


def refused(request: HttpRequest, user: User, *, kind: str) -> None:
    record_event("account.second_factor_refused", by=None, target=user, request=request, details={"with": kind})


def added(request: HttpRequest, user: User, *, kind: str) -> None:
    """A new one is set up: this session has shown it, and goes on under a new key; all others of the account end."""
    request.session[SHOWN] = user.pk
    request.session.cycle_key()
    end_other_sessions(request, user)
    record_event("account.second_factor_added", by=user, target=user, request=request, details={"kind": kind})


def removed(request: HttpRequest, user: User, *, kind: str) -> None:
    if not has_one(user):
        request.session.pop(SHOWN, None)
    request.session.cycle_key()
    record_event("account.second_factor_removed", by=user, target=user, request=request, details={"kind": kind})


def may_remove(user: User, authenticator: Any) -> bool:
    """Not the last one of an account that must have one."""
    others = Authenticator.objects.filter(user_id=user.pk, type__in=PROPER).exclude(pk=authenticator.pk)
    return not is_required(user) or bool(others.exists())


@transaction.atomic
def reset(*, account: User, by: User) -> bool:
    """Take all second factors from somebody who has lost them. Their sessions end; they set up a new one."""
    account = User.objects.select_for_update(of=("self",)).get(pk=account.pk)
    found, _by_model = Authenticator.objects.filter(user_id=account.pk).delete()
    if not found:
        return False
    account.session_epoch += 1
    account.save(update_fields=["session_epoch"])
    Session.objects.filter(account=account).delete()
    record_event("account.second_factor_reset", by=by, target=account)
    return True


def end_other_sessions(request: HttpRequest, user: User) -> int:
    """Sign the account out everywhere but here. The rows go: there is nothing left to come back to."""
    here = row_key(request.session.session_key or "")
    ended, _by_model = Session.objects.filter(account=user).exclude(pk=here).delete()
    return int(ended)


def count_as_fresh(request: HttpRequest) -> None:
    """Let signing in count as having shown just now who one is, also for the package's own pages."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [record | {"reauthenticated": True} for record in records]


def last_shown_at(request: HttpRequest, user: User) -> float:
    """When somebody last showed in this session who they are, by password or second factor; 0 for never."""
    return max((float(record.get("at", 0)) for record in get_authentication_records(request, user)), default=0.0)
