"""Tables as they come: byte-order mark, CRLF, quoted commas; and broken ones, of which one row costs one row."""

import pytest

from tests.interchange.samples import DEVICE_COLUMNS, PATIENT_COLUMNS, read, write_table

HEADER = ",".join(PATIENT_COLUMNS).encode()


def row(own_id: str, *, last: bytes = b"Last") -> bytes:
    cells = {"Id": own_id.encode(), "BIRTHDATE": b"1950-06-07", "FIRST": b"First", "LAST": last}
    return b",".join(cells.get(column, b"") for column in PATIENT_COLUMNS)


def read_rows(folder, *lines: bytes, end: bytes = b"\n"):
    path = folder / "patients.csv"
    path.write_bytes(end.join(lines) + end)
    return read(path)


def test_mark_crlf_and_quoted_commas_are_read(tmp_path):
    reading = read_rows(tmp_path, b"\xef\xbb\xbf" + HEADER, row("p-1", last=b'"O\'Connor, Jr"'), end=b"\r\n")
    assert [patient.family_name for patient in reading.patients] == ["O'Connor, Jr"]
    assert not reading.failures


def test_a_quoted_cell_may_hold_a_line_break_and_lines_are_still_counted(tmp_path):
    reading = read_rows(tmp_path, HEADER, row("p-1", last=b'"Two\nlines"'), row("p-2"))
    assert [(p.origin.line, p.family_name) for p in reading.patients] == [(2, "Two\nlines"), (4, "Last")]


def test_empty_lines_and_a_missing_last_line_break_do_no_harm(tmp_path):
    (tmp_path / "patients.csv").write_bytes(b"\n" + HEADER + b"\n\n" + row("p-1"))
    assert [patient.origin.line for patient in read(tmp_path).patients] == [4]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (row("p-1") + b",more", "29 columns where the header has 28"),
        (b"p-1,1950-06-07", "2 columns where the header has 28"),
        (row("p-1", last=b"nul\x00"), "a NUL byte"),
        (row("p-1", last=b"Mej\xeda"), "bytes that are not UTF-8 text"),
        (row("p-1", last=b'"never closed'), "a quote is not closed"),
        (row("p-1", last=b'"closed" early'), "the quotes are broken, or a cell is far too long"),
        (row("p-1", last=b"x" * 200_000), "the quotes are broken, or a cell is far too long"),
    ],
)
def test_a_broken_row_fails_alone(tmp_path, line, message):
    reading = read_rows(tmp_path, HEADER, row("p-0"), line, *(row(f"p-{n}") for n in range(2, 30)))

    assert [(failure.message, failure.origin.line) for failure in reading.failures] == [(message, 3)]
    assert len(reading.patients) == 29
    assert reading.patients[1].origin.line == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty: there is no header row"),
        (b"\xff\xfeI\x00d\x00", "a NUL byte"),
        (HEADER + b",Id\n", "the header names a column twice"),
        (b"name,born\n", "the header lacks BIRTHDATE, DEATHDATE, FIRST, GENDER, Id, LAST"),
    ],
)
def test_a_file_without_a_usable_header_is_one_failure(tmp_path, content, message):
    (tmp_path / "patients.csv").write_bytes(content + b"\n" * bool(content) + row("p-1") * bool(content))

    reading = read(tmp_path)

    assert [(failure.message, failure.origin.line) for failure in reading.failures] == [(message, 1)]
    assert not reading.patients


def test_a_header_alone_holds_nothing(tmp_path):
    write_table(tmp_path / "devices.csv", DEVICE_COLUMNS)
    assert read(tmp_path).outcomes == []
