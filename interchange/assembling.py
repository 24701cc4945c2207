"""Members and components brought together into one assessment, or into goals for discharge."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from interchange.fhir_r4.collections import PendingCollection, PendingItem, day_of
from interchange.fhir_r4.items import Answered
from interchange.identity import source_key
from interchange.pending import PendingScore
from interchange.records import AssessmentRecord, Failure, GoalsRecord, Kind, Measure, Skip, StatedTotal
from interchange.references import AmbiguousError, NotFoundError, Pointer, ReferenceIndex

Member = PendingItem | PendingScore
Assembled = AssessmentRecord | GoalsRecord | Skip | Failure


class BrokenError(Exception):
    """Why a collection cannot be right; the text is safe to print."""


@dataclass
class Observations:
    """The Observations that may be members, and which of them a collection has used."""

    index: ReferenceIndex[Member] = field(default_factory=lambda: ReferenceIndex("Observation"))
    used: set[Member] = field(default_factory=set)

    def members(self, collection: PendingCollection) -> list[Member]:
        """What a collection's references mean; what is not among the records read, or is no item, is left out."""
        found = []
        for pointer in collection.members:
            try:
                found.append(self.index.find(pointer))
            except AmbiguousError as fault:
                raise BrokenError(str(fault)) from None
            except NotFoundError:
                continue
        return found


def assemble(
    collection: PendingCollection, observations: Observations, patient_key: Callable[[Pointer], str]
) -> list[Assembled] | None:
    """The records of a collection; None where it holds no item, and is something else."""
    try:
        members = observations.members(collection)
    except BrokenError as fault:
        return [Failure(Kind.ASSESSMENT, str(fault), collection.origin)]
    items = [one for one in members if isinstance(one, PendingItem)]
    answered = [*collection.answered, *(one.answered for one in items if one.is_settled)]
    if not (answered or items or (collection.measure and collection.inputs)):
        return None
    totals = [one for one in members if isinstance(one, PendingScore)]
    observations.used.update(items, totals)
    if isinstance(collection.otherwise, PendingScore):
        totals.append(collection.otherwise)
    try:
        return _records(collection, items, answered, totals, patient_key)
    except BrokenError as fault:
        return [Failure(Kind.ASSESSMENT, str(fault), collection.origin)]


def _records(
    collection: PendingCollection,
    items: Sequence[PendingItem],
    answered: Sequence[Answered],
    totals: Sequence[PendingScore],
    patient_key: Callable[[Pointer], str],
) -> list[Assembled]:
    if not collection.own_id:
        raise BrokenError("without an id a second import would enter this assessment again")
    key = patient_key(collection.patient)
    if any(patient_key(one.patient) != key for one in items):
        raise BrokenError("an item of it is of another patient")
    instruments = {one.instrument for one in answered} | (
        {collection.measure.instrument} if collection.measure else set()
    )
    if len(instruments) != 1:
        return [
            Skip(
                Kind.ASSESSMENT, "a collection without an answer, or with items of several measures", collection.origin
            )
        ]
    if any(one.fault for one in answered):
        raise BrokenError(next(one.fault for one in answered if one.fault))
    on = day_of(collection.effective)
    if on is None:
        return [Skip(Kind.ASSESSMENT, "a collection without a full date", collection.origin)]
    measure = collection.measure or Measure(next(iter(instruments)))
    goals, found = _answers(answered, is_goal=True), _answers(answered, is_goal=False)
    own = f"Observation/{collection.own_id}"
    records: list[Assembled] = []
    if found or (collection.inputs and not goals):
        at = collection.effective if isinstance(collection.effective, dt.datetime) else None
        records.append(
            AssessmentRecord(
                source_key=source_key(key, own),
                origin=collection.origin,
                patient_key=key,
                measure=measure,
                answers=found,
                inputs=collection.inputs,
                context=collection.context,
                stated=tuple(_stated(one) for one in totals),
                effective_on=on,
                effective_at=at,
                notes=collection.notes,
            )
        )
    if goals:
        records.append(
            GoalsRecord(
                source_key=source_key(key, f"{own}#goals" if records else own),
                origin=collection.origin,
                patient_key=key,
                measure=measure,
                answers=goals,
                effective_on=on,
                notes="" if records else collection.notes,
            )
        )
    return records or [Skip(Kind.ASSESSMENT, "a collection without an answer", collection.origin)]


def _answers(answered: Sequence[Answered], *, is_goal: bool) -> tuple[tuple[str, str], ...]:
    """Answers by item. Raises BrokenError where an item has two that differ."""
    found: dict[str, str] = {}
    for one in answered:
        if one.is_goal is not is_goal or one.answer is None:
            continue
        if found.setdefault(one.item, one.answer) != one.answer:
            raise BrokenError("an item of it has two answers")
    return tuple(sorted(found.items()))


def _stated(total: PendingScore) -> StatedTotal:
    record = total.record
    return StatedTotal(record.origin, record.loinc, record.measure, record.value)
