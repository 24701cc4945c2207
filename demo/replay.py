"""Carries out what demo/plan.py made up, through the services of each app, at the moments when it happened."""

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone

import amendments.services
import equipment.services
import mobility.plans.services
import mobility.services
import patients.services
import sessions_notes.services
from accounts.models import User
from amendments.models import AmendmentRequest
from audit.api import replaying
from demo import events as e
from equipment.models import EquipmentItem, EquipmentLog
from patients.models import Patient
from sessions_notes.models import SessionNote
from ui.dates import show_date

TOKENS = uuid.uuid5(uuid.NAMESPACE_URL, "https://clinic.example/demo/forms")
MOVES: dict[str, Callable[..., Any]] = {
    "in_stock": equipment.services.return_to_stock,
    "in_repair": equipment.services.send_to_repair,
    "lost": equipment.services.mark_item_lost,
    "retired": equipment.services.retire_item,
}


class Replay:
    """Knows which row each event of the plan became."""

    def __init__(self) -> None:
        self.people = {user.username: user for user in User.objects.select_related("team")}
        self.patients: dict[uuid.UUID, Patient] = {}
        self.notes: dict[int, SessionNote] = {}
        self.loans: dict[int, EquipmentLog] = {}
        self.items: dict[str, EquipmentItem] = {}
        self.requests: dict[int, AmendmentRequest] = {}

    def run(self, events: Iterable[e.Event]) -> None:
        """Carry out every event, in the order given."""
        for event in events:
            with replaying(event.at):
                _carry_out(event, self, self.people[event.by])


@functools.singledispatch
def _carry_out(event: e.Event, past: Replay, by: User) -> None:
    raise TypeError(f"nothing carries out {type(event).__name__}")


@_carry_out.register
def _(event: e.Registered, past: Replay, by: User) -> None:
    past.patients[event.patient] = patients.services.register_patient(
        by=by, primary_therapist=past.people[event.therapist], mobility_status=event.status, details=event.details
    )


@_carry_out.register
def _(event: e.Scored, past: Replay, by: User) -> None:
    facts: dict[str, Any] = {
        "patient": past.patients[event.patient],
        "score_type": event.instrument,
        "score_date": timezone.localdate(event.seen_at),
        "scored_at": event.seen_at,
        "notes": event.notes,
        "by": by,
    }
    corrects = None
    if event.wrong is not None:
        wrong = mobility.services.record_score(score_value=event.wrong, **facts)
        corrects = mobility.services.mark_in_error(score=wrong, reason="Typed one digit short.", by=by)
    mobility.services.record_score(score_value=event.value, corrects=corrects, **facts)


@_carry_out.register
def _(event: e.Planned, past: Replay, by: User) -> None:
    mobility.plans.services.plan_measure(
        patient=past.patients[event.patient], score_type=event.measure, rule=event.rule, every_days=event.days,
        reason=event.reason, by=by,
    )  # fmt: skip


@_carry_out.register
def _(event: e.Wrote, past: Replay, by: User) -> None:
    past.notes[event.ref] = sessions_notes.services.write_note(
        patient=past.patients[event.patient],
        by=by,
        session_date=event.start.date(),
        start_time=event.start.time(),
        duration_minutes=event.minutes,
        session_type=event.kind,
        note_text=event.text,
        follow_up_needed=bool(event.follow_up),
        follow_up_text=event.follow_up,
        follow_up_due_on=event.due_on,
    )


@_carry_out.register
def _(event: e.Edited, past: Replay, by: User) -> None:
    note = past.notes[event.note]
    changes = {"note_text": note.note_text + event.added}
    sessions_notes.services.edit_note(note=note, version=note.version, changes=changes, reason=event.reason, by=by)


@_carry_out.register
def _(event: e.Resolved, past: Replay, by: User) -> None:
    follow_up = past.notes[event.note].follow_up
    sessions_notes.services.resolve_follow_up(follow_up=follow_up, by=by, resolution=event.resolution)


