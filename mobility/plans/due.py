"""What is said of a measure that is due, whether it was read as a record or as a row of a list."""

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

from mobility import catalogue
from mobility.catalogue import Instrument
from mobility.plans import words
from mobility.plans.querysets import OVERDUE, SOON


class OfMeasure:
    """Something about one instrument of the catalogue, of which it has the id."""

    if TYPE_CHECKING:
        score_type: Any

    @property
    def instrument(self) -> Instrument | None:
        return catalogue.find(self.score_type)

    @property
    def measure(self) -> str:
        """The name of the instrument, or its id if the catalogue no longer has it."""
        return str(self.instrument or self.score_type)

    @property
    def short_name(self) -> str:
        return self.instrument.short_name if self.instrument else str(self.score_type)


class Due:
    """Of a day, with what `standing` (querysets) says of it."""

    if TYPE_CHECKING:
        standing: Any
        days: Any

    @property
    def is_overdue(self) -> bool:
        return bool(self.standing == OVERDUE)

    @property
    def is_soon(self) -> bool:
        return bool(self.standing == SOON)

    @property
    def due_words(self) -> str:
        """Overdue by 3 days; Due today; Due in 3 days."""
        return words.due_in(self.days)


def others(overdue: int, soon: int) -> str:
    """How many more are as pressing as the first: and 2 more; "" for none."""
    number = (overdue or soon) - 1
    return words.and_more(number) if number > 0 else ""


class NextDueRow(NamedTuple):
    """What `next_of_patients` finds."""

    patient_id: uuid.UUID
    score_type: str
    due_on: dt.date
    standing: str
    days: int
    overdue: int
    soon: int


class NextDue(OfMeasure, Due, NextDueRow):
    """What is due of a patient first, and how much else is. Rows, not models: a caseload page reads 25."""

    __slots__ = ()

    @property
    def others(self) -> str:
        return others(self.overdue, self.soon)
