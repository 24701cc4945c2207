"""Every read of amendment requests."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import but_names
from accounts.roles import Role
from amendments.vocabulary import LinkRole, State, StepKind
from patients.emergencies import about_charts_of

if TYPE_CHECKING:
    from accounts.models import User


class RequestQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(state=State.OPEN)

    def overdue(self, today: dt.date) -> Self:
        return self.open().filter(models.Q(extended_to=None, due_on__lt=today) | models.Q(extended_to__lt=today))

    def readable_by(self, user: "User") -> Self:
        """All to an auditor; to a lead those of the team's patients; to therapists those of their own patients."""
        if user.role == Role.AUDITOR:
            return self.all()
        return self.filter(about_charts_of(user))

    def due_first(self) -> Self:
        """Overdue ones on top: they were due first."""
        return self.order_by(Coalesce("extended_to", "due_on"), "pk")

    def newest_first(self) -> Self:
        return self.order_by("-received_on", "-pk")

    def with_people(self) -> Self:
        """With whom the pages name."""
        people = ("recorded_by", "decided_by")
        return self.select_related("patient", *people).defer(*but_names(*people))

    def with_links(self) -> Self:
        """With `entries`, the kind:key of what each is about, and whether the patient disagrees with a denial."""
        links = apps.get_model("amendments", "AmendmentLink").objects
        steps = apps.get_model("amendments", "AmendmentStep").objects
        word = Concat("kind", Value(":"), Cast("entry", TextField()), output_field=TextField())
        about = links.filter(request=OuterRef("pk"), role=LinkRole.ABOUT).order_by("pk").values(word=word)
        disagreed = steps.filter(request=OuterRef("pk"), kind=StepKind.DISAGREEMENT)
        return self.annotate(entries=ArraySubquery(about), is_disagreed=Exists(disagreed))


def requests_for(user: "User") -> RequestQuerySet:
    """For the gate: the requests that the list shows to this person."""
    found: RequestQuerySet = apps.get_model("amendments", "AmendmentRequest").objects.readable_by(user)
    return found


def newest_of(patient: Any) -> RequestQuerySet:
    """All requests of one chart with what they are about: few, and read once for a whole page."""
    requests = apps.get_model("amendments", "AmendmentRequest").objects.filter(patient=patient)
    found: RequestQuerySet = requests.with_links().newest_first()
    return found
