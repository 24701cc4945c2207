"""What changed between two texts, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, REMOVED, ADDED = "same", "removed", "added"

# Beyond these a block counts as replaced whole: difflib's time grows with the product of both sides.
MOST_LINES = 4_000
MOST_WORDS = 4_000

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Piece:
    kind: str
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """Both texts as pieces in reading order; joining the pieces that are not `added` gives `before` again."""
    return list(_merged(_by_lines(_LINES.findall(before), _LINES.findall(after))))


def _by_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for kind, old, new in _blocks(before, after, MOST_LINES):
        if kind == "equal":
            yield Piece(SAME, "".join(old))
        elif old and new:
            yield from _by_words("".join(old), "".join(new))
        else:
            yield from _replaced(old, new)


def _by_words(before: str, after: str) -> Iterator[Piece]:
    for kind, old, new in _blocks(_WORDS.findall(before), _WORDS.findall(after), MOST_WORDS):
        if kind == "equal":
            yield Piece(SAME, "".join(old))
        else:
            yield from _replaced(old, new)


def _blocks(
    before: Sequence[str], after: Sequence[str], most: int
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """What both begin and end with is found first: a small change in a long note stays small work."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    yield "equal", before[:head], before[:head]
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(old) > most or len(new) > most:
        yield "replace", old, new
    else:
        for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
            yield kind, old[a:b], new[c:d]
    yield "equal", before[len(before) - tail :], before[len(before) - tail :]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    yield Piece(REMOVED, "".join(old))
    yield Piece(ADDED, "".join(new))


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Without empty pieces; neighbours of one kind joined, and words apart only by a space that stayed as one."""
    kept: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if kept and kept[-1].kind == piece.kind:
            kept[-1] = Piece(piece.kind, kept[-1].text + piece.text)
        else:
            kept.append(piece)
    yield from kept
