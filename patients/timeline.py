"""The chart's timeline: events of every kind, merged, newest first, paged by key."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils import timezone

from patients.registry import EntryMarks, Mark, TimelineEntry, TimelineSource, registry
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
    pages = [source.fetch(patient, user, before, size + 1) for source in shown_by(kind)]
    merged = list(heapq.merge(*pages, key=lambda entry: entry.key, reverse=True))
    shown = _marked(merged[:size], marks_of(patient))
    days = [(day, list(entries)) for day, entries in groupby(shown, key=lambda e: timezone.localtime(e.at).date())]
    next_key = shown[-1].key.encode() if len(merged) > size else ""
    return Timeline(days, next_key, sources, kind)


def shown_by(kind: str) -> Sequence[TimelineSource]:
    """The sources of one kind of events; all of them for a kind that there is not."""
    sources = registry.of(TimelineSource)
    return [source for source in sources if source.key == kind] or sources


def marks_of(patient: "Patient") -> Mapping[tuple[str, int], Sequence[Mark]]:
    """What is said beside entries of this chart, by kind and row number."""
    found: dict[tuple[str, int], list[Mark]] = {}
    for source in registry.of(EntryMarks):
        for key, marks in source.fetch(patient).items():
            found.setdefault(key, []).extend(marks)
    return found


def _marked(entries: list[TimelineEntry], marks: Mapping[tuple[str, int], Sequence[Mark]]) -> list[TimelineEntry]:
    if not marks:
        return entries
    return [replace(entry, marks=found) if (found := marks.get((entry.kind, entry.pk))) else entry for entry in entries]


def find(patient: "Patient", keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], TimelineEntry]:
    """The entries of this chart with these kinds and row numbers; what is of no chart or another one is left out.

    One query for each kind.
    """
    wanted = set(keys)
    found: dict[tuple[str, int], TimelineEntry] = {}
    for source in registry.of(TimelineSource):
        pks = sorted(pk for kind, pk in wanted if kind == source.key)
        if pks and source.find:
            found |= {(entry.kind, entry.pk): entry for entry in source.find(patient, pks)}
    return found
