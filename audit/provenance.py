"""What the audit trail adds to the question how a fact is known: through what it was recorded, and who has looked."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Count, Q

from audit.events import Event

# The application stamps a record, the database stamps its event a moment later, each by its own clock.
WITHIN = dt.timedelta(seconds=60)
# The gate's own: they say that somebody was there, not what was recorded.
OPENINGS = (Event.CHART_VIEWED, Event.CHART_WRITTEN, Event.CHART_REFUSED)


@dataclass(frozen=True)
class Trace:
    """A moment at which somebody recorded something in a chart, and the records that its event may name.

    `targets` are labels and keys: ("mobility.mobilityscore", 12). The chart itself has the label "".
    """

    at: dt.datetime
    by: int | None
    targets: frozenset[tuple[str, str]]


def trace(at: dt.datetime, by: int | None, *targets: Any) -> Trace:
    """The trace of records of any model; of the chart itself where none is named."""
    named = frozenset((target._meta.label_lower, str(target.pk)) for target in targets)
    return Trace(at, by, named or frozenset({("", "")}))


def origins_of(patient: Any, traces: Sequence[Trace]) -> list[str]:
    """For each trace the route of the page, or the name of the command, that it was recorded through: one query.

    That is the event nearest in time, at most a minute away, of the same person about one of these records of this
    chart; "" where there is none, or none that says.
    """
    if not traces:
        return []
    ranges = (Q(created_at__range=(one.at - WITHIN, one.at + WITHIN), actor=one.by) for one in traces)
    rows = apps.get_model("audit", "AuditEvent").objects.filter(reduce(or_, ranges), patient=patient)
    rows = rows.exclude(event_type__in=OPENINGS)
    events = list(rows.values_list("created_at", "actor", "target_type", "target_id", "route"))
    return [_nearest(one, events) for one in traces]


def _nearest(one: Trace, events: list[tuple[dt.datetime, int, str, str, str]]) -> str:
    near = [
        (abs(at - one.at), route)
        for at, actor, label, key, route in events
        if actor == one.by and (label, key) in one.targets and abs(at - one.at) <= WITHIN
    ]
    return min(near)[1] if near else ""


def people_who_looked(patient: Any, *, since: dt.datetime) -> int:
    """How many people have opened this chart at that moment or later: one query."""
    events = apps.get_model("audit", "AuditEvent").objects
    rows = events.filter(patient=patient, event_type=Event.CHART_VIEWED, created_at__gte=since)
    found: int = rows.aggregate(people=Count("actor", distinct=True))["people"]
    return found
