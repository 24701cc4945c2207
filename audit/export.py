"""A search of the audit trail as a table for a spreadsheet."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit import about
from audit.models import AuditEvent
from audit.search import EventSearch

CHUNK = 2_000
MOST = 50_000  # rows of a file; a search with more is refused, never cut

HEADING: tuple[Any, ...] = (
    _("Time"), _("Name"), _("Username"), _("Role"), _("Event"), _("Code of the event"), _("Patient"),
    _("Identifier of the patient"), _("Relationship"), _("Page"), _("Opened"), _("About"), _("Address"), _("Browser"), _("Request"),
)  # fmt: skip


class TooMany(Exception):
    """More than MOST events: the search must be narrowed."""


def rows_of(search: EventSearch) -> list[Sequence[Any]]:
    """The rows of a search, newest first. Raises TooMany."""
    found = list(_rows(search.rows().with_people()[: MOST + 1]))
    if len(found) > MOST:
        raise TooMany
    return found


def _rows(events: Any) -> Iterator[Sequence[Any]]:
    found = events.iterator(chunk_size=CHUNK)
    while chunk := list(itertools.islice(found, CHUNK)):
        about.tell(chunk)
        yield from map(_row, chunk)


def _row(event: AuditEvent) -> Sequence[Any]:
    actor, patient = event.actor, event.patient
    return (
        event.created_at,
        actor.name if actor else "",
        actor.username if actor else "",
        event.role_label,
        event.label,
        event.event_type,
        patient.display_name if patient else "",
        patient.patient_id if patient else "",
        event.relationship_label,
        event.page,
        event.child,
        event.about,
        event.address,
        event.user_agent,
        event.request_id,
    )
