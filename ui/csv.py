"""Tables as CSV for spreadsheets, which take a cell for a formula if it begins like one."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

# What a formula begins with in a spreadsheet, in full width as well: some take those for the same.
FORMULA = "=+-@＝＋－＠"  # noqa: RUF001
BLANK = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\x00"
# Without it Excel reads UTF-8 as something else, and José becomes JosÃ©. Everything else skips it.
MARK = "\ufeff"


def cell(value: Any) -> Any:
    """A value as a spreadsheet may have it: text that it could take for a formula begins with an apostrophe.

    Text begins so where its first sign is a tab or a line's end, or = + - @ after whatever is blank. Numbers are
    numbers, negative ones too. Times are the clinic's, as 2026-11-21 14:05:09.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if timezone.is_aware(value) else str(value)
    text = str(value).replace("\x00", "")
    first = text.lstrip().lstrip(BLANK).lstrip()[:1]
    return f"'{text}" if text[:1] in {"\t", "\r", "\n"} or (first and first in FORMULA) else text


def table(heading: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    """The whole table, every cell quoted: a spreadsheet that divides at semicolons must not find a cell inside one."""
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow([cell(value) for value in heading])
    writer.writerows([cell(value) for value in row] for row in rows)
    return MARK + stream.getvalue()


def download(name: str, heading: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The table as a file called `name` and the minute: never what was searched for, since file names travel."""
    at = timezone.localtime().strftime("%Y-%m-%d-%H%M")
    response = HttpResponse(table(heading, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{at}.csv"'
    return response
