"""The whole past of the demo clinic, made anew on every call and always the same for the same day."""

import dataclasses
import datetime as dt
import itertools
from decimal import Decimal
from zoneinfo import ZoneInfo

from demo import requests
from demo.charting import Charting
from demo.clock import Clock
from demo.events import CheckRequested, Drafted, Edited, Event, OpenedInEmergency, Registered, Scored, Wrote
from demo.loans import Store
from demo.people import everybody
from sessions_notes.vocabulary import SessionType

DRAFT = (
    "Kitchen assessment: hot drink made with one prompt. Left hand used to stabilise the kettle.\n\n"
    "Scanning to the left at the worktop: found the tea caddy without being told, not the spoon. "
    "Tired after 25 minutes, sat down to"
)


def make(today: dt.date, zone: ZoneInfo) -> list[Event]:
    """Everything that happened before `today`, in the order in which it was recorded."""
    clock = Clock(today, zone)
    refs = itertools.count(1)
    charts = [Charting(person, number, clock, refs) for number, person in enumerate(everybody())]
    for chart in charts:
        chart.plan()
    loans = [loan for chart in charts for loan in chart.loans]
    _mistype(charts[0])
    events: list[Event] = [*Store(clock).lend(loans)]
    for chart in charts:
        events += chart.events
    events += _exceptions(charts[0], clock)
    events += requests.make(charts, clock)
    return sorted(events, key=lambda event: event.at)


def _mistype(chart: Charting) -> None:
    """One score is entered wrongly, marked as an error and corrected."""
    scores = [(place, event) for place, event in enumerate(chart.events) if isinstance(event, Scored)]
    place, right = next(found for found in scores[4:] if found[1].instrument == "barthel_index")
    chart.events[place] = dataclasses.replace(right, wrong=Decimal(5))


def _exceptions(chart: Charting, clock: Clock) -> list[Event]:
    """What should be seen once in a demo: an edited note, a score entered in error, a draft, a possible duplicate,
    emergency accesses."""
    patient, by = chart.person.pk, chart.person.therapist
    notes = [event for event in chart.events if isinstance(event, Wrote)]
    edited = next(event for event in reversed(notes[:-1]) if event.by == by)
    at = clock.at(clock.working_day(1), 15 * 60 + 50)
    typed = {
        "session_date": clock.working_day(1).isoformat(),
        "start_time": "14:05",
        "session_type": str(SessionType.TREATMENT),
        "note_text": DRAFT,
    }
    reason = "Shoulder check was missing."
    added = "\n\nLeft shoulder: no subluxation, pain-free to 90 degrees."
    again = {"given_names": "Tobi Temidayo", "patient_id": "SOUTH-118", "location": "Clinic South", "alerts": ""}
    asked_at = clock.at(clock.working_day(1), 11 * 60 + 20)
    status = next(event.status for event in chart.events if isinstance(event, Registered))
    return [
        Edited(
            at=edited.at + dt.timedelta(hours=1), by=by, patient=patient, note=edited.ref, added=added, reason=reason
        ),
        Drafted(at=at, by=by, patient=patient, typed=typed),
        CheckRequested(at=asked_at, by="therapist.4", patient=patient, status=status, changed=again),
        OpenedInEmergency(
            at=clock.at(clock.working_day(6), 16 * 60 + 35),
            by="therapist.6",
            patient=patient,
            kind="unreachable",
            reason="Fell in the corridor of Clinic South. Transfers unknown to the staff there, nobody of North answered.",
            reviewer="lead.north",
            review="Staff of Clinic South confirm the fall. Access was needed and short.",
        ),
        OpenedInEmergency(
            at=clock.at(clock.working_day(4), 17 * 60 + 10),
            by="therapist.5",
            patient=patient,
            kind="transfer",
            reason="Transfer to the acute ward within the hour; they asked for hoist and sling size.",
        ),
    ]
