"""What is measured: six things that people do all day."""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from demo.bench.browser import Request
from demo.bench.trends import INSTRUMENTS, SCORES
from patients.models import Patient
from patients.vocabulary import ChartStatus, MobilityStatus


@dataclass
class Actor:
    """An account of the measured clinic, with the charts that it may change."""

    user: User
    statuses: dict[uuid.UUID, str] = field(default_factory=dict)
    trends: Sequence[uuid.UUID] = ()  # charts with twelve measures of forty scores
    rng: random.Random = field(default_factory=lambda: random.Random(20))  # noqa: S311

    def any_chart(self) -> uuid.UUID:
        return self.rng.choice(list(self.statuses))


@dataclass(frozen=True)
class Action:
    """`request` makes a request of an actor; None for signing in, which takes two."""

    name: str
    role: Role
    request: Callable[[Actor], Request] | None = None


def _chart(actor: Actor) -> Request:
    return Request(reverse("patients:show_chart", kwargs={"patient_id": actor.any_chart()}))


def _mobility_tab(actor: Actor) -> Request:
    return Request(reverse("mobility:show_scores", kwargs={"patient_id": actor.rng.choice(actor.trends)}))


def _caseload(actor: Actor) -> Request:
    return Request(reverse("patients:list_caseload"))


def _dashboard(actor: Actor) -> Request:
    return Request(reverse("dashboards:show_dashboard"))


def _add_score(actor: Actor) -> Request:
    form = {
        "score_type": "barthel_index",
        "score_value": str(5 * actor.rng.randint(0, 20)),
        "score_date": timezone.localdate().isoformat(),
        "notes": "With wheeled frame.",
        "form_token": str(uuid.uuid4()),
    }
    return Request(reverse("mobility:record_score", kwargs={"patient_id": actor.any_chart()}), form)


def _change_status(actor: Actor) -> Request:
    patient = actor.any_chart()
    before = actor.statuses[patient]
    actor.statuses[patient] = actor.rng.choice([status.value for status in MobilityStatus if status != before])
    form = {
        "from_status": before,
        "to": actor.statuses[patient],
        "reason": "Transfers seen on three days running.",
        "seen_on": timezone.localdate().isoformat(),
        "seen_time": "",
        "form_token": str(uuid.uuid4()),
    }
    return Request(reverse("patients:change_status", kwargs={"patient_id": patient}), form)


TREND_TAB = f"mobility tab {INSTRUMENTS} x {SCORES}"
ACTIONS = (
    Action("sign-in", Role.THERAPIST),
    Action("caseload", Role.THERAPIST, _caseload),
    Action("chart", Role.THERAPIST, _chart),
    Action(TREND_TAB, Role.THERAPIST, _mobility_tab),
    Action("add score", Role.THERAPIST, _add_score),
    Action("change status", Role.THERAPIST, _change_status),
    Action("dashboard", Role.LEAD, _dashboard),
)


def actors(role: Role, wanted: int) -> list[Actor]:
    """Accounts of a role from all over the clinic; fewer accounts than wanted are used more than once."""
    users = list(User.objects.filter(role=role).order_by("pk"))
    step = max(len(users) // wanted, 1)
    found = []
    for number in range(wanted):
        user = users[number * step % len(users)]
        charts = Patient.objects.of_therapist(user).filter(chart_status=ChartStatus.ACTIVE)
        statuses = dict(charts.values_list("pk", "mobility_status"))
        longest = Patient.objects.of_therapist(user).annotate(scores=Count("mobility_scores")).order_by("-scores")
        trends = list(longest.values_list("pk", flat=True)[:1])
        found.append(Actor(user, statuses, trends, random.Random(number)))  # noqa: S311
    return found
