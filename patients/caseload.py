"""The caseload list: which patients, in which order, with which columns. State lives in the address; of a search only the
key does (patients/searches.py)."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.access import Perm, ceiling
from accounts.roles import Role
from patients import notices
from patients.models import Patient
from patients.registry import CaseloadColumn, CaseloadFilter, CaseloadOrder, Clock, PersonalFilter, registry
from patients.vocabulary import ChartStatus, MobilityStatus
from ui import parts
from ui.addresses import reverse
from ui.prepared import Prepared, Read, as_they_come, together

if TYPE_CHECKING:
    from accounts.models import User
    from patients.querysets import PatientQuerySet

PAGE_SIZE = 25
CHARTS = {
    "": _("Active charts"),
    ChartStatus.INACTIVE: ChartStatus.INACTIVE.label,
    ChartStatus.DECEASED: ChartStatus.DECEASED.label,
    ChartStatus.ARCHIVED: ChartStatus.ARCHIVED.label,
    "all": _("All charts"),
}


@dataclass(frozen=True)
class CaseloadState:
    """What the address says about the list. Unknown values fall back to the default."""

    s: str = ""  # key of the search text
    flag: str = ""
    status: str = ""
    charts: str = ""
    scope: str = ""  # "" own patients, "team" every patient of the teams that a lead leads
    therapist: str = ""
    sort: str = ""
    page: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> "CaseloadState":
        found = cls(**{name: params.get(name, "")[:40] for name in cls.__dataclass_fields__})
        return replace(
            found,
            flag=found.flag if found.flag in {f.key for f in _flags()} else "",
            status=found.status if found.status in MobilityStatus.values else "",
            charts=found.charts if found.charts in CHARTS else "",
            scope=found.scope if found.scope == "team" else "",
            therapist=found.therapist if found.therapist.isdecimal() and len(found.therapist) < 18 else "",
            sort=found.sort if found.sort in {o.key for o in registry.of(CaseloadOrder)} else "",
        )

    @property
    def is_own(self) -> bool:
        """Whether the list is made of one's own active charts, whichever of them are shown."""
        return not (self.scope or self.therapist or self.charts)

    def url(self, **changes: str) -> str:
        """The address of the list with some of the state changed; back on the first page unless `page` is given."""
        values = {k: v for k, v in (vars(self) | {"page": ""} | changes).items() if v}
        return reverse("patients:list_caseload") + ("?" + urlencode(values) if values else "")

    def base(self, patients: "PatientQuerySet", user: "User") -> "PatientQuerySet":
        """Whose patients, and which charts: what the flags are counted over."""
        if self.scope != "team":
            patients = patients.without_people()
        if user.role == Role.LEAD and self.scope == "team":
            patients = patients.led_by(user)
        else:  # without the charts that are open to this person in an emergency
            patients = patients.on_own_caseload(user)
        if self.therapist:
            patients = patients.filter(primary_therapist=int(self.therapist))
        if self.charts == "all":
            return patients
        return patients.filter(chart_status=self.charts or ChartStatus.ACTIVE)

    def narrow(self, patients: "PatientQuerySet", text: str, user: "User") -> "PatientQuerySet":
        """The flag, the mobility status and the search."""
        for item in _flags():
            if item.key == self.flag:
                patients = patients.filter(_condition(item, user, Clock.now()))
        if self.status:
            patients = patients.filter(mobility_status=self.status)
        return patients.matching(text) if text else patients

    def order(self, patients: "PatientQuerySet") -> "PatientQuerySet":
        for item in registry.of(CaseloadOrder):
            if item.key == self.sort:
                return patients.order_by(*item.ordering(), "search_text", "pk")
        return patients.by_name()


@dataclass(frozen=True)
class Column:
    """A registered column in the words of the reader, looked up once for all rows. `cell(value, patient)` writes one."""

    label: str
    cell: Any
    is_number: bool


class Row(NamedTuple):
    patient: "Patient"
    url: str
    cells: list[tuple[Column, Any]]


def columns() -> list[Column]:
    """The registered columns, in order."""
    return [
        Column(str(column.label), parts.macro(column.part, "cell"), column.is_number)
        for column in registry.of(CaseloadColumn)
    ]


def _rows(
    patients: "Sequence[Patient]", shown: Sequence[Column], values: Sequence[Mapping[uuid.UUID, Any]]
) -> list[Row]:
    """The patients with the value of each column."""
    found = []
    for patient in patients:
        key = patient.pk
        cells = [(column, value.get(key)) for column, value in zip(shown, values, strict=True)]
        found.append(Row(patient, reverse("patients:show_chart", kwargs={"patient_id": key}), cells))
    return found


def _ask_columns(keys: Sequence[uuid.UUID], *also: Read) -> AbstractContextManager[Iterator[list[Any]]]:
    """Ask for what each registered column, in order, says of these patients, and for `also`, which may take longer."""
    told = registry.of(CaseloadColumn) if keys else ()
    return as_they_come([*(column.read(keys) for column in told), *also])


def _tell_columns(found: Iterator[list[Any]]) -> list[Mapping[uuid.UUID, Any]]:
    """What they say, of each patient."""
    return [column.tell(next(found)) for column in registry.of(CaseloadColumn)]


