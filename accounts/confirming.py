"""Asking somebody who is signed in for their password again, in the middle of a form.

For what is asked each time, however lately the person signed in; `accounts.reauth` is for all else. Failures count as
failed sign-ins of this account, so that the same lockout stops both.
"""

from django.http import HttpRequest

from accounts import limits
from accounts.entries import Scope
from accounts.models import User
from audit.api import record_event


class TooManyFailures(Exception):
    """Nothing is tried before the lockout is over."""


def is_password_of(request: HttpRequest, user: User, password: str) -> bool:
    """Whether this is the password of the person at this browser. Raises TooManyFailures."""
    try:
        trial = limits.begin(request, Scope.PASSWORD, account=user)
    except limits.TooMany as error:
        raise TooManyFailures from error
    if user.check_password(password):
        trial.succeeded()
        return True
    trial.failed()
    record_event("account.password_refused", by=user, target=user, request=request)
    return False
