"""CSV read so that one broken row costs that row alone, and every row knows its line."""

import csv
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from interchange.files import SourceFile
from interchange.records import Failure, Kind, Origin

# A quoted cell may hold line breaks, but a quote that is never closed must not swallow the rest of the file.
MAX_LINES_OF_A_ROW = 10


class BadRowError(Exception):
    """Why a row cannot be read; the text is safe to print."""


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: dict[str, str]


def read_rows(
    source: SourceFile, stream: BinaryIO, *, kind: Kind, required: Collection[str]
) -> Iterator[Row | Failure]:
    """The rows below the header, by column name. Without a header that has the required columns there are none."""
    header: list[str] | None = None
    lines = _Lines(stream)
    while (first := lines.take()) is not None:
        number = lines.number
        if not first.strip():
            continue
        try:
            cells = _cells(first, lines)
            if header is None:
                header = _header(cells, required)
                continue
            if len(cells) != len(header):
                raise BadRowError(f"{len(cells)} columns where the header has {len(header)}")
        except BadRowError as bad:
            yield Failure(kind, str(bad), Origin(source.shown, number))
            if header is None:
                return
        else:
            yield Row(number, dict(zip(header, cells, strict=True)))
    if header is None:
        yield Failure(kind, "the file is empty: there is no header row", Origin(source.shown, 1))


class _Lines:
    """Physical lines with a look ahead."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ahead: deque[bytes] = deque()
        self.number = 0

    def take(self) -> bytes | None:
        self.peek(1)
        if not self._ahead:
            return None
        self.number += 1
        return self._ahead.popleft()

    def peek(self, count: int) -> list[bytes]:
        while len(self._ahead) < count and (line := self._stream.readline()):
            self._ahead.append(line)
        return list(islice(self._ahead, count))


def _cells(first: bytes, lines: _Lines) -> list[str]:
    text = _decode(first.removeprefix(b"\xef\xbb\xbf") if lines.number == 1 else first)
    cells = _parse(text)
    used = 0
    for more in lines.peek(MAX_LINES_OF_A_ROW - 1) if cells is None else ():
        used += 1
        text += _decode(more)
        if (cells := _parse(text)) is not None:
            break
    if cells is None:
        raise BadRowError("a quote is not closed")
    for _ in range(used):
        lines.take()
    return [cell.strip() for cell in cells]


def _parse(text: str) -> list[str] | None:
    """The cells, or None where the text ends inside a quoted cell."""
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
        raise BadRowError("the quotes are broken, or a cell is far too long") from None


def _decode(line: bytes) -> str:
    if b"\x00" in line:
        raise BadRowError("a NUL byte")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRowError("bytes that are not UTF-8 text") from None


def _header(cells: list[str], required: Collection[str]) -> list[str]:
    if missing := sorted(set(required) - set(cells)):
        raise BadRowError(f"the header lacks {', '.join(missing)}")
    if len(set(cells)) != len(cells):
        raise BadRowError("the header names a column twice")
    return cells
