"""Types for views."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class StaffRequest(HttpRequest):
    """A request behind the gate: somebody approved is signed in."""

    user: User
    htmx: HtmxDetails
