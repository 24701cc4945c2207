"""From what a form sent to a sitting: every problem at its field, and nothing dropped that was not understood."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from mobility.catalogue import Context, Instrument, plain
from mobility.scoring import AnswersRefused, Kind, Problem, Result, Sitting, kind_of, score_sitting, tidy

ROWS = 5  # goals, and problems of the COPM
LONGEST = 500
UNKNOWN = "?"
_COMMAS = re.compile("[,\N{FULLWIDTH COMMA}\N{ARABIC DECIMAL SEPARATOR}]")
_PLACE = re.compile(r"(goals|problems)\[(\d+)\](?:\.(\w+))?")


@dataclass
class Entered:
    """What was entered, as far as it was understood. `problems` are messages by field; "" is the form as a whole."""

    instrument: Instrument
    answers: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, Any] = field(default_factory=dict)
    context: dict[Context, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    result: Result | None = None
    # Which row of the form each goal or problem stands in: empty rows between them are left out.
    rows: list[int] = field(default_factory=list)

    @property
    def sitting(self) -> Sitting:
        return Sitting(answers=self.answers, inputs=self.inputs, context=self.context)

    @property
    def unassessed(self) -> list[str]:
        """The items that were answered by "not assessed" and so keep a total from being, in the order asked."""
        missing = {name for names in self.result.missing.values() for name in names} if self.result else set()
        return [name for name in self.answers if name in missing]

    def refuse(self, name: str, message: str) -> None:
        """The first thing that is wrong with a field is what is said of it."""
        self.problems.setdefault(name, message)

    def field_of(self, item: str) -> str:
        """The field that holds an item, a time, a goal's rating or a value; "" for what the form does not ask."""
        asked = self.instrument.questions
        if found := _PLACE.fullmatch(item):
            place = int(found[2])
            row = self.rows[place] if place < len(self.rows) else place
            return f"{found[1][:-1]}_{row}_{found[3] or 'text'}"
        if item in {one.id for one in asked.parts}:
            return f"item_{item}"
        if item in {one.id for one in asked.times}:
            return f"time_{item}"
        if item in {one.id for one in self.instrument.scales}:
            return (
                "time_s" if kind_of(self.instrument) is Kind.SPEED and "values" not in self.inputs else f"value_{item}"
            )
        if item in {"distance_m", "time_s"}:
            return item
        return f"context_{item}" if item in self.instrument.requires else ""


def read(instrument: Instrument, data: QueryDict | Mapping[str, Any]) -> Entered:
    """What the form of an instrument sent, with its result as far as it goes."""
    found, kind = Entered(instrument), kind_of(instrument)
    _read_context(found, data)
    readers = {
        Kind.ITEMS: _read_items,
        Kind.SUBTOTALS: _read_items,
        Kind.GOALS: _read_goals,
        Kind.RATINGS: _read_ratings,
        Kind.SPEED: _read_speed,
        Kind.VALUES: _read_values,
    }
    readers[kind](found, data)
    _score(found)
    return found


def labels(instrument: Instrument) -> dict[str, str]:
    """The label of each item, sub-total and scale, by id."""
    scales = {one.id: str(one.label) for one in instrument.scales}
    return scales | {one.id: str(one.label) for one in instrument.questions.parts}


def said_of(label: str, message: str) -> str:
    """A message that says which question it is about: it also stands in the summary at the top."""
    return _("%(question)s: %(message)s") % {"question": label, "message": message}


def _score(found: Entered) -> None:
    """The result; what is required beside it is a problem of its own, and keeps no total from being shown."""
    instrument = found.instrument
    context = {**dict.fromkeys(instrument.requires, UNKNOWN), **found.context}
    sitting = Sitting(answers=found.answers, inputs=found.inputs, context=context)
    try:
        tidied = tidy(instrument, sitting)
        found.answers = dict(tidied.answers)
        found.result = score_sitting(instrument, tidied)
    except AnswersRefused as refused:
        for problem in refused.problems:
            found.refuse(found.field_of(problem.item), _message(found, problem))


def _message(found: Entered, problem: Problem) -> str:
    label = labels(found.instrument).get(problem.item)
    if label is None or problem.item == found.instrument.default_scale.id:
        return problem.message
    return said_of(label, problem.message)


def _texts(data: QueryDict | Mapping[str, Any], name: str) -> list[str]:
    """What was sent under a name, without what was left empty."""
    sent = data.getlist(name) if isinstance(data, QueryDict) else [data[name]] if name in data else []
    return [text for text in (str(one).strip() for one in sent) if text]


def _text(found: Entered, data: QueryDict | Mapping[str, Any], name: str) -> str:
    sent = _texts(data, name)
    if len(sent) > 1:
        found.refuse(name, _("This is answered twice"))
    return sent[0] if sent else ""


def _number(found: Entered, data: QueryDict | Mapping[str, Any], name: str) -> str:
    """A number as it was typed; a decimal comma is a problem, for in some places it separates thousands."""
    text = _text(found, data, name)
    if _COMMAS.search(text):
        found.refuse(name, _("Use a point, not a comma, for decimals, such as 12.5"))
    return text


