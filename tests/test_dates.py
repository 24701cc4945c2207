"""Dates as they are shown and read: in English always, and in the language of the page."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from ui.dates import month_names, parse_date, show_date

DAY = dt.date(2026, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "05-Mar-2026",
        "5 March 2026",
        "5mar2026",
        "05.Mar.2026",
        "5-MAR.-2026",
        "2026-03-05",
        "05\N{NON-BREAKING HYPHEN}Mar-2026",
    ],
)
def test_unambiguous_dates_are_read(text):
    assert parse_date(text) == DAY


@pytest.mark.parametrize("text", ["05/03/2026", "March 2026", "5-Xyz-2026", "31-Feb-2026", "5-M-2026", "2026-3-5x"])
def test_others_are_refused(text):
    with pytest.raises(ValidationError):
        parse_date(text)


@pytest.mark.parametrize("language", ["en", "de", "fr", "cs", "zh-hans", "ru"])
def test_what_a_page_shows_it_also_reads(language):
    with translation.override(language):
        for month in range(1, 13):
            day = dt.date(2026, month, 9)
            assert parse_date(show_date(day)) == day
            assert show_date(day) == f"09-{month_names()[month - 1]}-2026"
        assert parse_date("05-Mar-2026") == DAY
