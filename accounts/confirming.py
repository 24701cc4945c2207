"""Asking somebody who is signed in for their password again, in the middle of a form.

The one place that knows how: failures count as failed sign-ins of this account, so that the same lockout stops both.
"""

from django.http import HttpRequest

from accounts import limits
from accounts.models import User
from audit.api import record_event


class TooManyFailures(Exception):
    """Nothing is tried before the lockout is over."""


def is_password_of(request: HttpRequest, user: User, password: str) -> bool:
    """Whether this is the password of the person at this browser. Raises TooManyFailures."""
    if limits.is_exceeded(request, user.username):
        raise TooManyFailures
    if user.check_password(password):
        return True
    limits.count_failure(request, user.username)
    record_event("account.password_refused", by=user, target=user, request=request)
    return False
