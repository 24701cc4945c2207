"""A whole catalogue text, and one instrument of it."""

import re
from collections.abc import Iterable
from decimal import Decimal

import yaml

from mobility.catalogue import decimal_yaml
from mobility.catalogue.about import (
    Code,
    Context,
    Definition,
    Direction,
    Domain,
    Entry,
    Licence,
    LicenceStatus,
    Reassessment,
    Target,
)
from mobility.catalogue.facts import Confidence, Verified
from mobility.catalogue.instrument import Instrument
from mobility.catalogue.items import Conversion, Scoring
from mobility.catalogue.nodes import CatalogueError, Node
from mobility.catalogue.reading.bands import read_bands
from mobility.catalogue.reading.checks import check_instrument
from mobility.catalogue.reading.items import read_conversion, read_questions
from mobility.catalogue.reading.scales import read_scales
from mobility.catalogue.reading.thresholds import MCID, MDC, read_default_change, read_thresholds
from mobility.catalogue.scale import Scale
from mobility.catalogue.schema import (
    SNOMED,
    VERSION,
    all_words,
    identifier,
    loinc,
    matching,
    refuse_repeats,
    scale_of,
    trust,
    words,
    words_if_any,
)

SCHEMA_VERSION = 2
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
    refuse_doubles(file, found)
    return found


def refuse_doubles(where: str, found: Iterable[Instrument]) -> None:
    """Ids, abbreviations and codes of a score stand for one instrument. Raises CatalogueError."""
    found = tuple(found)
    refuse_repeats(where, "id", (one.id for one in found))
    refuse_repeats(where, "abbreviation", (one.abbreviation for one in found))
    refuse_repeats(where, "loinc", (code.code for one in found for code in one.loinc))
    refuse_repeats(where, "snomed", (code.code for one in found for code in one.snomed))


def _instrument(node: Node, file: str) -> Instrument:
    instrument_id = identifier(node)
    node.where, node.path = f"{file}: {instrument_id}", ""
    version = node.node("version")
    conversion = read_conversion(node.node("conversion")) if node.has("conversion") else None
    scales = read_scales(node, _converted(conversion))
    bands = read_bands(node, scales)
    mdc, mcid = (read_thresholds(node, key, scales) for key in (MDC, MCID))
    codes = node.node("codes")
    reassessment = None if _is_null(node, "reassessment") else _reassessment(node.node("reassessment"))
    found = Instrument(
        id=instrument_id,
        name=words(node, "name"),
        abbreviation=node.text("abbreviation"),
        domain=node.choice("domain", Domain),
        direction=node.choice("direction", Direction),
        version=matching(version, "id", VERSION),
        version_label=words(version, "label"),
        entry_hint=words_if_any(node, "entry_hint"),
        definition=_definition(node.node("definition")),
        licence=_licence(node.node("licence")),
        entry=node.choice("entry", Entry),
        scoring=node.choice("scoring", Scoring),
        scales=scales,
        questions=read_questions(node, scales, conversion),
        context=node.choices("context", Context) if node.has("context") else (),
        requires=node.choices("requires", Context) if node.has("requires") else (),
        codes=tuple(_loinc(one, scales) for one in codes.nodes("loinc", empty=True)),
        snomed=tuple(_snomed(one, scales) for one in codes.nodes("snomed", empty=True)),
        bands=tuple(one for one in bands if one.may_be_shown),
        held_bands=tuple(one for one in bands if not one.may_be_shown),
        mdc=tuple(one for one in mdc if one.may_be_shown),
        held_mdc=tuple(one for one in mdc if not one.may_be_shown),
        mcid=tuple(one for one in mcid if one.may_be_shown),
        held_mcid=tuple(one for one in mcid if not one.may_be_shown),
        default_change=read_default_change(node.node("default_change"), mdc, mcid),
        reassessment=reassessment if reassessment and reassessment.may_be_shown else None,
        held_reassessment=None if reassessment is None or reassessment.may_be_shown else reassessment,
        cautions=all_words(node, "cautions"),
    )
    for one in (version, codes, node):
        one.close()
    check_instrument(node, found)
    return found


def _is_null(node: Node, key: str) -> bool:
    if not node.is_null(key):
        return False
    node.take(key)
    return True


def _converted(conversion: Conversion | None) -> dict[str, tuple[Decimal, ...]]:
    return {conversion.to_scale: tuple(conversion.table.values())} if conversion else {}


def _definition(node: Node) -> Definition:
    found = Definition(**trust(node))
    node.close()
    return found


def _reassessment(node: Node) -> Reassessment:
    found = Reassessment(text=words(node, "text"), **trust(node))
    node.close()
    return found


def _licence(node: Node) -> Licence:
    found = Licence(
        status=node.choice("status", LicenceStatus),
        item_level=node.flag("item_level"),
        note=words(node, "note"),
        confidence=node.choice("confidence", Confidence),
    )
    node.close()
    return found


def _loinc(node: Node, scales: tuple[Scale, ...]) -> Code:
    return _code(node, loinc(node, "code"), scales)


def _snomed(node: Node, scales: tuple[Scale, ...]) -> Code:
    return _code(node, matching(node, "code", SNOMED), scales)


def _code(node: Node, code: str, scales: tuple[Scale, ...]) -> Code:
    context = node.node("context") if node.has("context") else Node({}, node.where)
    found = Code(
        code=code,
        display=node.text("display"),
        target=node.choice("target", Target),
        scale_id=scale_of(node, scales).id,
        verified=node.choice("verified", Verified),
        context={Context(key): context.text(key) for key in context.rows() if key in {*Context}},
    )
    context.close()
    node.close()
    return found
