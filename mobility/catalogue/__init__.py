"""The outcome measures that this app knows, read once from the files in `data` and checked strictly.

What was compiled with low confidence or never checked stays in the `held_` parts of an instrument: everything else here
is safe to show.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

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
from mobility.catalogue.bands import Band, BandKind, BandRange, Sex
from mobility.catalogue.facts import Confidence, Verified
from mobility.catalogue.instrument import Change, Instrument, Outcome, Statement
from mobility.catalogue.items import Item, Questions, Rule, Scoring
from mobility.catalogue.nodes import CatalogueError
from mobility.catalogue.reading import read_catalogue, refuse_doubles
from mobility.catalogue.scale import Quantity, Scale, plain
from mobility.catalogue.thresholds import DefaultChange, Magnitude, Method, Threshold

DATA = Path(__file__).with_name("data")
# In the order of lists; a file that stands here and not in the folder, or the other way round, stops the start.
NAMES = (
    "adl",
    "balance",
    "mobility",
    "gait",
    "strength",
    "upper_limb",
    "participation",
    "cognition",
    "skin_and_frailty",
)


@cache
def _by_id() -> dict[str, Instrument]:
    if unknown := {path.stem for path in DATA.glob("*.yaml")} ^ set(NAMES):
        raise CatalogueError(f"{DATA.name}: {', '.join(sorted(unknown))}: must be both a file and listed")
    texts = {f"{name}.yaml": (DATA / f"{name}.yaml").read_text(encoding="utf-8") for name in NAMES}
    found = tuple(one for name, text in texts.items() for one in read_catalogue(text, name))
    refuse_doubles(DATA.name, found)
    return {one.id: one for one in found}


class Coded(NamedTuple):
    """What a LOINC code stands for: the score on one scale, and of which hand where the code says so."""

    instrument: Instrument
    scale: Scale
    context: Mapping[Context, str]


@cache
def _by_loinc() -> dict[str, Coded]:
    return {code.code: Coded(one, one.scale(code.scale_id), code.context) for one in everything() for code in one.loinc}


@cache
def _items_by_loinc() -> dict[str, tuple[Instrument, Item]]:
    return {item.loinc: (one, item) for one in everything() for item in one.questions.items if item.loinc}


def everything() -> tuple[Instrument, ...]:
    """Every instrument that is described, whether or not it can be recorded yet. Raises CatalogueError."""
    return tuple(_by_id().values())


def recordable() -> tuple[Instrument, ...]:
    """The instruments of which one value may be kept as a score."""
    return tuple(one for one in everything() if one.may_be_recorded)


def instruments() -> tuple[Instrument, ...]:
    """The instruments in common use, which are offered first. Raises CatalogueError if a file breaks a rule."""
    return tuple(one for one in everything() if one.entry is Entry.COMMON)


def get(instrument_id: str) -> Instrument:
    """The instrument with this id. Raises KeyError for an unknown one."""
    return _by_id()[instrument_id]


def find(instrument_id: str) -> Instrument | None:
    """The instrument with this id, or None: for ids from addresses and from rows older than the catalogue."""
    return _by_id().get(instrument_id)


def by_loinc(code: str) -> Coded | None:
    """What this LOINC code is the score of; None for a panel, an item, a neighbouring test and every unknown code."""
    return _by_loinc().get(code)


def item_by_loinc(code: str) -> tuple[Instrument, Item] | None:
    """The item whose answer this LOINC code stands for; None for every other code."""
    return _items_by_loinc().get(code)


__all__ = [
    "Band",
    "BandKind",
    "BandRange",
    "CatalogueError",
    "Change",
    "Code",
    "Coded",
    "Confidence",
    "Context",
    "DefaultChange",
    "Definition",
    "Direction",
    "Domain",
    "Entry",
    "Instrument",
    "Item",
    "Licence",
    "LicenceStatus",
    "Magnitude",
    "Method",
    "Outcome",
    "Quantity",
    "Questions",
    "Reassessment",
    "Rule",
    "Scale",
    "Scoring",
    "Sex",
    "Statement",
    "Target",
    "Threshold",
    "Verified",
    "by_loinc",
    "everything",
    "find",
    "get",
    "instruments",
    "item_by_loinc",
    "plain",
    "recordable",
]