def _flags() -> list[CaseloadFilter | PersonalFilter]:
    return sorted([*registry.of(CaseloadFilter), *registry.of(PersonalFilter)], key=lambda f: (f.order, f.key))


def _condition(flag: CaseloadFilter | PersonalFilter, user: "User", clock: Clock) -> Any:
    return flag.condition(user, clock) if isinstance(flag, PersonalFilter) else flag.condition(clock)


def _counts(user: "User", clock: Clock) -> dict[str, Count]:
    return {"all": Count("pk")} | {f.key: Count("pk", filter=_condition(f, user, clock)) for f in _flags()}


def _own(user: "User", today: "dt.date") -> "PatientQuerySet":
    """One's own active charts: those of the care team, not those open in an emergency or through a lead group."""
    mine: PatientQuerySet = Patient.objects.on_own_caseload(user, today)
    return mine.filter(chart_status=ChartStatus.ACTIVE)


def _own_counts(user: "User", today: "dt.date", week_ago: "dt.datetime") -> "QuerySet[Any]":
    every = _own(user, today).order_by().values(every=Value(1))
    return every.annotate(**_counts(user, Clock(today, week_ago)))


def _own_first_page(user: "User", today: "dt.date") -> "QuerySet[Patient]":
    return _own(user, today).by_name()[:PAGE_SIZE]


# The page that therapists open all day; every other view of the list is put together as it is asked for.
_count_own = Prepared(_own_counts)
_read_own_first_page = Prepared(_own_first_page)


@dataclass(frozen=True)
class Listed:
    """What the list shows: how many there are and have each flag, a page of patients in rows, and what waits for the
    reader.
    """

    counts: Mapping[str, int]
    page: Page["Patient"]
    columns: Sequence[Column]
    rows: Sequence[Row]
    notices: notices.Notices


def read(patients: "PatientQuerySet", state: CaseloadState, text: str, user: "User") -> Listed:
    """The list that the address names, over those of `patients` that `state.base` takes: three queries and one a column."""
    clock, shown = Clock.now(), columns()
    beside = [notices.ask(user)]
    if is_own := state.is_own and Perm.VIEW in ceiling(user):
        beside.append(_count_own.bind(user=user, today=clock.today, week_ago=clock.week_ago))
    if is_own and state == CaseloadState():
        # Opened all day. What stands beside the patients is asked for before they are put together, and last what takes
        # longest: to count the flags.
        first = _read_own_first_page.bind(user=user, today=clock.today)
        rows = first.find()
        with _ask_columns(first.keys(rows), *beside) as answers:
            listed = first.rows(rows)
            values = _tell_columns(answers) if listed else []
            told, counted = answers
        counts = _counted(counted)
        page = Page(listed, 1, _paginator(listed, counts["all"]))
    else:
        told, *found = together(beside)
        counts = _counted(*found) if is_own else state.base(patients, user).order_by().aggregate(**_counts(user, clock))
        is_whole = not (text or state.flag or state.status)
        page = _page_of(patients, state, text, user, count=counts["all"] if is_whole else None)
        listed = list(page)
        with _ask_columns([patient.pk for patient in listed]) as answers:
            values = _tell_columns(answers) if listed else []
    return Listed(counts, page, shown, _rows(listed, shown, values), notices.tell(told))


def _counted(found: list[Any]) -> Mapping[str, int]:
    return found[0] if found else defaultdict(int)


@dataclass(frozen=True)
class Chip:
    """A flag that narrows the list, with how many have it."""

    label: Any
    count: int
    tone: str
    url: str
    is_on: bool


def chips(counts: Mapping[str, int], state: CaseloadState) -> list[Chip]:
    """All, then the flags."""
    found = [Chip(_("All"), counts["all"], "", state.url(flag=""), not state.flag)]
    for flag in _flags():
        count = counts[flag.key]
        found.append(
            Chip(flag.label, count, flag.tone if count else "", state.url(flag=flag.key), state.flag == flag.key)
        )
    return found


def _page_of(
    patients: "PatientQuerySet", state: CaseloadState, text: str, user: "User", *, count: int | None
) -> Page["Patient"]:
    """The page that the address names; the nearest one for a number that is none. `count` if it is known already."""
    number = state.page if state.page.isdecimal() and len(state.page) < 9 else 1
    listed = state.order(state.narrow(state.base(patients, user), text, user))
    return _paginator(listed, count).get_page(number)


def _paginator(patients: Any, count: int | None) -> "Paginator[Patient]":
    paginator = Paginator(patients, PAGE_SIZE)
    if count is not None:
        paginator.count = count
    return paginator


def orders() -> list[tuple[str, Any]]:
    """Ways to sort, name first: (key, label)."""
    return [("", _("Name, A to Z")), *((order.key, order.label) for order in registry.of(CaseloadOrder))]


def listed_words(number: int) -> str:
    """3 patients listed."""
    return ngettext("%(n)s patient listed", "%(n)s patients listed", number) % {"n": number}


def searched_words(number: int) -> str:
    """You searched 3 patients."""
    return ngettext("You searched %(n)s patient.", "You searched %(n)s patients.", number) % {"n": number}