def _read_context(found: Entered, data: QueryDict | Mapping[str, Any]) -> None:
    for kind in (*found.instrument.requires, *found.instrument.context):
        text = _text(found, data, f"context_{kind}")
        if text:
            found.context[kind] = text
        elif kind in found.instrument.requires:
            found.refuse(f"context_{kind}", _("Say which %(context)s") % {"context": kind.label})


def _read_items(found: Entered, data: QueryDict | Mapping[str, Any]) -> None:
    asked = found.instrument.questions
    names = labels(found.instrument)
    ids = [one.id for one in asked.parts]
    for item in ids:
        sent = _texts(data, f"item_{item}")
        if len(sent) > 1:
            found.refuse(f"item_{item}", said_of(names[item], _("This item is answered twice")))
        elif sent and _COMMAS.search(sent[0]):
            found.refuse(f"item_{item}", said_of(names[item], _("Enter the number without a comma")))
        elif sent:
            found.answers[item] = sent[0]
    for name in data:
        if name.startswith("item_") and name.removeprefix("item_") not in ids:
            words = _("The form holds an item that this measure does not have: %(item)s. Open it again.")
            found.refuse("", words % {"item": name.removeprefix("item_")[:40] or "?"})
    for rule in asked.times:
        if rule.may_be_shown:
            _read_time(found, data, rule.id, rule.item, names[rule.item])


def _read_time(found: Entered, data: QueryDict | Mapping[str, Any], rule: str, item: str, label: str) -> None:
    name = f"time_{rule}"
    seconds, is_unable = _number(found, data, name), bool(_texts(data, f"unable_{rule}"))
    if not seconds and not is_unable:
        return
    if seconds and is_unable:
        found.refuse(name, said_of(label, _("Enter the time, or say that it could not be done, not both")))
    elif item in found.answers:
        found.refuse(name, said_of(label, _("Enter the time or choose the points, not both")))
    else:
        found.inputs[rule] = seconds or None


def _read_goals(found: Entered, data: QueryDict | Mapping[str, Any]) -> None:
    goals = []
    for row in range(ROWS):
        text, x = _text(found, data, f"goal_{row}_text"), _text(found, data, f"goal_{row}_x")
        weight = _number(found, data, f"goal_{row}_w")
        if not (text or x) and weight in {"", "1"}:  # the form begins with a weight of 1 in each row
            continue
        if not text:
            found.refuse(f"goal_{row}_text", _("Goal %(number)s: enter the goal") % {"number": row + 1})
        _require_short(found, f"goal_{row}_text", text)
        goals.append({"goal": text, "x": x, "w": weight or "1"})
        found.rows.append(row)
    if goals:
        found.inputs["goals"] = goals


def _read_ratings(found: Entered, data: QueryDict | Mapping[str, Any]) -> None:
    problems, scales = [], found.instrument.scored_scales
    for row in range(ROWS):
        text = _text(found, data, f"problem_{row}_text")
        ratings = {one.id: _number(found, data, f"problem_{row}_{one.id}") for one in scales}
        if not text and not any(ratings.values()):
            continue
        if not text:
            found.refuse(f"problem_{row}_text", _("Problem %(number)s: enter the problem") % {"number": row + 1})
        _require_short(found, f"problem_{row}_text", text)
        problems.append({"problem": text, **ratings})
        found.rows.append(row)
    if problems:
        found.inputs["problems"] = problems


def _require_short(found: Entered, name: str, text: str) -> None:
    if len(text) > LONGEST:
        found.refuse(name, _("Enter no more than %(count)s characters") % {"count": LONGEST})


def _read_speed(found: Entered, data: QueryDict | Mapping[str, Any]) -> None:
    """Distance and time, or the speed itself; the distance is kept with it as what later scores are compared by."""
    distance, seconds = _number(found, data, "distance_m"), _number(found, data, "time_s")
    scale = found.instrument.default_scale
    speed = _text(found, data, f"value_{scale.id}")
    if distance:
        found.inputs["distance_m"] = distance
        found.context[Context.DISTANCE] = _("%(distance)s m") % {"distance": _plain(distance)}
    if seconds and speed:
        found.refuse(f"value_{scale.id}", _("Enter the time or the speed, not both"))
    elif speed:
        found.inputs["values"] = {scale.id: speed}
    elif seconds:
        found.inputs["time_s"] = seconds
        if not distance:
            found.refuse("distance_m", _("Enter the distance that was timed, in metres"))


def _plain(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read_values(found: Entered, data: QueryDict | Mapping[str, Any]) -> None:
    values = {one.id: _text(found, data, f"value_{one.id}") for one in found.instrument.scored_scales}
    given = {name: text for name, text in values.items() if text}
    if given:
        found.inputs["values"] = given


def unusual(found: Entered) -> dict[str, tuple[str, str]]:
    """Totals that are possible but implausible: by field, the value in digits and the request to look again."""
    if found.result is None:
        return {}
    totals = (
        (one, found.result.totals[one.id]) for one in found.instrument.scored_scales if one.id in found.result.totals
    )
    warned = ((scale, value, scale.warning_for(value)) for scale, value in totals)
    return {found.field_of(scale.id): (plain(value), words) for scale, value, words in warned if words}
