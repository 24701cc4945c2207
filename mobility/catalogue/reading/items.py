"""Items, sub-totals and the rules that turn answers into a score."""

import itertools
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mobility.catalogue.items import (
    Condition,
    Conversion,
    Formula,
    Input,
    Item,
    NotAttempted,
    Questions,
    Recode,
    Rule,
    Subtotal,
    TimePoints,
    TimeRule,
)
from mobility.catalogue.nodes import Node
from mobility.catalogue.reading.bands import check_neighbours
from mobility.catalogue.scale import Scale
from mobility.catalogue.schema import (
    bounds,
    identifier,
    loinc,
    matching,
    refuse_repeats,
    scale_of,
    trust,
    words,
    words_if_any,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Section GG names its items in capitals: GG0130A.
LOINC_ANSWER = re.compile(r"LA[0-9]{1,7}-[0-9]")
ITEM = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,49}")


def read_questions(node: Node, scales: tuple[Scale, ...], conversion: Conversion | None) -> Questions:
    """Everything that a score is made from."""
    shared = _levels(node.node("item_levels")) if node.has("item_levels") else {}
    nodes = list(node.nodes("items")) if node.has("items") else []
    items = tuple(_item(one, scales, shared) for one in nodes)
    refuse_repeats(node.where, "items", (one.id for one in items))
    for one, item in zip(nodes, items, strict=True):
        _check_references(one, item, items)
    found = Questions(
        items=items,
        subtotals=tuple(_subtotal(one) for one in node.nodes("subtotals")) if node.has("subtotals") else (),
        times=tuple(_times(one, items) for one in node.nodes("times")) if node.has("times") else (),
        conversion=conversion,
        formula=_formula(node.node("formula")) if node.has("formula") else None,
        not_attempted=_not_attempted(node.node("not_attempted")) if node.has("not_attempted") else None,
        recode=_recode(node.node("legacy_recode")) if node.has("legacy_recode") else None,
        answer_codes=_answer_codes(node.node("answer_codes")) if node.has("answer_codes") else {},
    )
    refuse_repeats(node.where, "subtotals", (one.id for one in found.subtotals))
    return found


def _levels(node: Node) -> "Mapping[Decimal, StrOrPromise]":
    return {_number(node, key): words(node, key) for key in node.rows()}


def _number(node: Node, key: Any) -> Decimal:
    if not isinstance(key, Decimal):
        raise node.error(key, "must be a number")
    return key


def _answer_codes(node: Node) -> Mapping[Decimal, str]:
    return {_number(node, key): matching(node, key, LOINC_ANSWER) for key in node.rows()}


def _item(node: Node, scales: tuple[Scale, ...], shared: "Mapping[Decimal, StrOrPromise]") -> Item:
    allowed = node.decimals("allowed")
    levels = _levels(node.node("levels")) if node.has("levels") else shared
    if levels and set(levels) != set(allowed):
        raise node.error("levels", "must have a label for each allowed answer, and no other")
    found = Item(
        id=matching(node, "id", ITEM),
        label=words(node, "label"),
        scale_id=scale_of(node, scales).id,
        allowed=allowed,
        levels=levels,
        loinc=loinc(node, "loinc") if node.has("loinc") else "",
        only_if=words_if_any(node, "only_if"),
        is_alternate=node.flag("alternate") if node.has("alternate") else False,
        replaces=node.text("replaces") if node.has("replaces") else "",
        counts_if=_condition(node.node("counts_if")) if node.has("counts_if") else None,
        repeats=node.flag("repeats") if node.has("repeats") else False,
    )
    node.close()
    return found


def _condition(node: Node) -> Condition:
    found = Condition(items=node.texts("items"), at_least=node.decimal("at_least"))
    node.close()
    return found


def _check_references(node: Node, item: Item, items: tuple[Item, ...]) -> None:
    ids = [one.id for one in items]
    if item.replaces and (not item.is_alternate or item.replaces not in set(ids) - {item.id}):
        raise node.error("replaces", "must name another item, and stand in an alternate")
    if item.counts_if:
        earlier = ids[: ids.index(item.id)]
        if not set(item.counts_if.items) <= set(earlier):
            raise node.error("counts_if", "must name items that come before this one")
        if item.allowed[0]:
            raise node.error("counts_if", "needs 0 among the allowed answers")


def _subtotal(node: Node) -> Subtotal:
    found = Subtotal(id=identifier(node), label=words(node, "label"), min=node.decimal("min"), max=node.decimal("max"))
    node.close()
    if found.min >= found.max:
        raise node.error("max", "must be above min")
    return found


def _times(node: Node, items: tuple[Item, ...]) -> TimeRule:
    found = TimeRule(
        id=identifier(node),
        item=node.text("item"),
        **trust(node),
        ranges=tuple(_time_points(one) for one in node.nodes("ranges")),
        unable=node.decimal("unable") if node.has("unable") else None,
    )
    node.close()
    allowed = next((one.allowed for one in items if one.id == found.item), None)
    if allowed is None:
        raise node.error("item", f"there is no item {found.item}")
    given = {one.points for one in found.ranges} | ({found.unable} if found.unable is not None else set())
    if not given <= set(allowed):
        raise node.error("ranges", "give points that the item does not allow")
    for number, (lower, upper) in enumerate(itertools.pairwise(found.ranges), start=1):
        check_neighbours(node, f"ranges[{number}]", lower, upper, may_leave_gaps=False)
    return found


def _time_points(node: Node) -> TimePoints:
    found = TimePoints(**bounds(node), points=node.decimal("points"))
    node.close()
    return found


def read_conversion(node: Node) -> Conversion:
    """The table from raw sums to another scale. Its scales are checked once they are read."""
    table = node.node("table")
    found = Conversion(
        from_scale=node.text("from"),
        to_scale=node.text("to"),
        **trust(node),
        table={_number(table, key): table.decimal(key) for key in table.rows()},
    )
    node.close()
    values = list(found.table.values())
    if any(one >= other for one, other in itertools.pairwise(values)):
        raise node.error("table", "must rise with the raw score")
    return found


def _formula(node: Node) -> Formula:
    found = Formula(
        rule=node.choice("rule", Rule),
        text=node.text("text"),
        rho=node.decimal("rho") if node.has("rho") else None,
        inputs=tuple(_input(one) for one in node.nodes("inputs")),
    )
    node.close()
    if (found.rule is Rule.GAS_T) is (found.rho is None):
        raise node.error("rho", "belongs to the rule gas_t, and only to it")
    return found


def _input(node: Node) -> Input:
    found = Input(id=identifier(node), unit=node.text("unit", empty=True))
    node.close()
    return found


def _not_attempted(node: Node) -> NotAttempted:
    codes = node.node("codes")
    found = NotAttempted(
        codes={str(key): words(codes, key) for key in codes.rows()},
        not_assessed=node.text("not_assessed"),
        **trust(node),
    )
    node.close()
    return found


def _recode(node: Node) -> Recode:
    found = Recode(value=node.decimal("value"), note=words(node, "note"), **trust(node))
    node.close()
    return found
