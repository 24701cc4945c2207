"""Parts of pages in Jinja2: they know what they are handed and nothing else, and escape it."""

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from jinja2 import UndefinedError

from patients.registry import CaseloadColumn, Mark, registry
from ui import parts

NAMES = sorted(
    str(path.relative_to(settings.BASE_DIR / "templates"))
    for path in (settings.BASE_DIR / "templates").rglob("*.jinja")
)


@pytest.mark.parametrize("name", NAMES)
def test_every_part_can_be_read(name):
    assert parts.get(name).name == name


def test_every_column_of_the_caseload_has_a_cell():
    columns = registry.of(CaseloadColumn)
    assert len(columns) == 5
    for column in columns:
        assert parts.macro(column.part, "cell").arguments == ("value", "patient")


def test_what_it_shows_is_escaped():
    marks = parts.macro("patients/_marks.jinja", "marks")
    html = str(marks([Mark("<b>O'Brien & Sons</b>", "bad", '/x/"><script>')]))
    assert "<b>" not in html
    assert "<script>" not in html
    assert "&lt;b&gt;O&#39;Brien &amp; Sons&lt;/b&gt;" in html


def test_it_does_not_see_the_page_around_it():
    page = Template('{% part "patients/_caseload_rows.jinja" rows=rows is_team=False may_hand_over=False %}')
    with pytest.raises(UndefinedError, match="patient_id_label"):
        page.render(Context({"rows": [_Row()], "patient_id_label": "ID"}))


class _Row:
    url, cells = "/", ()

    class patient:  # noqa: N801 - as the row has it
        display_name, date_of_birth, patient_id, chart_status = "Ann", None, "1", "active"


def test_it_speaks_the_language_of_the_reader():
    cell = parts.macro("mobility/_caseload_cell.jinja", "cell")
    with translation.override("de"):
        translation.trans_real.catalog()._words["Not scored yet"] = "Noch kein Wert"
        try:
            assert "Noch kein Wert" in str(cell(None, None))
        finally:
            del translation.trans_real.catalog()._words["Not scored yet"]
    assert "Not scored yet" in str(cell(None, None))
