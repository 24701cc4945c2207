"""JSON and NDJSON files into single resources, each with its line. Numbers stay decimal, never binary floats.

A JSON file is read whole or not at all: a bundle that breaks off in the middle gives nothing, so that no chart is
entered by half. NDJSON is read line by line, and a broken line costs that line.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO, NoReturn

from interchange.files import SourceFile
from interchange.identity import is_source_id
from interchange.records import Failure, Kind, Origin, Skip

MAX_JSON_BYTES = 200 * 1024 * 1024
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_SPACE = re.compile(r"[ \t\n\r]*")

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One resource with its type, and the bundle's fullUrl for it."""

    resource: Resource
    type: str
    origin: Origin
    full_url: str = ""


class _UnreadableError(Exception):
    """Why a text is no JSON, and the line; safe to print."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def read_resources(source: SourceFile, stream: BinaryIO) -> Iterator[Found | Skip | Failure]:
    """Every resource of a file, those inside bundles included."""
    if source.suffix in (".ndjson", ".jsonl"):
        yield from _read_lines(source, stream)
    elif source.size > MAX_JSON_BYTES:
        yield Failure(Kind.OTHER, "larger than 200 MB: send it as NDJSON, or in parts", source.origin)
    else:
        yield from _read_text(stream.read(), Origin(source.shown, 1))


def _read_lines(source: SourceFile, stream: BinaryIO) -> Iterator[Found | Skip | Failure]:
    for number, line in enumerate(stream, start=1):
        if line.strip():
            yield from _read_text(line, Origin(source.shown, number))


def _read_text(content: bytes, origin: Origin) -> Iterator[Found | Skip | Failure]:
    try:
        document, lines = _parse(content)
    except _UnreadableError as error:
        line = (origin.line or 1) + error.line - 1
        yield Failure(Kind.OTHER, str(error), Origin(origin.file, line))
        return
    yield from _unpack(document, origin, lines)


def _unpack(
    document: object, origin: Origin, lines: list[int] | None = None, full_url: str = ""
) -> Iterator[Found | Skip | Failure]:
    kind = document.get("resourceType") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        yield Failure(Kind.OTHER, "not a FHIR resource: it has no valid resourceType", origin)
    elif kind == "Bundle":
        yield from _entries(document, origin, lines)
    else:
        name = f"{kind}/{document['id']}" if is_source_id(document.get("id")) else kind
        yield Found(document, kind, Origin(origin.file, origin.line, origin.entry, name), full_url)


def _entries(bundle: Resource, origin: Origin, lines: list[int] | None) -> Iterator[Found | Skip | Failure]:
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        yield Failure(Kind.OTHER, "the entries of the bundle are not a list", origin)
        return
    for number, entry in enumerate(entries):
        line = origin.line if not lines else (origin.line or 1) + lines[number] - 1
        place = Origin(origin.file, line, f"{origin.entry}.{number}".lstrip("."))
        if not isinstance(entry, dict):
            yield Failure(Kind.OTHER, "the bundle entry is not an object", place)
        elif "resource" not in entry:
            yield Skip(Kind.OTHER, "bundle entry without a resource", place)
        else:
            full_url = entry.get("fullUrl")
            yield from _unpack(entry["resource"], place, full_url=full_url if isinstance(full_url, str) else "")


def _parse(content: bytes) -> tuple[object, list[int] | None]:
    """The document, and the line of each of its entries where it is an object that has entries."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _UnreadableError("bytes that are not UTF-8 text", content.count(b"\n", 0, error.start) + 1) from None
    try:
        return _Reader(text).document()
    except json.JSONDecodeError as error:
        raise _UnreadableError(f"not readable as JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise _UnreadableError("not readable as JSON: nested too deeply") from None
    except (ValueError, ArithmeticError):
        raise _UnreadableError("not readable as JSON: a number that is none, or far too long") from None


def _without_nulls(pairs: list[tuple[str, Any]]) -> Resource:
    return {name: value for name, value in pairs if value is not None}  # FHIR has no null; an absent element is meant


def _refuse(_constant: str) -> NoReturn:
    raise ValueError  # NaN and Infinity are no JSON


class _Reader:
    """The standard decoder, led by hand through the outermost object so that each entry's line is known."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_without_nulls)

    def document(self) -> tuple[object, list[int] | None]:
        if self._peek() != "{":
            document, lines = self._value(), None
        else:
            document, lines = self._object()
        if self._peek():
            raise json.JSONDecodeError("Extra data", self.text, self.at)
        return document, lines

    def _object(self) -> tuple[Resource, list[int] | None]:
        members: list[tuple[str, Any]] = []
        lines = None
        for _ in self._items("{", "}"):
            key = self._key()
            if key == "entry" and self._peek() == "[":
                values, lines = self._array()
                members.append((key, values))
            else:
                members.append((key, self._value()))
        return _without_nulls(members), lines

    def _key(self) -> str:
        if self._peek() != '"':
            raise json.JSONDecodeError("Expecting a property name in double quotes", self.text, self.at)
        key = self._value()
        self._expect(":")
        return str(key)

    def _array(self) -> tuple[list[object], list[int]]:
        values: list[object] = []
        lines: list[int] = []
        line, counted = 1, 0
        for start in self._items("[", "]"):
            line, counted = line + self.text.count("\n", counted, start), start
            lines.append(line)
            values.append(self._value())
        return values, lines

    def _items(self, opening: str, closing: str) -> Iterator[int]:
        """Stand before each item in turn; the caller reads it."""
        self._expect(opening)
        if self._peek() == closing:
            self.at += 1
            return
        while True:
            self._peek()
            yield self.at
            if self._peek() == closing:
                self.at += 1
                return
            self._expect(",")

    def _value(self) -> object:
        self._peek()
        value, self.at = self._decoder.raw_decode(self.text, self.at)
        return value

    def _peek(self) -> str:
        """The next character that is no space; empty at the end."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            raise json.JSONDecodeError(f"Expecting {character!r}", self.text, self.at)
        self.at += 1
