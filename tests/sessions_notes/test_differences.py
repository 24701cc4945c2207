"""Word by word, and never for long."""

import random
import time

import pytest

from sessions_notes.differences import word_diff


def pieces(before, after):
    return [(piece.kind, piece.text) for piece in word_diff(before, after)]


def test_a_changed_word_is_removed_and_added():
    assert pieces("Threaded the right sleeve first", "Threaded the left sleeve first") == [
        ("same", "Threaded the "),
        ("removed", "right"),
        ("added", "left"),
        ("same", " sleeve first"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("", "new", [("added", "new")]),
        ("old", "", [("removed", "old")]),
        ("same\ntext", "same\ntext", [("same", "same\ntext")]),
        ("a\nb\nc", "a\nc", [("same", "a\n"), ("removed", "b\n"), ("same", "c")]),
        ("3 m", "3.5 m", [("same", "3"), ("added", ".5"), ("same", " m")]),
        ("Thị Hương", "Thị Hường", [("same", "Thị "), ("removed", "Hương"), ("added", "Hường")]),
        ("<b>x</b>", "<b>y</b>", [("same", "<b>"), ("removed", "x"), ("added", "y"), ("same", "</b>")]),
    ],
)
def test_small_cases(before, after, expected):
    assert pieces(before, after) == expected


@pytest.mark.parametrize(
    "make",
    [
        lambda r: " ".join(r.choice("abcdefghij") for _ in range(50_000)),
        lambda r: "\n".join(r.choice("ab") for _ in range(50_000)),
        lambda r: " ".join(str(r.randrange(60)) for _ in range(33_000)),
        lambda r: "\n".join(" ".join(str(r.randrange(99)) for _ in range(150)) for _ in range(200)),
    ],
)
def test_the_longest_notes_are_compared_soon_and_both_texts_can_be_read_back(make):
    dice = random.Random(1)  # noqa: S311
    before, after = make(dice)[:100_000], make(dice)[:100_000]
    start = time.perf_counter()
    found = word_diff(before, after)
    assert time.perf_counter() - start < 10
    assert "".join(piece.text for piece in found if piece.kind != "added") == before
    assert "".join(piece.text for piece in found if piece.kind != "removed") == after


def test_a_small_change_in_a_long_note_is_found():
    words = [f"word{number}" for number in range(9_000)]
    before, after = " ".join(words), " ".join([*words[:4500], "new", *words[4501:]])
    assert [piece.kind for piece in word_diff(before, after)] == ["same", "removed", "added", "same"]
