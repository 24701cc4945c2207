"""Scales of an instrument."""

from collections.abc import Sequence
from decimal import Decimal

from mobility.catalogue.nodes import Node
from mobility.catalogue.scale import CEILING, Quantity, Scale
from mobility.catalogue.schema import identifier, refuse_repeats, words


def read_scales(node: Node, values: dict[str, tuple[Decimal, ...]]) -> tuple[Scale, ...]:
    """The scales. `values` holds the possible values of those that a conversion table fills."""
    nodes = list(node.nodes("scales"))
    found = tuple(_scale(one, values) for one in nodes)
    refuse_repeats(node.where, "scales", (one.id for one in found))
    for one, scale in zip(nodes, found, strict=True):
        _check_sum(one, scale, found)
    return found


def _scale(node: Node, values: dict[str, tuple[Decimal, ...]]) -> Scale:
    scale_id, decimals = identifier(node), node.whole("decimals")
    if not 0 <= decimals <= 2:
        raise node.error("decimals", "must be 0, 1 or 2")
    lowest, highest, step = (node.decimal_or_null(key) for key in ("min", "max", "step"))
    found = Scale(
        id=scale_id,
        label=words(node, "label"),
        quantity=node.choice("quantity", Quantity),
        min=node.decimal("axis_min") if lowest is None else lowest,
        max=highest,
        exclusive_min=node.flag("exclusive_min") if node.has("exclusive_min") else False,
        step=Decimal(1).scaleb(-decimals) if step is None else step,
        decimals=decimals,
        unit=node.text("unit", empty=True),
        ucum=node.text("ucum"),
        soft_max=node.decimal("soft_max") if node.has("soft_max") else None,
        axis_max=node.decimal("axis_max") if highest is None else highest,
        is_open_below=lowest is None,
        values=values.get(scale_id, ()) if step is None else (),
        sum_of=node.texts("sum_of") if node.has("sum_of") else (),
        unordered=node.decimals("unordered") if node.has("unordered") else (),
    )
    node.close()
    _check_scale(node, found)
    return found


def _check_scale(node: Node, scale: Scale) -> None:
    smallest = Decimal(1).scaleb(-scale.decimals)
    if scale.step <= 0 or scale.step % smallest:
        raise node.error("step", f"must be a positive multiple of {smallest}")
    if not 0 <= scale.min < scale.axis_max < CEILING:
        raise node.error("max" if scale.max is not None else "axis_max", f"must be above min and below {CEILING}")
    if (scale.axis_max - scale.min) % scale.step or scale.min % smallest:
        raise node.error("step", "must divide the scale into whole steps")
    if scale.soft_max is not None and not scale.min < scale.soft_max < (scale.max or CEILING):
        raise node.error("soft_max", "must lie inside the scale")
    if not all(scale.min <= one <= scale.axis_max for one in scale.unordered):
        raise node.error("unordered", "must lie inside the scale")


def _check_sum(node: Node, scale: Scale, scales: Sequence[Scale]) -> None:
    if not scale.sum_of:
        return
    others = {one.id: one for one in scales if one is not scale and not one.sum_of}
    if not set(scale.sum_of) <= set(others) or len(set(scale.sum_of)) != len(scale.sum_of):
        raise node.error("sum_of", "must name other scales that are no sums themselves, each once")
    parts = [others[name] for name in scale.sum_of]
    if any(one.max is None for one in parts) or scale.max != sum(one.axis_max for one in parts):
        raise node.error("sum_of", "the maxima of the parts must add up to the maximum")
    if scale.min != sum(one.min for one in parts):
        raise node.error("sum_of", "the minima of the parts must add up to the minimum")
