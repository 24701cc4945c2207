"""The outcome measures that this app knows, read once from instruments.yaml and checked strictly.

Bands with low confidence or no verification never leave `Instrument.held_bands`: everything else here is safe to show.
"""

from functools import cache
from pathlib import Path

from mobility.catalogue.bands import Band, BandKind, BandRange, Confidence, Verified
from mobility.catalogue.instrument import (
    Change,
    Code,
    Definition,
    Direction,
    Domain,
    Instrument,
    Outcome,
    Statement,
)
from mobility.catalogue.nodes import CatalogueError
from mobility.catalogue.scale import Quantity, Scale, plain
from mobility.catalogue.schema import read_catalogue

FILE = Path(__file__).with_name("instruments.yaml")


@cache
def _by_id() -> dict[str, Instrument]:
    return {one.id: one for one in read_catalogue(FILE.read_text(encoding="utf-8"), FILE.name)}


@cache
def _by_loinc() -> dict[str, tuple[Instrument, Scale]]:
    return {code.code: (one, one.scale(code.scale_id)) for one in instruments() for code in one.loinc}


def instruments() -> tuple[Instrument, ...]:
    """Every instrument, in the order of the file. Raises CatalogueError if the file breaks a rule."""
    return tuple(_by_id().values())


def get(instrument_id: str) -> Instrument:
    """The instrument with this id. Raises KeyError for an unknown one."""
    return _by_id()[instrument_id]


def find(instrument_id: str) -> Instrument | None:
    """The instrument with this id, or None: for ids from addresses and from rows older than the catalogue."""
    return _by_id().get(instrument_id)


def by_loinc(code: str) -> tuple[Instrument, Scale] | None:
    """The instrument and scale whose score this LOINC code stands for; None for every other code."""
    return _by_loinc().get(code)


__all__ = [
    "Band",
    "BandKind",
    "BandRange",
    "CatalogueError",
    "Change",
    "Code",
    "Confidence",
    "Definition",
    "Direction",
    "Domain",
    "Instrument",
    "Outcome",
    "Quantity",
    "Scale",
    "Statement",
    "Verified",
    "by_loinc",
    "find",
    "get",
    "instruments",
    "plain",
]
