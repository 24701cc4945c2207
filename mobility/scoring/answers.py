"""What was answered, checked item by item: every problem is found in one go, so that a form can show each at its item."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from mobility.catalogue import Instrument, Item, plain
from mobility.catalogue.items import Questions, Subtotal

# As answers come: by item, or as pairs, in which an item can stand twice.
Answers = Mapping[str, Decimal | str | int] | Iterable[tuple[str, Decimal | str | int]]
# Nothing that is answered reaches this; what does would only cost time and room.
LIMIT = 1_000_000
_NUMBER = re.compile(r"-?[0-9]{1,6}(?:\.[0-9]{1,6})?")


class ProblemKind(StrEnum):
    """What is wrong with one answer."""

    UNKNOWN_ITEM = "unknown_item"
    DUPLICATE = "duplicate"
    INVALID_VALUE = "invalid_value"
    CONFLICT = "conflict"
    NOT_VERIFIED = "not_verified"
    MISSING_CONTEXT = "missing_context"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One answer that cannot be scored, and what to do about it."""

    item: str
    kind: ProblemKind
    message: str


class AnswersRefused(Exception):
    """Some answers cannot be scored. The text names items and kinds, never what was answered."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(f"{one.item}: {one.kind}" for one in self.problems))


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Answers that are allowed: points by item, and the items with a code that says why they were not attempted."""

    points: Mapping[str, Decimal]
    not_attempted: Mapping[str, str]


def exact(value: Decimal | str | int) -> Decimal | None:
    """The number of an answer, None for what is no number. Raises TypeError for a binary float or a truth value."""
    if isinstance(value, Decimal):
        return value if value.is_finite() and abs(value) < LIMIT and value == round(value, 6) else None
    if isinstance(value, str):
        return Decimal(value) if _NUMBER.fullmatch(value) and value.isascii() else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value) if abs(value) < LIMIT else None
    raise TypeError(f"an answer is a Decimal, a str or an int, not {type(value).__name__}")


def check_answers(instrument: Instrument, answers: Answers) -> Checked:
    """Each answer as points or as a code. Raises AnswersRefused with a problem for each item that has one."""
    asked, problems = instrument.questions, []
    known: dict[str, Item | Subtotal] = {one.id: one for one in asked.items}
    known |= {one.id: one for one in asked.subtotals}
    points: dict[str, Decimal] = {}
    codes: dict[str, str] = {}
    seen: set[str] = set()
    for name, value in answers.items() if isinstance(answers, Mapping) else answers:
        question = known.get(name)
        if question is None:
            problems.append(Problem(item=name, kind=ProblemKind.UNKNOWN_ITEM, message=_("This item is not known here")))
            continue
        if name in seen:
            problems.append(Problem(item=name, kind=ProblemKind.DUPLICATE, message=_("This item is answered twice")))
            continue
        seen.add(name)
        number = exact(value)
        code = _code_of(asked, value if isinstance(value, str) else "" if number is None else plain(number))
        if code:
            codes[name] = code
        elif number is not None and _is_allowed(question, number):
            points[name] = number
        else:
            problems.append(Problem(item=name, kind=ProblemKind.INVALID_VALUE, message=_allowed_words(question)))
    problems += _conflicts(asked, points)
    if problems:
        raise AnswersRefused(problems)
    return Checked(points=points, not_attempted=codes)


def _code_of(asked: Questions, text: str) -> str:
    """The not-attempted code that an answer is, "" for others. 7 and 9 are written 07 and 09 on the form."""
    if asked.not_attempted is None:
        return ""
    text = text.zfill(2) if text.isdecimal() else text
    return text if text in asked.not_attempted.codes or text == asked.not_attempted.not_assessed else ""


def _is_allowed(question: Item | Subtotal, number: Decimal) -> bool:
    if isinstance(question, Item):
        return number in question.allowed
    return question.min <= number <= question.max and not number % 1


def _allowed_words(question: Item | Subtotal) -> str:
    if isinstance(question, Item):
        return _("Choose one of %(allowed)s") % {"allowed": ", ".join(plain(one) for one in question.allowed)}
    words = _("Enter a whole number from %(min)s to %(max)s")
    return words % {"min": plain(question.min), "max": plain(question.max)}


def _conflicts(asked: Questions, points: Mapping[str, Decimal]) -> Iterable[Problem]:
    for item in asked.items:
        if not points.get(item.id):
            continue
        if item.replaces and points.get(item.replaces):
            words = _("Answer this item or %(other)s, not both")
            other = next(one.label for one in asked.items if one.id == item.replaces)
            yield Problem(item=item.id, kind=ProblemKind.CONFLICT, message=words % {"other": other})
        if item.counts_if and is_ruled_out(asked, item, points):
            words = _("Enter 0: what comes before it was not reached")
            yield Problem(item=item.id, kind=ProblemKind.CONFLICT, message=words)


def is_ruled_out(asked: Questions, item: Item, points: Mapping[str, Decimal]) -> bool:
    """Whether an item counts 0 by rule: what it depends on cannot add up to enough any more, however it is answered."""
    if item.counts_if is None:
        return False
    best = (max(one.allowed) for one in asked.items if one.id in item.counts_if.items and one.id not in points)
    given = (points.get(name, Decimal(0)) for name in item.counts_if.items)
    return sum(given) + sum(best) < item.counts_if.at_least
