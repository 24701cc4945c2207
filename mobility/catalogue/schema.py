"""What the facts of a catalogue have in common, and the rules that each part of it is read by (`reading`)."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.utils.translation import gettext_lazy

from mobility.catalogue.facts import Confidence, Verified
from mobility.catalogue.nodes import CatalogueError, Node
from mobility.catalogue.scale import Scale

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHORT_LABEL = 20
ID = re.compile(r"[a-z][a-z0-9_]{1,49}")
VERSION = re.compile(r"[a-z0-9][a-z0-9.-]{0,49}")
LOINC = re.compile(r"[1-9][0-9]{0,6}-[0-9]")
SNOMED = re.compile(r"[1-9][0-9]{5,17}")


class Trust(TypedDict):
    """Where a fact is from and how far to trust it."""

    source: str
    confidence: Confidence
    verified: Verified


class Bounds(TypedDict):
    """The bounds of a stretch of numbers."""

    low: Decimal | None
    low_included: bool
    high: Decimal | None
    high_included: bool


def words(node: Node, key: str) -> "StrOrPromise":
    """A text that people read. words.py spells it out for xgettext."""
    return gettext_lazy(node.text(key))


def words_if_any(node: Node, key: str) -> "StrOrPromise":
    """A text that people read, or "" where the key is absent."""
    return words(node, key) if node.has(key) else ""


def all_words(node: Node, key: str) -> "tuple[StrOrPromise, ...]":
    """A list of texts that people read."""
    return tuple(gettext_lazy(one) for one in node.texts(key, empty=True))


def trust(node: Node) -> Trust:
    """source, confidence and verified, which every fact has."""
    return {
        "source": node.text("source"),
        "confidence": node.choice("confidence", Confidence),
        "verified": node.choice("verified", Verified),
    }


def identifier(node: Node, key: str = "id") -> str:
    """A stable key in small letters."""
    return matching(node, key, ID)


def matching(node: Node, key: str, pattern: re.Pattern[str]) -> str:
    """A text of this form."""
    value = node.text(key)
    if not pattern.fullmatch(value):
        raise node.error(key, f"{value} is not a valid identifier here")
    return value


def loinc(node: Node, key: str) -> str:
    """A LOINC code whose check digit is right."""
    code = matching(node, key, LOINC)
    if not _check_digit_fits(code):
        raise node.error(key, f"{code} has a wrong check digit")
    return code


def _check_digit_fits(code: str) -> bool:
    """LOINC ends in a Mod 10 (Luhn) check digit: LOINC Users' Guide, appendix "Calculating Mod 10 check digits"."""
    digits = [int(one) for one in reversed(code.replace("-", ""))]
    doubled = (sum(divmod(2 * one, 10)) for one in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def scale_of(node: Node, scales: tuple[Scale, ...]) -> Scale:
    """The scale that a fact names; the default one if it names none."""
    if not node.has("scale"):
        return scales[0]
    wanted = node.text("scale")
    for one in scales:
        if one.id == wanted:
            return one
    raise node.error("scale", f"there is no scale {wanted}")


def bounds(node: Node) -> Bounds:
    """ge or gt, le or lt: at least one of them, and holding some value."""
    low, low_included = _bound(node, "ge", "gt")
    high, high_included = _bound(node, "le", "lt")
    if low is None and high is None:
        raise node.error("", "needs a bound: ge, gt, le or lt")
    if low is not None and high is not None and (low > high or (low == high and not (low_included and high_included))):
        raise node.error("", "holds no value")
    return {"low": low, "low_included": low_included, "high": high, "high_included": high_included}


def _bound(node: Node, including: str, excluding: str) -> tuple[Decimal | None, bool]:
    if node.has(including) and node.has(excluding):
        raise node.error(including, f"stands beside {excluding}; keep one")
    if node.has(including):
        return node.decimal(including), True
    return (node.decimal(excluding), False) if node.has(excluding) else (None, False)


def short_label(node: Node) -> str:
    """A label that fits into a chart, still to be translated."""
    short = node.text("short")
    if len(short) > SHORT_LABEL:
        raise node.error("short", f"must have at most {SHORT_LABEL} characters")
    return short


def short_words(node: Node) -> "StrOrPromise":
    """A label that fits into a chart."""
    return gettext_lazy(short_label(node))


def refuse_repeats(where: str, key: str, values: Iterable[str]) -> None:
    """Every value once."""
    seen = set()
    for value in values:
        if value in seen:
            raise CatalogueError(f"{where}: {key}: {value} is there twice")
        seen.add(value)
