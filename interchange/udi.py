"""Unique device identifiers as GS1 writes them: (01)model(11)made(17)expires(10)lot(21)serial."""

import re

_PART = re.compile(r"\((\d{2})\)([^()]+)")
LOT, SERIAL = "10", "21"


def part(udi: str, number: str) -> str:
    """One part of the identifier; empty where it has none."""
    found: dict[str, str] = dict(_PART.findall(udi))
    return found.get(number, "").strip()
