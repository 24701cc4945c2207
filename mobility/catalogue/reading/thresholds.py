"""Measurement error (mdc) and meaningful change (mcid)."""

import itertools
from decimal import Decimal

from mobility.catalogue.nodes import Node
from mobility.catalogue.reading.bands import check_neighbours
from mobility.catalogue.scale import Scale
from mobility.catalogue.schema import bounds, identifier, refuse_repeats, scale_of, trust, words
from mobility.catalogue.stretch import Stretch
from mobility.catalogue.thresholds import PERCENT, DefaultChange, Magnitude, Method, Threshold

LEVELS = {Decimal(90), Decimal(95), None}
MDC, MCID = "mdc", "mcid"


def read_thresholds(node: Node, key: str, scales: tuple[Scale, ...]) -> tuple[Threshold, ...]:
    """Every threshold of one kind, those to be held back too. An empty list means unknown, never zero."""
    found = tuple(_threshold(one, key, scales) for one in node.nodes(key, empty=True))
    refuse_repeats(node.where, key, (one.id for one in found))
    _check_families(node, key, found)
    return found


def _threshold(node: Node, kind: str, scales: tuple[Scale, ...]) -> Threshold:
    scale = scale_of(node, scales)
    found = Threshold(
        id=identifier(node),
        scale_id=scale.id,
        value=node.decimal("value"),
        value_high=node.decimal("value_high") if node.has("value_high") else None,
        unit=node.text("unit"),
        population=words(node, "population"),
        family=identifier(node, "family") if node.has("family") else "",
        baseline=_baseline(node.node("baseline"), scale) if node.has("baseline") else None,
        is_strict=node.flag("strict") if node.has("strict") else False,
        level=_level(node) if kind == MDC else None,
        magnitude=node.choice("magnitude", Magnitude) if kind == MCID and node.has("magnitude") else None,
        method=node.choice("method", Method) if kind == MCID else None,
        **trust(node),
    )
    node.close()
    if found.value <= 0:
        raise node.error("value", "must be more than 0")
    if found.value_high is not None and found.value_high <= found.value:
        raise node.error("value_high", "must be more than value")
    if found.unit not in {scale.counted_in, PERCENT}:
        raise node.error("unit", f"must be {scale.counted_in or PERCENT} or {PERCENT}, not {found.unit}")
    if found.baseline and not found.family:
        raise node.error("family", "is missing: a row for part of the scale belongs to a rule")
    return found


def _baseline(node: Node, scale: Scale) -> Stretch:
    found = Stretch(**bounds(node))
    node.close()
    if found.low is None or found.high is None or found.low < scale.min or found.high > scale.axis_max:
        raise node.error("", "must have two bounds inside the scale")
    return found


def _level(node: Node) -> int | None:
    level = node.decimal_or_null("level")
    if level not in LEVELS:
        raise node.error("level", f"must be 90, 95 or null, not {level}")
    return None if level is None else int(level)


def _check_families(node: Node, key: str, found: tuple[Threshold, ...]) -> None:
    """A rule says one thing of one scale at one earlier score."""
    ids = {one.id for one in found}
    for (family, _), group in itertools.groupby(
        sorted((one for one in found if one.family), key=lambda one: (one.family, one.scale_id)),
        key=lambda one: (one.family, one.scale_id),
    ):
        rows = list(group)
        stretches = [one.baseline for one in rows if one.baseline]
        if family in ids or (len(rows) > 1 and len(stretches) != len(rows)):
            raise node.error(key, f"the rule {family} is ambiguous")
        stretches.sort(key=lambda one: one.low or Decimal(0))
        for lower, upper in itertools.pairwise(stretches):
            check_neighbours(node, f"{key}: {family}", lower, upper, may_leave_gaps=True)


def read_default_change(node: Node, mdc: tuple[Threshold, ...], mcid: tuple[Threshold, ...]) -> DefaultChange:
    """Which thresholds hold while the population is not known."""
    chosen = {}
    for key, known in ((MDC, mdc), (MCID, mcid)):
        wanted = node.take(key)
        if wanted is not None and not any(one.answers_to(wanted) for one in known):
            raise node.error(key, f"there is no {key} {wanted}")
        chosen[key] = wanted or ""
    node.close()
    return DefaultChange(**chosen)
