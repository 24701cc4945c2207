"""Which item goes to whom: one item is in one place at a time, and what broke is repaired before it goes out again."""

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from demo.clock import Clock
from demo.events import CameBack, CheckedOut, Event, ItemMoved, ItemRegistered, WentLost
from demo.people import SEED, read
from demo.staff import LEADS
from demo.stock import KINDS, Kind
from equipment.vocabulary import Condition, EquipmentStatus

WEEKS = (4, 6, 8, 12)
REPAIR = dt.timedelta(days=12)
STORE_KEEPERS = tuple(LEADS.values())
OPENED = 330  # days ago; before the first patient


@dataclass
class Loan:
    """An item of some kind with a patient, from `start` until `end`."""

    patient: uuid.UUID
    kind: str
    by: str
    start: dt.datetime
    ref: int
    rng: random.Random
    end: dt.datetime | None = None
    end_by: str = ""

    def finish(self, at: dt.datetime, by: str) -> None:
        self.end, self.end_by = at, by


@dataclass
class Item:
    """One serial number, and from when on it can be lent again; None for never."""

    serial: str
    free_from: dt.datetime | None


@dataclass
class Store:
    """Gives each loan an item and writes down what happens to the item."""

    clock: Clock
    rng: random.Random = field(default_factory=lambda: random.Random(f"{SEED} store"))  # noqa: S311
    items: dict[str, list[Item]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    returned: int = 0

    def lend(self, loans: Iterable[Loan]) -> Iterator[Event]:
        """Events of all loans, and of the items in the register."""
        for loan in sorted(loans, key=lambda one: (one.start, one.ref)):
            item = self._free(loan)
            yield self._check_out(loan, item)
            item.free_from = None
            if loan.end:
                yield from self._end(loan, item)
        yield from self._spares()
        yield from self._register()

    def _free(self, loan: Loan) -> Item:
        for item in self.items[loan.kind]:
            if item.free_from and item.free_from < loan.start:
                return item
        return self._new(loan.kind)

    def _new(self, kind: str) -> Item:
        facts, shelf = KINDS[kind], self.items[kind]
        item = Item(f"{facts.prefix}-{facts.first + len(shelf):04}", self._opening())
        shelf.append(item)
        return item

    def _opening(self) -> dt.datetime:
        return self.clock.at(self.clock.day(OPENED), 9 * 60)

    def _check_out(self, loan: Loan, item: Item) -> Event:
        notes = loan.rng.choice(read("phrases")["loan_notes"])
        due_on = self._due_on(loan)
        return CheckedOut(at=loan.start, by=loan.by, patient=loan.patient, ref=loan.ref, serial=item.serial,
                          due_on=due_on, notes=notes)  # fmt: skip

    def _due_on(self, loan: Loan) -> dt.date | None:
        """Most of what is still out was agreed for longer; some of it is late."""
        weeks, chance, longer = loan.rng.choice(WEEKS), loan.rng.random(), loan.rng.randint(4, 40)
        if chance < 0.15:
            return None
        due_on = loan.start.date() + dt.timedelta(weeks=weeks)
        if loan.end is None and due_on < self.clock.today and chance > 0.4:
            due_on = self.clock.today + dt.timedelta(days=longer)
        return self.clock.next_working_day(due_on)

    def _end(self, loan: Loan, item: Item) -> Iterator[Event]:
        assert loan.end is not None  # noqa: S101
        self.returned += 1
        phrases = read("phrases")
        if loan.kind.endswith("stick") and self.returned % 3 == 0:
            yield WentLost(at=loan.end, by=loan.end_by, patient=loan.patient, loan=loan.ref, notes="Left on a bus.")
            return
        condition, fault = Condition.GOOD, ""
        if self.returned % 7 == 3:
            condition = Condition.NEEDS_REPAIR if self.returned % 2 else Condition.MISSING_PARTS
            fault = loan.rng.choice(phrases["faults"])
        notes = "" if fault else loan.rng.choice(phrases["return_notes"])
        yield CameBack(at=loan.end, by=loan.end_by, patient=loan.patient, loan=loan.ref, condition=condition,
                       notes=notes, fault=fault)  # fmt: skip
        item.free_from = loan.end
        if fault:
            item.free_from = None
            yield from self._repair(item, loan.end)

    def _repair(self, item: Item, since: dt.datetime) -> Iterator[Event]:
        day = self.clock.next_working_day((since + REPAIR).date())
        if day < self.clock.today:
            item.free_from = self.clock.at(day, 15 * 60 + 30)
            by = self.rng.choice(STORE_KEEPERS)
            notes = "Repaired and tested."
            yield ItemMoved(at=item.free_from, by=by, serial=item.serial, to=EquipmentStatus.IN_STOCK, notes=notes)

    def _spares(self) -> Iterator[Event]:
        """Items that nobody has: most in stock, one worn out, one that nobody can find, one in the workshop."""
        spares = [self._new(name) for name, kind in KINDS.items() for _ in range(kind.spare)]
        lost, retired, broken = spares[-1], spares[3], spares[0]
        stories = (
            (retired, EquipmentStatus.RETIRED, 95, "Beyond repair: cracked frame."),
            (lost, EquipmentStatus.LOST, 60, "Not there at the stock count."),
            (broken, EquipmentStatus.IN_REPAIR, 5, "Castor bearings worn."),
        )
        for item, to, ago, notes in stories:
            at = self.clock.at(self.clock.day(ago), 15 * 60)
            yield ItemMoved(at=at, by=self.rng.choice(STORE_KEEPERS), serial=item.serial, to=to, notes=notes)

    def _register(self) -> Iterator[Event]:
        everything: list[tuple[Item, Kind]] = [(item, KINDS[kind]) for kind in KINDS for item in self.items[kind]]
        for place, (item, kind) in enumerate(everything):
            at = self._opening() + dt.timedelta(minutes=place)
            yield ItemRegistered(at=at, by=STORE_KEEPERS[0], serial=item.serial, name=kind.name)
