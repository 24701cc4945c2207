"""An Observation with members or components: one sitting of one instrument, held until its members are known."""

import datetime as dt
from dataclasses import dataclass

from interchange.dates import calendar_day, moment
from interchange.fhir_r4.documents import Found
from interchange.fhir_r4.elements import join, measure_of, own_id, own_server, patient_pointer, said_by
from interchange.fhir_r4.items import Answered, read_answer
from interchange.fhir_r4.systems import CONTEXT, INPUT
from interchange.pending import PendingScore
from interchange.records import Failure, Kind, Measure, Moment, Origin, Skip
from interchange.references import Pointer

SETTLED = ("final", "amended", "corrected")
ALONE = "an item that is in no collection"


@dataclass(frozen=True, slots=True)
class PendingItem:
    """One answer; `otherwise` is what comes of it where no collection counts it."""

    answered: Answered
    origin: Origin
    patient: Pointer
    is_settled: bool
    otherwise: Skip


@dataclass(frozen=True, slots=True)
class PendingCollection:
    """One sitting, if its members turn out to be items; else it is what `otherwise` says."""

    own_id: str
    origin: Origin
    patient: Pointer
    members: tuple[Pointer, ...]
    answered: tuple[Answered, ...]
    measure: Measure | None
    context: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str | None], ...]
    effective: Moment | None
    notes: str
    otherwise: PendingScore | Skip | Failure


def read_item(found: Found) -> PendingItem | None:
    """The answer of an item's Observation; None for an Observation of anything else."""
    answered = read_answer(found.resource, category=found.resource.get("category"))
    if answered is None:
        return None
    is_settled = found.resource.get("status") in SETTLED
    alone = Skip(Kind.ASSESSMENT, ALONE, found.origin)
    return PendingItem(answered, found.origin, patient_pointer(found), is_settled, alone)


def read_collection(found: Found, otherwise: PendingScore | Skip | Failure) -> PendingCollection | None:
    """An Observation with members, or with components that are items; None for any other, and for one not settled."""
    observation = found.resource
    category = observation.get("category")
    components = [read_answer(one, category=category) for one in observation.get("component", [])]
    answered = tuple(one for one in components if one is not None)
    server = own_server(found)
    members = tuple(
        Pointer(one["reference"], found.origin.file, server)
        for one in observation.get("hasMember", [])
        if one.get("reference")
    )
    if not (answered or members) or observation.get("status") not in SETTLED:
        return None
    return PendingCollection(
        own_id=own_id(found),
        origin=found.origin,
        patient=patient_pointer(found),
        members=members,
        answered=answered,
        measure=measure_of(observation),
        context=tuple((kind, words) for kind, words in said_by(observation, CONTEXT) if words),
        inputs=said_by(observation, INPUT),
        effective=_effective(observation),
        notes=join((note.get("text") for note in observation.get("note", [])), by="\n"),
        otherwise=otherwise,
    )


def _effective(observation: dict[str, object]) -> Moment | None:
    """The day or time; of a period the day, where it is one day, else the last one (an assessment over three days)."""
    period = observation.get("effectivePeriod")
    if isinstance(period, dict):
        end = moment(period.get("end"))
        return calendar_day(end) if end else None
    return moment(observation.get("effectiveDateTime") or observation.get("effectiveInstant"))


def day_of(at: Moment | None) -> dt.date | None:
    """The day on the clock of the place."""
    return calendar_day(at) if at else None
