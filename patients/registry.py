"""What domain apps add to the chart and the caseload, without patients knowing them.

A domain app registers in its `apps.py` (`ready`): chart panels, timeline sources, tabs, quick-add buttons,
caseload columns, filters and orders, panels of the chart as it stood and how facts are known. Functions get an
authorised patient (or the patients of one page) and run a fixed number of queries, however many rows there are.

`reads` are prepared queries that a page asks for together, before anything is fetched; they may take patient, user and
today. A part that says nothing of them is right all the same, and slower.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils import timezone

from accounts.access import Perm
from ui.paging import Key
from ui.prepared import Prepared, Read, read_ahead
from ui.words import overdue

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from patients.models import Patient


RECENT_DAYS = 7  # how long a change counts as news


@dataclass(frozen=True)
class Tab:
    """A page of the chart. `url_name` takes patient_id."""

    key: str
    label: Any
    url_name: str
    order: int = 50


@dataclass(frozen=True)
class QuickAdd:
    """A button in the chart's bar that opens a form from anywhere. `shortcut` is a single key."""

    key: str
    label: Any
    icon: str
    url_name: str
    perm: Perm
    shortcut: str = ""
    order: int = 50
    is_primary: bool = False


@dataclass(frozen=True)
class ChartPanel:
    """A part of the overview: a fact in the strip (`area="strip"`) or a panel in the rail (`area="rail"`).

    `part` is a Jinja2 template (ui/parts.py). It is handed `patient`, `here` (the address of the page, to come back to)
    and what `fetch(patient, user)` returns, at best with one query: with `once` and a query of `reads`.
    """

    key: str
    part: str
    fetch: "Callable[[Patient, User], Mapping[str, Any]]"
    area: str = "rail"
    order: int = 50
    reads: Sequence[Prepared] = ()


@dataclass(frozen=True)
class Mark:
    """What is said of an entry beside it, and where more of it is."""

    label: Any
    tone: str = ""
    url: str = ""


@dataclass(frozen=True)
class TimelineEntry:
    """One event of a chart, as the timeline shows it."""

    at: dt.datetime
    kind: str
    pk: int
    title: Any
    icon: str
    url: str = ""
    tone: str = ""  # score, good, bad, draft
    text: str = ""
    byline: Any = ""
    tag: Any = ""
    tag_tone: str = ""
    move: str = ""  # improved, declined, same
    move_label: Any = ""
    is_timed: bool = True  # False: only the day is known
    is_struck: bool = False  # entered in error
    author_pk: int | None = None
    marks: "Sequence[Mark]" = ()
    known: "tuple[str, Any] | None" = None  # its Provenance, and its key there

    @property
    def key(self) -> Key:
        return Key(self.at, (self.kind, self.pk))


@dataclass(frozen=True)
class TimelineSource:
    """Events of one kind. `fetch(patient, user, before, limit)` returns the newest `limit` that sort after `before`.

    Order: newest `at` first, then kind, then row number, all descending; `ui.paging.Key` holds the three.
    `find(patient, pks)` returns those entries of its own kind (the source's key) that are of this chart: they can be
    named from elsewhere.
    """

    key: str
    label: Any
    fetch: "Callable[[Patient, User, Key | None, int], list[TimelineEntry]]"
    order: int = 50
    find: "Callable[[Patient, Sequence[int]], list[TimelineEntry]] | None" = None
    reads: Sequence[Prepared] = ()  # for the newest


@dataclass(frozen=True)
class EntryMarks:
    """Says something of entries of a chart, wherever they are shown: on the timeline, in lists, on their own pages.

    `fetch(patient)` returns the marks by kind and row number, with one query for a page. `offer(patient, kind, pk)`
    returns links to what can be done about an entry.
    """

    key: str
    fetch: "Callable[[Patient], Mapping[tuple[str, int], Sequence[Mark]]]"
    offer: "Callable[[Patient, str, int], Sequence[Mark]]"
    order: int = 50
    reads: Sequence[Prepared] = ()


@dataclass(frozen=True)
class Notice:
    """What waits for a person, told on the caseload and the dashboard. The link leads to where it is listed.

    `count(mine, today)` is an expression that counts rows of any table with a patient; `mine` is a condition on those
    rows: the reader's own patients and, for a lead, the team's. It becomes part of the statement that asks for all.
    """

    key: str
    text: Any
    link: Any
    url_name: str
    count: "Callable[[Any, Any], Any]"
    tone: str = "info"
    order: int = 50


@dataclass(frozen=True)
class CaseloadColumn:
    """A column of the caseload. `read(keys)` is the one query for the values of these patients, `tell(rows)` what its
    rows say of each. `part` is a Jinja2 template with a macro `cell(value, patient)`; the value is None for no rows.
    """

    key: str
    label: Any
    part: str
    read: "Callable[[Sequence[uuid.UUID]], Read]"
    tell: "Callable[[list[Any]], Mapping[uuid.UUID, Any]]"
    order: int = 50
    is_number: bool = False


@dataclass(frozen=True)
class CaseloadNumber:
    """How many there are of something, and how many of them are overdue: for patients/_caseload_number.jinja."""

    count: int
    overdue: int

    @property
    def overdue_words(self) -> str:
        return overdue(self.overdue)


@dataclass(frozen=True)
class Clock:
    """What conditions may compare with; a prepared query has parameters in their place."""

    today: Any  # date
    week_ago: Any  # datetime

    @classmethod
    def now(cls) -> "Clock":
        return cls(today=timezone.localdate(), week_ago=timezone.now() - dt.timedelta(days=RECENT_DAYS))


