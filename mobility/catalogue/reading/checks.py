"""What must fit together in one instrument: its way of scoring, its questions, its scales and its licence."""

from decimal import Decimal

from mobility.catalogue.about import Entry
from mobility.catalogue.instrument import Instrument
from mobility.catalogue.items import Scoring
from mobility.catalogue.nodes import Node
from mobility.catalogue.scale import Scale

# What each way of scoring is made from; the parts that it must have, and those that it may have.
_NEEDS = {
    Scoring.SUM: {"items"},
    Scoring.MEASUREMENT: set(),
    Scoring.LEVEL: {"items"},
    Scoring.MEAN: {"items"},
    Scoring.LOOKUP: {"items", "conversion"},
    Scoring.FORMULA: {"formula"},
    Scoring.TOTAL_ONLY: set(),
}
_MAY_HAVE = {
    Scoring.SUM: {"times", "not_attempted", "recode"},
    Scoring.FORMULA: {"items"},
    Scoring.TOTAL_ONLY: {"subtotals", "formula"},
}


def check_instrument(node: Node, found: Instrument) -> None:
    """Raises CatalogueError where parts contradict each other."""
    parts = ("items", "subtotals", "times", "conversion", "formula", "not_attempted", "recode")
    given = {name for name in parts if getattr(found.questions, name)}
    needs = _NEEDS[found.scoring]
    for name in sorted(needs - given):
        raise node.error(name, f"is missing: the scoring is {found.scoring}")
    for name in sorted(given - needs - _MAY_HAVE.get(found.scoring, set())):
        raise node.error(name, f"has no place where the scoring is {found.scoring}")
    if found.questions.items and not found.licence.item_level:
        raise node.error("items", "may not be listed: the licence says total only")
    if found.requires and found.entry is not Entry.NONE:
        raise node.error("entry", "must be none: one value does not say what is required with it")
    if bool(found.questions.not_attempted) is not bool(found.questions.recode):
        raise node.error("legacy_recode", "belongs to not_attempted; one is there without the other")
    for scale in found.scales:
        _check_range(node, found, scale)
    _check_conversion(node, found)


def _check_range(node: Node, found: Instrument, scale: Scale) -> None:
    """The items, or the sub-totals, of a scale reach exactly from its minimum to its maximum."""
    items = found.questions.of_scale(scale.id)
    if found.scoring in {Scoring.SUM, Scoring.LOOKUP, Scoring.LEVEL} and items:
        _check_ends(node, "items", scale, [one.allowed[0] for one in items], [one.allowed[-1] for one in items])
    subtotals = found.questions.subtotals
    if subtotals and scale is found.default_scale:
        _check_ends(node, "subtotals", scale, [one.min for one in subtotals], [one.max for one in subtotals])


def _check_ends(node: Node, key: str, scale: Scale, lowest: list[Decimal], highest: list[Decimal]) -> None:
    if (sum(lowest), sum(highest)) != (scale.min, scale.max):
        ends = f"{sum(lowest)} to {sum(highest)}"
        raise node.error(key, f"go from {ends}, the scale {scale.id} from {scale.min} to {scale.max}")


def _check_conversion(node: Node, found: Instrument) -> None:
    conversion = found.questions.conversion
    if conversion is None:
        return
    scales = {one.id: one for one in found.scales}
    for key, name in (("from", conversion.from_scale), ("to", conversion.to_scale)):
        if name not in scales:
            raise node.error(f"conversion.{key}", f"there is no scale {name}")
    raw, target = scales[conversion.from_scale], scales[conversion.to_scale]
    count = int(((raw.max or raw.axis_max) - raw.min) / raw.step) + 1
    if list(conversion.table) != [raw.min + raw.step * number for number in range(count)]:
        raise node.error("conversion.table", f"must have every value of the scale {raw.id}, in order")
    values = list(conversion.table.values())
    if (values[0], values[-1]) != (target.min, target.max) or not target.values:
        raise node.error("conversion.table", f"must reach from end to end of the scale {target.id}, whose step is null")
