"""What a file is turned into before anything touches the database: typed records, each knowing where it stood.

What identifies a person is kept out of repr(), so that a traceback or a log line cannot show it.
"""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum

# A time as the source gave it: a day alone stays a day, nobody invents an hour.
Moment = dt.datetime | dt.date


class Kind(StrEnum):
    """What a line of the import's summary is about."""

    PATIENT = "patient"
    SCORE = "score"
    EQUIPMENT = "equipment"
    OTHER = "other"
    ASSESSMENT = "assessment"
    GOALS = "goals"


class StartBasis(StrEnum):
    """What the start of a loan rests on. Only PERIOD is the day that the item was handed out."""

    PERIOD = "period"
    MOMENT = "moment"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record stands: file, line, entry of a bundle ("3", nested "3.0"), and the source's own id."""

    file: str
    line: int | None = None
    entry: str = ""
    resource: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        entry = f" entry {self.entry}" if self.entry else ""
        return f"{place}{entry} ({self.resource})" if self.resource else f"{place}{entry}"


@dataclass(frozen=True, slots=True)
class Coding:
    system: str
    code: str
    display: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that somebody gave a person; `type` is the HL7 v2-0203 code, such as MR or SS."""

    system: str
    value: str = field(repr=False)
    type: str = ""


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """One person. `patient_ids` are proposals for the clinic's own identifier: take the first that is free."""

    source_key: str
    origin: Origin
    patient_ids: tuple[str, ...]
    identifiers: tuple[Identifier, ...] = ()
    family_name: str = field(default="", repr=False)  # or the single name; empty where no name is recorded
    given_names: str = field(default="", repr=False)
    title: str = field(default="", repr=False)
    suffix: str = field(default="", repr=False)
    preferred_name: str = field(default="", repr=False)
    sex_at_birth: str = field(default="", repr=False)  # female, male, indeterminate, or not known
    gender: str = field(default="", repr=False)  # administrative gender, which is something else
    date_of_birth: dt.date | None = field(default=None, repr=False)
    is_deceased: bool = False
    deceased_on: dt.date | None = field(default=None, repr=False)
    is_active: bool = True
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    emergency_contact: str = field(default="", repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)  # what the source knew and no field can hold

    kind = Kind.PATIENT

    @property
    def has_name(self) -> bool:
        return bool(self.family_name)


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """One measured total. `loinc` is the code that the catalogue knew; the instrument checks value and unit.

    `measure` says the same in the catalogue's own ids, as another clinic with this app writes it.
    """

    source_key: str
    origin: Origin
    patient_key: str
    loinc: str
    codings: tuple[Coding, ...]
    value: Decimal = field(repr=False)
    unit: str = ""  # UCUM code where the source gives one, else its own word
    effective_on: dt.date | None = field(default=None, repr=False)  # the day on the clock of the place
    effective_at: dt.datetime | None = field(default=None, repr=False)
    status: str = ""
    notes: str = field(default="", repr=False)
    measure: "Measure | None" = None
    context: tuple[tuple[str, str], ...] = ()

    kind = Kind.SCORE


@dataclass(frozen=True, slots=True)
class Measure:
    """An instrument in a version, by the catalogue's ids; `scale` is "" for the default one."""

    instrument: str
    version: str = ""
    scale: str = ""


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A total that the source gives beside the answers: it is compared with ours, never taken over."""

    origin: Origin
    loinc: str
    measure: Measure | None
    value: Decimal = field(repr=False)


@dataclass(frozen=True, slots=True)
class AssessmentRecord:
    """One sitting of one instrument with its answers: text by item, a number or a code of what was not attempted.

    `inputs` are what points are worked out from, as an assessment keeps them, by path ("goals.0.x"); None for a time of
    somebody who could not do it.
    """

    source_key: str
    origin: Origin
    patient_key: str
    measure: Measure
    answers: tuple[tuple[str, str], ...] = field(repr=False)
    inputs: tuple[tuple[str, str | None], ...] = field(default=(), repr=False)
    context: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    stated: tuple[StatedTotal, ...] = field(default=(), repr=False)
    effective_on: dt.date | None = field(default=None, repr=False)
    effective_at: dt.datetime | None = field(default=None, repr=False)
    notes: str = field(default="", repr=False)

    kind = Kind.ASSESSMENT


@dataclass(frozen=True, slots=True)
class GoalsRecord:
    """The levels that somebody is to reach by discharge, by item. Never a measured score."""

    source_key: str
    origin: Origin
    patient_key: str
    measure: Measure
    answers: tuple[tuple[str, str], ...] = field(repr=False)
    effective_on: dt.date | None = field(default=None, repr=False)
    notes: str = field(default="", repr=False)

    kind = Kind.GOALS


@dataclass(frozen=True, slots=True)
class EquipmentRecord:
    """One thing. Without a serial number it is a kind of thing, and its key is made per patient."""

    source_key: str
    name: str
    serial_number: str = ""
    udi: str = ""
    lot_number: str = ""
    manufacturer: str = ""
    model: str = ""
    codings: tuple[Coding, ...] = ()

    @property
    def is_single_item(self) -> bool:
        return bool(self.serial_number)


@dataclass(frozen=True, slots=True)
class LoanRecord:
    """One stay of a thing with a patient; still there while `returned_at` is None."""

    source_key: str
    origin: Origin
    patient_key: str
    item: EquipmentRecord
    checked_out_at: Moment = field(repr=False)
    returned_at: Moment | None = field(default=None, repr=False)
    start_basis: StartBasis = StartBasis.PERIOD
    notes: str = field(default="", repr=False)

    kind = Kind.EQUIPMENT


Record = PatientRecord | ScoreRecord | AssessmentRecord | GoalsRecord | LoanRecord
# What came to records after the first imports: left out of a fingerprint while it says nothing.
_LATER = ("measure", "context")


@dataclass(frozen=True, slots=True)
class Skip:
    """Something sound that is not for this importer. `reason` is the same text for the same cause, to be counted."""

    kind: Kind
    reason: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Failure:
    """Something broken. `message` never repeats what the record says about a person."""

    kind: Kind
    message: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Repeat:
    """A record read before in this run, with the same content: nothing to do, and nothing wrong."""

    kind: Kind
    source_key: str
    origin: Origin


Outcome = Record | Skip | Failure | Repeat


def digest(record: Record | EquipmentRecord) -> str:
    """A fingerprint of what a record says, wherever it stood: equal for the same content."""
    content = asdict(record)
    content.pop("origin", None)
    for stated in content.get("stated", ()):
        stated.pop("origin")
    for name in _LATER:
        if name in content and not content[name]:
            del content[name]
    return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()
