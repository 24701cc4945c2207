"""What the gate costs: the same view with it and without it, in this process, with the rights of the site's role.

Run by the bench as a process of its own (`python -m demo.bench.gate FILE`), which is not the owner of the tables.
"""

import json
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import django

ROUNDS, WARM_UP = 150, 20


@dataclass(frozen=True)
class Cost:
    """One page, in milliseconds and in queries (those that begin and end a transaction are not counted)."""

    page: str
    with_gate: float
    without: float
    gate: float  # median of the differences, each between two runs that followed one another
    queries: int


def measure(rounds: int = ROUNDS) -> list[Cost]:
    """The gate's part of a chart and of a small page of it, each opened by the therapist who holds the most charts."""
    from django.db.models import Count
    from django.urls import reverse

    from accounts.models import User
    from accounts.roles import Role

    people = User.objects.filter(role=Role.THERAPIST).annotate(charts=Count("primary_patients"))
    user = people.order_by("-charts", "pk")[0]
    patients = list(user.primary_patients.order_by("pk").values_list("pk", flat=True)[:50])
    pages = {"chart": "patients:show_chart", "its notes": "sessions_notes:list_notes"}
    return [
        _cost(page, user, [reverse(name, kwargs={"patient_id": pk}) for pk in patients], rounds)
        for page, name in pages.items()
    ]


def _cost(page: str, user: Any, paths: list[str], rounds: int) -> Cost:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    through: list[float] = []
    past: list[float] = []
    for number in range(-min(rounds, WARM_UP), rounds):
        guarded, bare = _both_ways(user, paths[number % len(paths)])
        # Now one first, now the other: whatever the first one warms up is warm for the second.
        pair = [(guarded, through), (bare, past)][:: 1 if number % 2 else -1]
        for run, times in pair:
            started = time.perf_counter()
            run()
            if number >= 0:
                times.append(1000 * (time.perf_counter() - started))
    counts = []
    for run in _both_ways(user, paths[0]):
        with CaptureQueriesContext(connection) as captured:
            run()
        counts.append(sum(not query["sql"].startswith(("BEGIN", "COMMIT")) for query in captured.captured_queries))
    difference = median(a - b for a, b in zip(through, past, strict=True))
    return Cost(
        page,
        with_gate=round(median(through), 2),
        without=round(median(past), 2),
        gate=round(difference, 2),
        queries=counts[0] - counts[1],
    )


def _both_ways(user: Any, path: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The page behind the gate, and the bare view with a patient that the gate would have handed to it."""
    from django.urls import resolve

    from patients.models import Patient

    match = resolve(path)
    view: Any = match.func
    while hasattr(view, "access"):
        view = view.__wrapped__
    held = Patient.objects.held_by(user, match.kwargs["patient_id"])
    return (
        lambda: match.func(_request(user, path, match), **match.kwargs),
        lambda: view(_request(user, path, match), held[0]),
    )


def _request(user: Any, path: str, match: Any) -> Any:
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.test import RequestFactory

    request: Any = RequestFactory().get(path)
    request.user, request.session, request.htmx = user, SessionStore(), False
    request.resolver_match, request.request_id = match, uuid.uuid4()
    return request


if __name__ == "__main__":
    django.setup()
    Path(sys.argv[1]).write_text(json.dumps([asdict(cost) for cost in measure(int(sys.argv[2]))]))
