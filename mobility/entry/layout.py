"""What the template of the form draws: questions in their sections, each with its options, error and last answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from mobility.catalogue import Instrument, Item, plain
from mobility.entry.form import AssessForm
from mobility.entry.reading import ROWS
from mobility.scoring import Kind

DIGITS = 10  # options with one digit each are chosen by that digit
COLUMNS = 5
LONG = 34


@dataclass(frozen=True)
class Option:
    """One answer; `key` is the key of the keyboard that chooses it, "" for none."""

    value: str
    label: str
    key: str
    is_chosen: bool


@dataclass(frozen=True)
class Question:
    """A scored item: its options, and the fields that stand for it (a time, a goal's text)."""

    field: Any
    legend: str
    options: Sequence[Option]
    codes: Sequence[Option] = ()
    note: Any = ""
    last: str = ""
    time: Any = None
    unable: Any = None
    before: Any = None  # a text that belongs above the options: the goal
    after: Any = None  # a number below them: its weight
    is_open: bool = False

    @property
    def is_list(self) -> bool:
        """Options with long labels are rows at any width."""
        return any(len(one.label) > LONG for one in self.options)

    @property
    def is_wrapped(self) -> bool:
        """Many short options take two lines."""
        return len(self.options) > COLUMNS

    @property
    def has_code(self) -> bool:
        """Whether a reason is chosen, which then is in sight."""
        return any(one.is_chosen for one in self.codes)


@dataclass(frozen=True)
class Section:
    """Questions under one heading, "" where there is but one section; `rows` are fields that stand side by side."""

    heading: str = ""
    questions: Sequence[Question] = ()
    rows: Sequence[Sequence[Any]] = field(default_factory=tuple)


def sections(form: AssessForm, last: Mapping[str, str]) -> list[Section]:
    """Everything the instrument asks for; `last` are the answers of the assessment before, by item."""
    instrument = form.instrument
    if form.kind is Kind.ITEMS:
        return _item_sections(form, last)
    if form.kind is Kind.SUBTOTALS:
        return [Section(rows=[[form[f"item_{one.id}"] for one in instrument.questions.subtotals]])]
    if form.kind is Kind.GOALS:
        return [Section(questions=[_goal(form, row) for row in range(ROWS)])]
    if form.kind is Kind.RATINGS:
        return [
            Section(heading=_("Problem %(number)s") % {"number": row + 1}, rows=[_problem(form, row)])
            for row in range(ROWS)
        ]
    values = [form[f"value_{one.id}"] for one in instrument.scored_scales]
    timed = [[form["distance_m"], form["time_s"]]] if form.kind is Kind.SPEED else []
    return [Section(rows=[*timed, values])]


def _problem(form: AssessForm, row: int) -> list[Any]:
    return [form[f"problem_{row}_text"], *(form[f"problem_{row}_{one.id}"] for one in form.instrument.scored_scales)]


def _item_sections(form: AssessForm, last: Mapping[str, str]) -> list[Section]:
    asked, scales = form.instrument.questions, {one.id: one for one in form.instrument.scales}
    parts = list(dict.fromkeys(one.scale_id for one in asked.items))
    by_digit = has_digit_keys(form.instrument)
    numbers = {one.id: number for number, one in enumerate(asked.items, start=1)}
    return [
        Section(
            heading=str(scales[part].label) if len(parts) > 1 else "",
            questions=[
                _item(form, one, numbers[one.id], by_digit, last.get(one.id, "")) for one in asked.items
                if one.scale_id == part
            ],
        )
        for part in parts
    ]  # fmt: skip


def has_digit_keys(instrument: Instrument) -> bool:
    """Whether every answer of every item is one digit: then that digit chooses it, and otherwise its place does.

    Never by value in one item and by place in the next: the same key would mean two things on one page.
    """
    return all(0 <= one < DIGITS for item in instrument.questions.items for one in item.allowed)


def _item(form: AssessForm, item: Item, number: int, by_digit: bool, last: str) -> Question:
    bound = form[f"item_{item.id}"]
    chosen = _chosen(form, bound)
    asked = form.instrument.questions
    rule = next((one for one in asked.times if one.item == item.id and one.may_be_shown), None)
    codes: list[Option] = []
    if asked.not_attempted:
        reasons = {**asked.not_attempted.codes, asked.not_attempted.not_assessed: _("Not assessed")}
        codes = [Option(code, str(words), "", code == chosen) for code, words in reasons.items()]
    return Question(
        field=bound,
        legend=f"{number}. {item.label}",
        options=_options(item, chosen, by_digit),
        codes=codes,
        note=item.only_if,
        last=last,
        time=form[f"time_{rule.id}"] if rule else None,
        unable=form[f"unable_{rule.id}"] if rule and rule.unable is not None else None,
        is_open=form.is_bound and not chosen and not (rule and form[f"time_{rule.id}"].value()),
    )


def _chosen(form: AssessForm, bound: Any) -> str:
    """The option that is ticked: of two answers to one item none, for nobody knows which was meant."""
    sent = form.data.getlist(bound.html_name) if isinstance(form.data, QueryDict) else []
    return "" if len(sent) > 1 else str(bound.value() or "")


def _options(item: Item, chosen: str, by_digit: bool) -> list[Option]:
    return [
        Option(plain(one), str(item.levels.get(one, "")), plain(one) if by_digit else str(place), plain(one) == chosen)
        for place, one in enumerate(item.allowed, start=1)
    ]


def _goal(form: AssessForm, row: int) -> Question:
    bound = form[f"goal_{row}_x"]
    return Question(
        field=bound,
        legend=_("Goal %(number)s") % {"number": row + 1},
        options=_options(form.instrument.questions.items[0], _chosen(form, bound), by_digit=False),
        before=form[f"goal_{row}_text"],
        after=form[f"goal_{row}_w"],
    )
