"""Which mobility status a score speaks for. Offered to a person with the reason filled in; nothing changes by itself.

The rows are in catalogue/data/choices/mobility_status.yaml, each with its source. No row, no suggestion.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.access import Perm
from mobility import catalogue
from mobility.catalogue import CatalogueError, decimal_yaml
from mobility.catalogue.facts import Fact
from mobility.catalogue.nodes import Node
from mobility.catalogue.schema import trust
from patients.registry import Prefill, StatusSuggestion
from patients.vocabulary import MobilityStatus
from ui.dates import show_date

if TYPE_CHECKING:
    from mobility.models import MobilityScore
    from patients.models import Patient

FILE = catalogue.DATA / "choices" / "mobility_status.yaml"
SCHEMA_VERSION = 1
KEY, IN_SESSION = "score", "suggested_by_score"


@dataclass(frozen=True, kw_only=True)
class Meaning(Fact):
    """That some values of an instrument speak for one of these statuses."""

    statuses: tuple[MobilityStatus, ...]


@dataclass(frozen=True)
class Suggestion:
    """A score that speaks for another status than the patient has."""

    score: "MobilityScore"
    meaning: Meaning

    @property
    def statuses(self) -> str:
        """Supervision; Independent or Independent with aid."""
        return _(" or ").join(str(one.label) for one in self.meaning.statuses)

    @property
    def to(self) -> str:
        """The status to choose beforehand; "" where the person has to choose between several."""
        return self.meaning.statuses[0].value if len(self.meaning.statuses) == 1 else ""

    @property
    def reason(self) -> str:
        """FAC 3 on 21-Nov-2026: Supervision without contact."""
        instrument = self.score.instrument
        assert instrument is not None, "a meaning is of an instrument"  # noqa: S101
        value, level = catalogue.plain(self.score.score_value), _level(instrument, self.score.score_value)
        words = _("%(measure)s %(value)s on %(day)s: %(level)s") if level else _("%(measure)s %(value)s on %(day)s")
        day = show_date(self.score.score_date)
        return words % {"measure": instrument.abbreviation, "value": value, "day": day, "level": level}

    @property
    def url(self) -> str:
        """The status form, filled in."""
        form = reverse("patients:change_status", kwargs={"patient_id": self.score.patient_id})
        return f"{form}?suggested={KEY}-{self.score.pk}"


def _level(instrument: Any, value: Decimal) -> str:
    items = instrument.questions.items
    return str(items[0].levels.get(value, "")) if len(items) == 1 else ""


# Asking.


def for_score(patient: "Patient", score: "MobilityScore") -> Suggestion | None:
    """What this score speaks for, if it is the newest of its measure and the patient has another status."""
    if score.is_in_error or score.scale or score.instrument is None:
        return None
    meaning = _meanings().get((score.score_type, score.score_value))
    if meaning is None or patient.mobility_status in meaning.statuses:
        return None
    newest = patient.mobility_scores.live().of_type(score.score_type).newest_first().first()
    return Suggestion(score, meaning) if newest == score else None


def may_take(patient: "Patient") -> bool:
    """Whether this person may change the status."""
    return Perm.CHANGE in patient.held_perms and not patient.is_archived


def offer(request: Any, patient: "Patient", score_type: str) -> bool:
    """Once a measure was recorded: keep what its newest score speaks for, until the person takes it or dismisses it.

    Returns whether there is something to offer, on the pages of scores.
    """
    if not may_take(patient) or all(name != score_type for name, _value in _meanings()):
        return False
    newest = patient.mobility_scores.live().of_type(score_type).newest_first().first()
    if newest is None or for_score(patient, newest) is None:
        return False
    request.session[IN_SESSION] = newest.pk
    return True


def offered(request: Any, patient: "Patient") -> Suggestion | None:
    """What is offered to this person for this patient: no query unless a score was just recorded that speaks for it."""
    key = request.session.get(IN_SESSION)
    if key is None or not may_take(patient):
        return None
    score = patient.mobility_scores.filter(pk=key).first()
    return for_score(patient, score) if score else None


def dismiss(request: Any, score: "MobilityScore") -> None:
    """Say no more of it."""
    if request.session.get(IN_SESSION) == score.pk:
        del request.session[IN_SESSION]


def prefill(patient: "Patient", key: str) -> Prefill | None:
    """What the status form starts with, from a score of this patient."""
    score = patient.mobility_scores.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    found = for_score(patient, score) if score else None
    if score is None or found is None:
        return None
    time = localtime(score.occurred_at).strftime("%H:%M") if score.has_time else ""
    return Prefill(to=found.to, reason=found.reason, seen_on=score.score_date, seen_time=time)


SOURCE = StatusSuggestion(KEY, prefill)


# The file.


@cache
def _meanings() -> dict[tuple[str, Decimal], Meaning]:
    rows = read(FILE.read_text(encoding="utf-8"), f"choices/{FILE.name}")
    return {key: meaning for key, meaning in rows if meaning.may_be_shown}


def check() -> None:
    """Raises CatalogueError where the file breaks a rule, naming file, instrument and key."""
    _meanings()


def read(text: str, file: str) -> Iterator[tuple[tuple[str, Decimal], Meaning]]:
    """Each value of each instrument with what it speaks for."""
    try:
        top = Node(decimal_yaml.load(text), file)
    except yaml.YAMLError as problem:
        raise CatalogueError(f"{file}: {problem}") from problem
    if top.whole("schema_version") != SCHEMA_VERSION:
        raise top.error("schema_version", f"must be {SCHEMA_VERSION}")
    top.text("reviewed_on")
    seen: set[tuple[str, Decimal]] = set()
    for node in top.nodes("suggestions"):
        keys, meaning = _row(node, file)
        for key in keys:
            if key in seen:
                raise node.error("values", f"{key[1]} is there twice")
            seen.add(key)
            yield key, meaning
    top.close()


def _row(node: Node, file: str) -> tuple[list[tuple[str, Decimal]], Meaning]:
    name = node.text("instrument")
    node.where, node.path = f"{file}: {name}", ""
    instrument = catalogue.find(name)
    if instrument is None:
        raise node.error("instrument", f"there is no instrument {name}")
    values, scale = node.decimals("values"), instrument.default_scale
    for value in values:
        if value < scale.min or (scale.max is not None and value > scale.max) or (scale.step and value % scale.step):
            raise node.error("values", f"{value} is no value of {scale.id}")
    statuses = node.texts("statuses")
    if unknown := set(statuses) - {*MobilityStatus.values}:
        raise node.error("statuses", f"there is no mobility status {sorted(unknown)[0]}")
    node.text("why")
    meaning = Meaning(statuses=tuple(MobilityStatus(one) for one in statuses), **trust(node))
    node.close()
    return [(name, value) for value in values], meaning
