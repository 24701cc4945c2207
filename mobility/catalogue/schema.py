"""What a catalogue must look like; reading refuses everything else."""

import re
from collections.abc import Iterable
from decimal import Decimal

import yaml
from django.utils.translation import gettext_lazy

from mobility.catalogue import decimal_yaml
from mobility.catalogue.bands import Band, BandKind, BandRange, Confidence, Verified
from mobility.catalogue.instrument import Code, Definition, Direction, Domain, Instrument
from mobility.catalogue.nodes import CatalogueError, Node
from mobility.catalogue.scale import CEILING, Quantity, Scale

SCHEMA_VERSION = 1
SHORT_LABEL = 20
_ID = re.compile(r"[a-z][a-z0-9_]{1,49}")
_VERSION = re.compile(r"[a-z0-9][a-z0-9.-]{0,49}")
_LOINC = re.compile(r"[1-9][0-9]{0,6}-[0-9]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_catalogue(text: str, file: str) -> tuple[Instrument, ...]:
    """The instruments of a catalogue text. Raises CatalogueError naming file, instrument and key."""
    try:
        content = decimal_yaml.load(text)
    except yaml.YAMLError as problem:
        raise CatalogueError(f"{file}: {problem}") from problem
    top = Node(content, file)
    if top.whole("schema_version") != SCHEMA_VERSION:
        raise top.error("schema_version", f"must be {SCHEMA_VERSION}")
    if not _DAY.fullmatch(top.text("reviewed_on")):
        raise top.error("reviewed_on", "must be a date such as 2026-11-21")
    found = tuple(_instrument(node, file) for node in top.nodes("instruments"))
    top.close()
    _refuse_repeats(file, "id", (one.id for one in found))
    _refuse_repeats(file, "abbreviation", (one.abbreviation for one in found))
    _refuse_repeats(file, "loinc", (code.code for one in found for code in one.loinc))
    return found


def _refuse_repeats(where: str, key: str, values: Iterable[str]) -> None:
    seen = set()
    for value in values:
        if value in seen:
            raise CatalogueError(f"{where}: {key}: {value} is there twice")
        seen.add(value)


def _instrument(node: Node, file: str) -> Instrument:
    instrument_id = _identifier(node)
    node.where, node.path = f"{file}: {instrument_id}", ""
    version = node.node("version")
    scales = tuple(_scale(one) for one in node.nodes("scales"))
    _refuse_repeats(node.where, "scales", (one.id for one in scales))
    bands = tuple(_band(one, scales) for one in node.nodes("bands", empty=True))
    _refuse_repeats(node.where, "bands", (one.id for one in bands))
    found = Instrument(
        id=instrument_id,
        name=gettext_lazy(node.text("name")),
        abbreviation=node.text("abbreviation"),
        domain=node.choice("domain", Domain),
        direction=node.choice("direction", Direction),
        version=_matching(version, "id", _VERSION),
        version_label=gettext_lazy(version.text("label")),
        entry_hint=gettext_lazy(node.text("entry_hint")) if node.has("entry_hint") else "",
        definition=_definition(node.node("definition")),
        scales=scales,
        loinc=tuple(_code(one, scales) for one in node.nodes("loinc", empty=True)),
        bands=tuple(one for one in bands if one.may_be_shown),
        held_bands=tuple(one for one in bands if not one.may_be_shown),
    )
    version.close()
    node.close()
    return found


def _identifier(node: Node) -> str:
    return _matching(node, "id", _ID)


def _matching(node: Node, key: str, pattern: re.Pattern[str]) -> str:
    value = node.text(key)
    if not pattern.fullmatch(value):
        raise node.error(key, f"{value} is not a valid identifier here")
    return value


def _definition(node: Node) -> Definition:
    found = Definition(
        source=node.text("source"),
        confidence=node.choice("confidence", Confidence),
        verified=node.choice("verified", Verified),
    )
    node.close()
    return found


def _scale(node: Node) -> Scale:
    highest = node.decimal_or_null("max")
    axis_max = node.decimal("axis_max") if highest is None else highest
    found = Scale(
        id=_identifier(node),
        label=gettext_lazy(node.text("label")),
        quantity=node.choice("quantity", Quantity),
        min=node.decimal("min"),
        max=highest,
        exclusive_min=node.flag("exclusive_min") if node.has("exclusive_min") else False,
        step=node.decimal("step"),
        decimals=node.whole("decimals"),
        unit=node.text("unit", empty=True),
        ucum=node.text("ucum"),
        soft_max=node.decimal("soft_max") if node.has("soft_max") else None,
        axis_max=axis_max,
    )
    node.close()
    _check_scale(node, found)
    return found


def _check_scale(node: Node, scale: Scale) -> None:
    smallest = Decimal(1).scaleb(-scale.decimals)
    if not 0 <= scale.decimals <= 2:
        raise node.error("decimals", "must be 0, 1 or 2")
    if scale.step <= 0 or scale.step % smallest:
        raise node.error("step", f"must be a positive multiple of {smallest}")
    if not 0 <= scale.min < scale.axis_max < CEILING:
        raise node.error("max" if scale.max is not None else "axis_max", f"must be above min and below {CEILING}")
    if (scale.axis_max - scale.min) % scale.step or scale.min % smallest:
        raise node.error("step", "must divide the scale into whole steps")
    if scale.soft_max is not None and not scale.min < scale.soft_max < (scale.max or CEILING):
        raise node.error("soft_max", "must lie inside the scale")


def _code(node: Node, scales: tuple[Scale, ...]) -> Code:
    code = _matching(node, "code", _LOINC)
    if not _check_digit_fits(code):
        raise node.error("code", f"{code} has a wrong check digit")
    found = Code(code=code, scale_id=_scale_of(node, scales).id, verified=node.choice("verified", Verified))
    node.close()
    return found


def _check_digit_fits(code: str) -> bool:
    """LOINC ends in a Mod 10 (Luhn) check digit: LOINC Users' Guide, appendix "Calculating Mod 10 check digits"."""
    digits = [int(one) for one in reversed(code.replace("-", ""))]
    doubled = (sum(divmod(2 * one, 10)) for one in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _scale_of(node: Node, scales: tuple[Scale, ...]) -> Scale:
    if not node.has("scale"):
        return scales[0]
    wanted = node.text("scale")
    for one in scales:
        if one.id == wanted:
            return one
    raise node.error("scale", f"there is no scale {wanted}")


def _band(node: Node, scales: tuple[Scale, ...]) -> Band:
    scale = _scale_of(node, scales)
    kind = node.choice("kind", BandKind)
    found = Band(
        id=_identifier(node),
        scale_id=scale.id,
        kind=kind,
        population=gettext_lazy(node.text("population")),
        source=node.text("source"),
        confidence=node.choice("confidence", Confidence),
        verified=node.choice("verified", Verified),
        ranges=tuple(_range(one, scale) for one in node.nodes("ranges")),
    )
    node.close()
    for number, (lower, upper) in enumerate(zip(found.ranges, found.ranges[1:], strict=False), start=1):
        _check_neighbours(node, f"ranges[{number}]", lower, upper, kind)
    if kind is BandKind.DESCRIPTIVE:
        _check_ends(node, found, scale)
    return found


def _range(node: Node, scale: Scale) -> BandRange:
    low, low_included = _bound(node, "ge", "gt")
    high, high_included = _bound(node, "le", "lt")
    found = BandRange(
        label=gettext_lazy(node.text("label")),
        short=gettext_lazy(_short(node)),
        low=low,
        low_included=low_included,
        high=high,
        high_included=high_included,
    )
    node.close()
    _check_range(node, found, scale)
    return found


def _short(node: Node) -> str:
    short = node.text("short")
    if len(short) > SHORT_LABEL:
        raise node.error("short", f"must have at most {SHORT_LABEL} characters")
    return short


def _bound(node: Node, including: str, excluding: str) -> tuple[Decimal | None, bool]:
    if node.has(including) and node.has(excluding):
        raise node.error(including, f"stands beside {excluding}; keep one")
    if node.has(including):
        return node.decimal(including), True
    return (node.decimal(excluding), False) if node.has(excluding) else (None, False)


def _check_range(node: Node, one: BandRange, scale: Scale) -> None:
    low = scale.min if one.low is None else one.low
    high = one.high if one.high is not None else scale.max
    if one.low is None and one.high is None:
        raise node.error("", "needs a bound: ge, gt, le or lt")
    if low < scale.min or (scale.max is not None and high is not None and high > scale.max):
        raise node.error("", "reaches outside the scale")
    if high is not None and (low > high or (low == high and not (one.low_included and one.high_included))):
        raise node.error("", "holds no value")


def _check_neighbours(node: Node, key: str, lower: BandRange, upper: BandRange, kind: BandKind) -> None:
    if lower.high is None or upper.low is None or lower.high > upper.low:
        raise node.error(key, "overlaps the range before it")
    meets = lower.high == upper.low
    if meets and lower.high_included and upper.low_included:
        raise node.error(key, "overlaps the range before it")
    if kind is BandKind.DESCRIPTIVE and not (meets and lower.high_included is not upper.low_included):
        raise node.error(key, "leaves a gap after the range before it")


def _check_ends(node: Node, band: Band, scale: Scale) -> None:
    first, last = band.ranges[0], band.ranges[-1]
    starts = first.low is None or (first.low == scale.min and first.low_included is not scale.exclusive_min)
    ends = last.high is None or (last.high == scale.max and last.high_included)
    if not starts or not ends:
        raise node.error("ranges", "a descriptive set must cover the whole scale")
