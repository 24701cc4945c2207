"""What happened in the demo clinic, as plain facts in the order of time. demo/replay.py carries them out."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Event:
    """`at` is the moment of recording, `by` the username of who recorded it."""

    at: dt.datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class OfPatient(Event):
    patient: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class Registered(OfPatient):
    therapist: str
    status: str
    details: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scored(OfPatient):
    instrument: str
    value: Decimal
    seen_at: dt.datetime
    notes: str
    wrong: Decimal | None = None  # entered first, marked as an error, then corrected


@dataclass(frozen=True, kw_only=True)
class Planned(OfPatient):
    measure: str
    rule: str
    days: int | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Wrote(OfPatient):
    ref: int
    start: dt.datetime
    minutes: int
    kind: str
    text: str
    follow_up: str = ""
    due_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Edited(OfPatient):
    note: int
    added: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Resolved(OfPatient):
    note: int
    resolution: str


@dataclass(frozen=True, kw_only=True)
class StatusChanged(OfPatient):
    to: str
    reason: str
    seen_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ChartChanged(OfPatient):
    to: str
    reason: str
    died_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Joined(OfPatient):
    user: str
    role: str
    ends_on: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class HandedOver(OfPatient):
    to: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CheckRequested(OfPatient):
    """Somebody who may not see this patient registers the same person."""

    status: str
    changed: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class OpenedInEmergency(OfPatient):
    """Somebody outside the care team opens the chart; reviewed at once by `reviewer`, or by nobody yet."""

    kind: str
    reason: str
    reviewer: str = ""
    review: str = ""


@dataclass(frozen=True, kw_only=True)
class Drafted(OfPatient):
    typed: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ItemRegistered(Event):
    serial: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CheckedOut(OfPatient):
    ref: int
    serial: str
    due_on: dt.date | None
    notes: str


@dataclass(frozen=True, kw_only=True)
class CameBack(OfPatient):
    loan: int
    condition: str
    notes: str
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class WentLost(OfPatient):
    loan: int
    notes: str


@dataclass(frozen=True, kw_only=True)
class ItemMoved(Event):
    """An item that is with nobody: in_repair, lost, retired, in_stock."""

    serial: str
    to: str
    notes: str


@dataclass(frozen=True, kw_only=True)
class AskedToAmend(OfPatient):
    """The patient asks for the record to be amended; about a note, or the particulars."""

    ref: int
    wanted: str
    reason: str
    note: int | None = None


@dataclass(frozen=True, kw_only=True)
class AmendmentMoved(OfPatient):
    """What was done about such a request: extend, decide, record_told, add_statement."""

    request: int
    step: str
    facts: Mapping[str, Any]