@_carry_out.register
def _(event: e.Drafted, past: Replay, by: User) -> None:
    day = show_date(dt.date.fromisoformat(event.typed["session_date"]))
    sessions_notes.services.save_draft(
        patient=past.patients[event.patient],
        by=by,
        token=uuid.uuid5(TOKENS, f"draft {event.patient}"),
        draft_version=0,
        typed={**event.typed, "session_date": day},
    )


@_carry_out.register
def _(event: e.StatusChanged, past: Replay, by: User) -> None:
    patients.services.change_mobility_status(
        patient=past.patients[event.patient], to=event.to, reason=event.reason, by=by, effective_at=event.seen_at
    )


@_carry_out.register
def _(event: e.ChartChanged, past: Replay, by: User) -> None:
    patients.services.change_chart_status(
        patient=past.patients[event.patient], to=event.to, reason=event.reason, by=by, deceased_on=event.died_on
    )


@_carry_out.register
def _(event: e.Joined, past: Replay, by: User) -> None:
    patients.services.add_member(
        patient=past.patients[event.patient],
        user=past.people[event.user],
        role=event.role,
        by=by,
        ends_on=event.ends_on,
        reason=event.reason,
    )


@_carry_out.register
def _(event: e.HandedOver, past: Replay, by: User) -> None:
    patient = past.patients[event.patient]
    patients.services.hand_over(patients=[patient], to=past.people[event.to], reason=event.reason, by=by)


@_carry_out.register
def _(event: e.CheckRequested, past: Replay, by: User) -> None:
    match = past.patients[event.patient]
    entered = {name: getattr(match, name) for name in patients.services.charts.EDITABLE}
    entered |= {"date_of_birth": match.date_of_birth.isoformat() if match.date_of_birth else None, **event.changed}
    patients.services.request_registration_check(
        match=match,
        entered=entered | {"primary_therapist": by.pk, "mobility_status": event.status},
        form_token=uuid.uuid5(TOKENS, f"check {event.patient}"),
        by=by,
    )


@_carry_out.register
def _(event: e.OpenedInEmergency, past: Replay, by: User) -> None:
    patient = past.patients[event.patient]
    access = patients.services.open_emergency(patient=patient, reason_kind=event.kind, reason=event.reason, by=by)
    if event.reviewer:
        with replaying(event.at + dt.timedelta(hours=20)):
            patients.services.review_emergency(
                access=access, outcome="justified", review=event.review, by=past.people[event.reviewer]
            )


@_carry_out.register
def _(event: e.ItemRegistered, past: Replay, by: User) -> None:
    past.items[event.serial] = equipment.services.register_item(
        equipment_name=event.name, serial_number=event.serial, by=by
    )


@_carry_out.register
def _(event: e.CheckedOut, past: Replay, by: User) -> None:
    past.loans[event.ref] = equipment.services.check_out(
        patient=past.patients[event.patient],
        serial_number=event.serial,
        by=by,
        due_back_on=event.due_on,
        notes=event.notes,
    )


@_carry_out.register
def _(event: e.CameBack, past: Replay, by: User) -> None:
    equipment.services.return_item(
        log=past.loans[event.loan], by=by, condition=event.condition, notes=event.notes, fault=event.fault
    )


@_carry_out.register
def _(event: e.WentLost, past: Replay, by: User) -> None:
    equipment.services.mark_lost(log=past.loans[event.loan], by=by, notes=event.notes)


@_carry_out.register
def _(event: e.ItemMoved, past: Replay, by: User) -> None:
    MOVES[event.to](item=past.items[event.serial], by=by, notes=event.notes)


@_carry_out.register
def _(event: e.AskedToAmend, past: Replay, by: User) -> None:
    past.requests[event.ref] = amendments.services.record_request(
        patient=past.patients[event.patient],
        received_on=timezone.localdate(event.at),
        asked_by="patient",
        wanted=event.wanted,
        reason=event.reason,
        about=[("details", 0) if event.note is None else ("note", past.notes[event.note].pk)],
        by=by,
    )


@_carry_out.register
def _(event: e.AmendmentMoved, past: Replay, by: User) -> None:
    move = getattr(amendments.services, event.step)
    move(asked=past.requests[event.request], by=by, **event.facts)
