"""What a run has read already, by key: so that nothing is handed out twice."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from interchange.records import Failure, PatientRecord, Record, Repeat, Skip, digest

OTHER_PERSON = "this id was read before for a person with another birth date or name"
OTHER_VERSION = "another version of a record read before: the first one is kept"


@dataclass(frozen=True, slots=True)
class _Seen:
    digest: str
    date_of_birth: dt.date | None = None
    names: tuple[str, str] = ("", "")


class KnownRecords:
    """The keys of the records handed out, with a fingerprint of each."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def admit(self, record: Record) -> Record | Repeat | Skip | Failure:
        """The record itself if it is new, else why it is not handed out."""
        now, before = _summary(record), self._seen.get(record.source_key)
        if before is None:
            self._seen[record.source_key] = now
            return record
        if before.digest == now.digest:
            return Repeat(record.kind, record.source_key, record.origin)
        if are_different_people(before, now):
            # Never a quiet merge: two charts can be put together later, one chart of two people cannot be taken apart.
            return Failure(record.kind, OTHER_PERSON, record.origin)
        return Skip(record.kind, OTHER_VERSION, record.origin)


def _summary(record: Record) -> _Seen:
    if isinstance(record, PatientRecord):
        return _Seen(digest(record), record.date_of_birth, (record.family_name, record.given_names))
    return _Seen(digest(record))


class Person(Protocol):
    """What tells people apart: birth date, and family and given names, each of which may be missing."""

    @property
    def date_of_birth(self) -> dt.date | None: ...

    @property
    def names(self) -> tuple[str, str]: ...


def are_different_people(one: Person, other: Person) -> bool:
    """Whether birth dates, or both family and given names, contradict each other."""
    born = {one.date_of_birth, other.date_of_birth} - {None}
    families, givens = ({name.casefold() for name in pair} - {""} for pair in zip(one.names, other.names, strict=True))
    return len(born) > 1 or (len(families) > 1 and len(givens) > 1)