@dataclass(frozen=True)
class CaseloadFilter:
    """A flag to filter by, with its count beside it. `condition(clock)` is a Q or an Exists over Patient."""

    key: str
    label: Any
    condition: Callable[[Clock], Any]
    tone: str = ""  # bad, due, draft
    order: int = 50


@dataclass(frozen=True)
class PersonalFilter:
    """A flag whose meaning depends on who looks, such as own drafts: on the caseload, not on the team's dashboard."""

    key: str
    label: Any
    condition: "Callable[[User, Clock], Any]"
    tone: str = ""
    order: int = 50


@dataclass(frozen=True)
class CaseloadOrder:
    """A way to sort the caseload. `ordering()` returns expressions over Patient; name and key are added."""

    key: str
    label: Any
    ordering: Callable[[], Sequence[Any]]
    order: int = 50
    column: str = ""  # the column whose heading sorts by it


@dataclass(frozen=True)
class AsOfPanel:
    """A part of the chart as it stood. `fetch(patient, moment, before)` says what was recorded by then: one query.

    `patient` is the present one. What `fetch` returns is the template's context beside `patient` (as they were then) and
    `moment`; a `next_key` in it leads to the rows after it, and comes back as `before`. `recorded(patient)` gives
    field histories of what the panel shows: their times are the moments that one can step to.
    """

    key: str
    template: str
    fetch: "Callable[[Patient, dt.datetime, Key | None], Mapping[str, Any]]"
    recorded: "Callable[[Patient], Sequence[QuerySet[Any]]]"
    area: str = "main"  # or rail
    order: int = 50


@dataclass(frozen=True)
class Said:
    """One thing that was recorded about a fact: what it says since, who recorded it, when and why."""

    at: dt.datetime
    by: "User | None"
    what: Any  # Recorded, Changed, Marked as entered in error
    value: Any = ""
    reason: str = ""
    happened: Any = ""  # when it happened, in words, where that is not when it was recorded
    text: str = ""  # what was noted beside it
    is_error: bool = False
    # Which records the audit's event may name; the chart itself where there are none.
    targets: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Known:
    """A fact of a chart, and everything that was recorded about it, newest first."""

    title: Any
    value: Any
    said: Sequence[Said]
    links: Sequence[tuple[Any, str]] = ()  # the record itself, and what corrects it or is corrected by it
    is_struck: bool = False


@dataclass(frozen=True)
class Provenance:
    """How facts of one kind are known. `fetch(patient, key)` finds one of this patient's, or None.

    `forms` says what the pages and commands are called through which such facts are recorded.
    """

    key: str
    fetch: "Callable[[Patient, str], Known | None]"
    forms: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


@dataclass(frozen=True)
class CourseEvent:
    """What happened to a patient at a moment, in words, for the time axis of a chart.

    `glyph` is one of better, worse, out, back, start, other; `short` fits on the axis. `is_start`: an episode began.
    """

    at: dt.datetime
    glyph: str
    words: str
    short: str = ""
    is_start: bool = False


@dataclass(frozen=True)
class CourseSource:
    """Events of one kind. `fetch(patient)` returns all of them with one query; none that was entered in error."""

    key: str
    fetch: "Callable[[Patient], Sequence[CourseEvent]]"
    order: int = 50
    reads: Sequence[Prepared] = ()


@dataclass(frozen=True)
class Prefill:
    """What the form for another mobility status starts with. `to` is "" where the person has to choose."""

    to: str
    reason: str
    seen_on: dt.date
    seen_time: str = ""


@dataclass(frozen=True)
class StatusSuggestion:
    """Fills in the form for another mobility status. `fetch(patient, key)` finds what it is about, or None."""

    key: str
    fetch: "Callable[[Patient, str], Prefill | None]"
    order: int = 50


T = TypeVar("T")


@dataclass
class Registry:
    items: list[Any] = field(default_factory=list)
    _in_order: dict[type, tuple[Any, ...]] = field(default_factory=dict)

    def register(self, *items: Any) -> None:
        """Add items; one with the same type and key is an error, so that no app replaces another's."""
        for item in items:
            if any(type(item) is type(other) and item.key == other.key for other in self.items):
                raise ValueError(f"{type(item).__name__} {item.key!r} is registered already")
            self.items.append(item)
        self._in_order.clear()

    def of(self, kind: type[T]) -> Sequence[T]:
        """Everything of one kind, in order."""
        if kind not in self._in_order:
            found: list[Any] = [item for item in self.items if isinstance(item, kind)]
            self._in_order[kind] = tuple(sorted(found, key=lambda item: (item.order, item.key)))
        return self._in_order[kind]


registry = Registry()


def read_for(patient: "Patient", user: "User", *parts: Any, also: Iterable[Prepared] = ()) -> None:
    """Ask for what these parts of a page read, and `also` that, all of it together."""
    queries = [query for part in parts for query in part.reads]
    read_ahead(patient, [*queries, *also], user=user, today=timezone.localdate())


def prefill(patient: "Patient", suggested: str) -> Prefill | None:
    """What `suggested` (the key of a suggestion, and its own key for what it is about) fills the status form with."""
    kind, _, key = suggested.partition("-")
    source = next((one for one in registry.of(StatusSuggestion) if one.key == kind), None)
    return source.fetch(patient, key) if source else None
