"""The answers of an assessment to be read: each with the wording that it was scored with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mobility import details, editions
from mobility.catalogue import Context
from mobility.entry.reading import Entered
from mobility.models import Assessment


@dataclass(frozen=True)
class Line:
    """One question with its answer: the value, and the words that stood beside it. `other` is another one's answer."""

    question: str
    value: str
    label: str = ""
    section: str = ""
    other: str = ""


def lines(assessment: Assessment) -> list[Line]:
    """Every answer in the order of the form; items without one are left out."""
    return list(_lines(assessment.wording.facts, assessment.answers, assessment.inputs))


def count_words(assessment: Assessment) -> str:
    """3 of 10 answered; for goals, problems and values how many there are."""
    facts = assessment.wording.facts
    items = [one for one in facts["items"] if not one["repeats"]]
    asked = [one["id"] for one in items if not one["alternate"]] or [one["id"] for one in facts["subtotals"]]
    if not asked:
        return _("%(count)s entered") % {"count": len(lines(assessment))}
    stands_for = {one["id"]: one["replaces"] for one in items if one["replaces"]}
    timed = {one["id"]: one["item"] for one in facts["times"]}
    given = set(assessment.answers) | {timed[name] for name in assessment.inputs if name in timed}
    done = (given | {stands_for[name] for name in given if name in stands_for}) & set(asked)
    return _("%(done)s of %(asked)s answered") % {"done": len(done), "asked": len(asked)}


def _lines(facts: Mapping[str, Any], answers: Mapping[str, str], inputs: Mapping[str, Any]) -> Iterator[Line]:
    scales = {one["id"]: one["label"] for one in facts["scales"]}
    has_parts = len({one["scale"] for one in facts["items"]}) > 1
    timed = {one["id"]: one["item"] for one in facts["times"]}
    for item in facts["items"]:
        section = scales.get(item["scale"], "") if has_parts else ""
        if item["id"] in answers:
            yield Line(item["label"], *_answer(facts, item, answers[item["id"]]), section=section)
        for rule in (one for one in timed if timed[one] == item["id"] and one in inputs):
            seconds = inputs[rule]
            yield Line(item["label"], _("Could not do it") if seconds is None else _seconds(seconds), section=section)
    for part in facts["subtotals"]:
        if part["id"] in answers:
            yield Line(part["label"], _("%(value)s of %(max)s") % {"value": answers[part["id"]], "max": part["max"]})
    yield from _measured(facts, scales, inputs)


def _answer(facts: Mapping[str, Any], item: Mapping[str, Any], answer: str) -> tuple[str, str]:
    if answer in facts["not_attempted"]:
        return answer, str(facts["not_attempted"][answer])
    if answer and answer == facts["not_assessed"]:
        return answer, _("Not assessed")
    return answer, next((one["label"] for one in item["levels"] if one["value"] == answer), "")


def _seconds(text: str) -> str:
    return _("%(seconds)s s") % {"seconds": text}


def _measured(facts: Mapping[str, Any], scales: Mapping[str, str], inputs: Mapping[str, Any]) -> Iterator[Line]:
    if "distance_m" in inputs:
        yield Line(_("Distance timed"), _("%(distance)s m") % {"distance": inputs["distance_m"]})
    if "time_s" in inputs:
        yield Line(_("Time"), _seconds(inputs["time_s"]))
    labels = {one["value"]: one["label"] for item in facts["items"] for one in item["levels"]}
    for goal in inputs.get("goals", ()):
        words = labels.get(goal["x"], "")
        if goal["w"] != "1":
            words = _("%(label)s, weight %(weight)s") % {"label": words, "weight": goal["w"]}
        yield Line(goal["goal"], goal["x"], words)
    for problem in inputs.get("problems", ()):
        ratings = [f"{scales[name]} {text}" for name, text in problem.items() if name in scales and text]
        yield Line(problem["problem"], ", ".join(ratings))
    for name, text in inputs.get("values", {}).items():
        yield Line(scales.get(name, name), text)


def differences(current: Assessment, mine: Entered) -> list[Line]:
    """What somebody else saved in the meantime, beside what this form says, wherever the two differ."""
    facts = editions.facts_of(mine.instrument)
    theirs = {one.question: one for one in _lines(facts, current.answers, current.inputs)}
    ours = {one.question: one for one in _lines(facts, mine.answers, mine.inputs)}
    names = dict.fromkeys([*theirs, *ours])
    pairs = [(name, _said(theirs.get(name)), _said(ours.get(name))) for name in names]
    pairs += [
        (details.label(kind), details.words(kind, current.context.get(kind, "")), details.words(kind, mine.context.get(kind, "")))
        for kind in Context
    ]  # fmt: skip
    nothing = _("No answer")
    return [Line(name, saved or nothing, other=now or nothing) for name, saved, now in pairs if saved != now]


def _said(line: Line | None) -> str:
    return " ".join(part for part in (line.value, line.label) if part) if line else ""


def parts(found: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """The lines by section, for a table with headings."""
    return [
        (name, [one for one in found if one.section == name]) for name in dict.fromkeys(one.section for one in found)
    ]
