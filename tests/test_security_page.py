"""SECURITY.md says what is so: its table is the gate's and the tested one, and the tests that it names are there."""

import re
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from accounts.permissions import Perm
from accounts.roles import Role
from tests.access_matrix import MATRIX, Row
from tests.routes import patient_routes

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "SECURITY.md").read_text()


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of the table with this first heading, by their first cell."""
    table = TEXT[TEXT.index(f"| {heading} |") :].split("\n\n")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {first: rest for first, *rest in cells}


def test_it_is_current():
    call_command("access_table", "--check", stdout=StringIO())


def right(row: Row) -> Perm:
    """The right that a page of a chart asks for, read off who is let in."""
    if row.cells["observer"] == "+":
        return Perm.VIEW
    if row.cells["assistant"] != "403":
        return Perm.ADD
    return Perm.CHANGE if row.cells["therapist"] != "403" else Perm.REASSIGN


def test_it_says_what_the_table_of_the_gate_says():
    charts = {route.name for route in patient_routes()}
    pages = {perm: set(re.findall(r"`([^`]+)`", rows("Right")[str(perm.label)][0])) for perm in Perm}
    for key, row in MATRIX.items():
        if key.partition("(")[0] in charts:
            assert key.partition("(")[0] in pages[right(row)], key
    assert set.union(*pages.values()) == charts
    shown = {name.strip("`"): cells for name, cells in rows("Page").items()}
    for name, cells in shown.items():
        let_in = {role for role, cell in zip(Role, cells, strict=True) if cell == "yes"}
        assert let_in == {role for role in Role if MATRIX[name].cells[role] not in {".", "s"}}, name
    for key, row in MATRIX.items():
        if key not in shown and not key.startswith("admin:") and key.partition("(")[0] not in charts:
            assert "." not in row.cells.values() and f"`{key}`" in TEXT, key


def test_a_part_in_the_care_is_what_the_table_lets_it_do():
    parts = {"therapist": "Primary therapist", "assistant": "Assistant", "observer": "Observer or student"}
    parts |= {"lead": "Lead of the patient's team"}
    chart_rows = [MATRIX[key] for key in MATRIX if key.partition("(")[0] in {route.name for route in patient_routes()}]
    for who, part in parts.items():
        held = {perm for perm, cell in zip(Perm, rows("Part")[part], strict=True) if cell == "yes"}
        assert held == {right(row) for row in chart_rows if row.cells[who] not in {"403", "."}}, who


def test_every_test_that_it_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)
    assert len(named) > 20
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text() if name else (ROOT / path).exists(), (path, name)
