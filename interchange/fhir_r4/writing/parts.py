"""Pieces that every Observation of ours is made of."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from interchange.codes import LOINC
from interchange.fhir_r4.systems import ABSENT, CONTEXT, FUNCTIONING, INPUT, MEASURE, SCALE, SURVEY
from interchange.fhir_r4.writing.text import Resource
from mobility.catalogue import Code, Context

UNKNOWN_TEXT = "unknown"


def own_id(patient: uuid.UUID, *parts: object) -> str:
    """The id of something of this chart: the same at every export, and of no other chart in the world."""
    return str(uuid.uuid5(patient, "/".join(map(str, parts))))


def reference(kind: str, own: object) -> Resource:
    return {"reference": f"{kind}/{own}"}


def effective(on: dt.date, at: dt.datetime | None) -> str:
    """The moment with its offset, or the day where no time is known."""
    return timezone.localtime(at).isoformat() if at else on.isoformat()


def instant(at: dt.datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="milliseconds")


def category(*, is_survey: bool) -> list[Resource]:
    """What PACIO's functioning observations have: functioning, and survey or exam."""
    functioning = {"coding": [{"system": FUNCTIONING, "code": "functioning", "display": "Functioning"}]}
    kind = "survey" if is_survey else "exam"
    return [functioning, {"coding": [{"system": SURVEY, "code": kind}]}]


def concept(text: str, *codings: Resource) -> Resource:
    """Codings where there are any, and always the words."""
    return {"coding": list(codings), "text": text} if codings else {"text": text}


def loinc(code: Code) -> Resource:
    return {"system": LOINC, "code": code.code, "display": code.display}


def method(instrument: str, version: str, words: str, scale: str = "") -> Resource:
    """Which instrument in which version, by the catalogue's ids: what no terminology has a code for."""
    codings = [{"system": MEASURE, "code": instrument, "version": version}]
    if scale:
        codings.append({"system": SCALE, "code": scale})
    return concept(words, *codings)


def said(system: str, code: str, words: str, text: str | None) -> Resource:
    """A component in words; without a text it says why there is none."""
    component: Resource = {"code": concept(words, {"system": system, "code": code})}
    if text:
        return component | {"valueString": text}
    reason = "not-performed" if text is None else UNKNOWN_TEXT
    return component | {"dataAbsentReason": {"coding": [{"system": ABSENT, "code": reason}]}}


def context(found: Mapping[str, str]) -> list[Resource]:
    """How it was scored: hand, walking aid, pace."""
    labels = {str(one): str(one.label) for one in Context}
    return [said(CONTEXT, kind, labels.get(kind, kind), words) for kind, words in found.items()]


def inputs(found: Mapping[str, Any]) -> list[Resource]:
    """What points are worked out from, each by its path."""
    return [said(INPUT, path, path, None if text is None else str(text)) for path, text in _leaves(found)]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else None
    if pairs is None:
        yield path, value
        return
    for name, one in pairs:
        yield from _leaves(one, f"{path}.{name}" if path else str(name))


def notes(text: str, *more: str) -> list[Resource]:
    """A note for each line: readers of FHIR may join lines."""
    return [{"text": line} for line in (*text.splitlines(), *more) if line.strip()]


def tidy(resource: Resource) -> Resource:
    """Without what says nothing: FHIR has no empty lists and no null."""
    return {name: value for name, value in resource.items() if value not in (None, "", [], {})}
