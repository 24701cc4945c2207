"""Requests to amend the record: one open, one extended and overdue, one denied with which the patient disagrees."""

import datetime as dt
from collections.abc import Sequence

from demo.charting import Charting
from demo.clock import Clock
from demo.events import AmendmentMoved, AskedToAmend, Event, Wrote

OLDEST = 97  # days ago; the charts that are asked about were opened before


def make(charts: Sequence[Charting], clock: Clock) -> list[Event]:
    """The three requests, of charts of the North team that are still in treatment."""
    fit = [c for c in charts if c.lead == charts[0].lead and c.person.days > OLDEST + 7 and _is_treated(c)]
    main, second, third = charts[0], *[chart for chart in fit if chart is not charts[0]][:2]
    return [*_open(main, clock), *_overdue(second, clock), *_disagreed(third, clock)]


def _is_treated(chart: Charting) -> bool:
    return not (chart.person.ended or chart.person.archived)


def _note_before(chart: Charting, at: dt.datetime) -> int:
    return max(event.ref for event in chart.events if isinstance(event, Wrote) and event.at < at)


def _open(chart: Charting, clock: Clock) -> list[Event]:
    at = clock.at(clock.day(37), 10 * 60 + 15)
    return [
        AskedToAmend(
            at=at,
            by=chart.person.therapist,
            patient=chart.person.pk,
            ref=1,
            note=_note_before(chart, at),
            wanted="The note says that I refused the exercise. I did not refuse: I asked to rest first.",
            reason="It reads as if I did not want to get better.",
        )
    ]


def _overdue(chart: Charting, clock: Clock) -> list[Event]:
    patient, received = chart.person.pk, clock.day(95)
    due = received + dt.timedelta(days=60)
    told = clock.day((clock.today - due).days + 8)
    return [
        AskedToAmend(
            at=clock.at(received, 11 * 60 + 40),
            by=chart.person.therapist,
            patient=patient,
            ref=2,
            wanted="My emergency contact has been wrong since the referral. Take my former neighbour out everywhere.",
            reason="She gets calls about my appointments.",
        ),
        AmendmentMoved(
            at=clock.at(told, 15 * 60 + 5),
            by=chart.lead,
            patient=patient,
            request=2,
            step="extend",
            facts={
                "until": due + dt.timedelta(days=30),
                "told_on": told,
                "reason": "The referring hospital has to say where else the contact was passed on to.",
            },
        ),
    ]


def _disagreed(chart: Charting, clock: Clock) -> list[Event]:
    patient, received = chart.person.pk, clock.at(clock.day(70), 9 * 60 + 50)
    decided, disagreed = clock.day(41), clock.day(30)

    def moved(at: dt.datetime, by: str, step: str, **facts: object) -> Event:
        return AmendmentMoved(at=at, by=by, patient=patient, request=3, step=step, facts=facts)

    return [
        AskedToAmend(
            at=received,
            by=chart.person.therapist,
            patient=patient,
            ref=3,
            note=_note_before(chart, received),
            wanted="Take out that I was unsteady on the stairs.",
            reason="I was tired that day.",
        ),
        moved(
            clock.at(decided, 14 * 60 + 20), chart.lead, "decide", state="denied", ground="accurate",
            basis="The therapist wrote down what was seen that day, and says that you were tired. The note is right "
            "and complete as it stands.",
        ),
        moved(
            clock.at(decided, 14 * 60 + 40), chart.lead, "record_told", is_asker=True, happened_on=decided,
            text="Letter of the same day, by post",
        ),
        moved(
            clock.at(disagreed, 10 * 60 + 30), chart.person.therapist, "add_statement", happened_on=disagreed,
            text="I was not unsteady. I held the rail because my new shoes were slippery, and I said so at the time.",
        ),
    ]  # fmt: skip
