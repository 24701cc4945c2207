"""The chart's timeline: events of every kind, merged, newest first, paged by key."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils import timezone

from patients.registry import TimelineEntry, TimelineSource, registry
from ui.paging import Key

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from patients.models import Patient

PAGE_SIZE = 20


@dataclass(frozen=True)
class Timeline:
    days: "Sequence[tuple[dt.date, list[TimelineEntry]]]"
    next_key: str
    kinds: Sequence[TimelineSource]
    kind: str


def read(patient: "Patient", user: "User", *, before: Key | None, kind: str = "", size: int = PAGE_SIZE) -> Timeline:
    """One page of events: a query for each registered source, one more row than is shown to tell whether there are more.

    `kind` shows one source only; an unknown one shows all.
    """
    sources = registry.of(TimelineSource)
    kind = kind if kind in {source.key for source in sources} else ""
    pages = [source.fetch(patient, user, before, size + 1) for source in sources if kind in {"", source.key}]
    merged = list(heapq.merge(*pages, key=lambda entry: entry.key, reverse=True))
    shown = merged[:size]
    days = [(day, list(entries)) for day, entries in groupby(shown, key=lambda e: timezone.localtime(e.at).date())]
    next_key = shown[-1].key.encode() if len(merged) > size else ""
    return Timeline(days, next_key, sources, kind)
