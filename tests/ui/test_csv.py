"""CSV that no spreadsheet takes for formulas."""

import csv
import datetime as dt
import io

import pytest

from ui.csv import cell, download, table


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "\ufeff=1", "\u200b=1", "\x00=1",
        "\tplain", "\rplain", "\uff1d1+1", "\uff20x", '=HYPERLINK("http://x","y")', " \ufeff -2+3+cmd|' /C calc'!A0",
    ],
)  # fmt: skip
def test_a_text_that_could_be_a_formula_begins_with_an_apostrophe(text):
    assert cell(text) == "'" + text.replace("\x00", "")


@pytest.mark.parametrize("text", ["", " ", "Ní Dhomhnaill", "a=b", "O'Neill", "3-3-4", "'=1", "\u200b"])
def test_other_texts_stay_as_they_are(text):
    assert cell(text) == text


def test_numbers_times_and_nothing_are_what_they_are():
    at = dt.datetime(2026, 7, 1, 12, 0, 5, tzinfo=dt.UTC)
    assert [cell(value) for value in (-5, 1.5, None, True, at)] == [-5, 1.5, "", "True", "2026-07-01 13:00:05"]


def test_a_table_reads_back_whatever_is_in_its_cells():
    rows = [["a;b", 'say "x"', "two\nlines", "José, Łódź"], ["=1;=2", ",", "", 0]]
    text = table(["A", "B", "C", "=D"], rows)
    assert text.startswith('\ufeff"A","B","C","\'=D"\r\n')
    found = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert found[1:] == [rows[0], ["'=1;=2", ",", "", "0"]]


def test_a_download_is_named_by_what_it_is_and_when(time_machine):
    time_machine.move_to("2026-11-21T09:30:00Z", tick=False)
    response = download("audit-trail", ["A"], [["x"]])
    assert response["Content-Disposition"] == 'attachment; filename="audit-trail-2026-11-21-0930.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
