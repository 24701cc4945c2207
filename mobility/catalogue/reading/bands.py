"""Sets of published ranges."""

import itertools

from mobility.catalogue.bands import Band, BandKind, BandRange, Sex
from mobility.catalogue.nodes import Node
from mobility.catalogue.scale import Scale
from mobility.catalogue.schema import bounds, identifier, refuse_repeats, scale_of, short_words, trust, words
from mobility.catalogue.stretch import Stretch


def read_bands(node: Node, scales: tuple[Scale, ...]) -> tuple[Band, ...]:
    """Every set of an instrument, those to be held back too."""
    found = tuple(_band(one, scales) for one in node.nodes("bands", empty=True))
    refuse_repeats(node.where, "bands", (one.id for one in found))
    return found


def _band(node: Node, scales: tuple[Scale, ...]) -> Band:
    scale = scale_of(node, scales)
    kind = node.choice("kind", BandKind)
    found = Band(
        id=identifier(node),
        scale_id=scale.id,
        kind=kind,
        population=words(node, "population"),
        **trust(node),
        ranges=tuple(_range(one, scale) for one in node.nodes("ranges")),
        sex=node.choice("sex", Sex) if node.has("sex") else None,
        age=_age(node.node("age")) if node.has("age") else None,
    )
    node.close()
    for number, (lower, upper) in enumerate(itertools.pairwise(found.ranges), start=1):
        check_neighbours(node, f"ranges[{number}]", lower, upper, may_leave_gaps=kind is not BandKind.DESCRIPTIVE)
    if kind is BandKind.DESCRIPTIVE:
        _check_ends(node, found, scale)
    return found


def _age(node: Node) -> Stretch:
    found = Stretch(**bounds(node))
    node.close()
    return found


def _range(node: Node, scale: Scale) -> BandRange:
    found = BandRange(label=words(node, "label"), short=short_words(node), **bounds(node))
    node.close()
    low = scale.min if found.low is None else found.low
    high = found.high if found.high is not None else scale.max
    if low < scale.min or (scale.max is not None and high is not None and high > scale.max):
        raise node.error("", "reaches outside the scale")
    if high is not None and low > high:
        raise node.error("", "holds no value")
    return found


def check_neighbours(node: Node, key: str, lower: Stretch, upper: Stretch, *, may_leave_gaps: bool) -> None:
    """Two stretches, in ascending order, that do not overlap; and touch, unless gaps are allowed."""
    if lower.high is None or upper.low is None or lower.high > upper.low:
        raise node.error(key, "overlaps the range before it")
    meets = lower.high == upper.low
    if meets and lower.high_included and upper.low_included:
        raise node.error(key, "overlaps the range before it")
    if not may_leave_gaps and not (meets and lower.high_included is not upper.low_included):
        raise node.error(key, "leaves a gap after the range before it")


def _check_ends(node: Node, band: Band, scale: Scale) -> None:
    first, last = band.ranges[0], band.ranges[-1]
    starts = first.low is None or (first.low == scale.min and first.low_included is not scale.exclusive_min)
    ends = last.high is None or (last.high == scale.max and last.high_included)
    if not starts or not ends or band.sex or band.age:
        raise node.error("ranges", "a descriptive set must cover the whole scale")
