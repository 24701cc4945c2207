"""SECURITY.md says what is so: its table is the gate's and the tested one, and the tests that it names are there."""

import re
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from accounts.permissions import Perm
from accounts.roles import Role
from tests.test_access import EVERYBODY, EXPECTED, HELD, ROLES

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "SECURITY.md").read_text()


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of the table with this first heading, by their first cell."""
    table = TEXT[TEXT.index(f"| {heading} |") :].split("\n\n")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {first: rest for first, *rest in cells}


def test_it_is_current():
    call_command("access_table", "--check", stdout=StringIO())


def test_it_says_what_the_tests_of_the_gate_expect():
    asked = {name: perm for perm in Perm for name in re.findall(r"`([^`]+)`", rows("Right")[str(perm.label)][0])}
    assert asked == EXPECTED
    shown = {name.strip("`"): cells for name, cells in rows("Page").items()}
    for name, roles in ROLES.items():
        if name in shown:
            assert {role for role, cell in zip(Role, shown[name], strict=True) if cell == "yes"} == roles, name
        else:
            assert roles == EVERYBODY and f"`{name}`" in TEXT, name
    assert set(shown) - {"admin:index"} <= set(ROLES)
    parts = {"therapist": "Primary therapist", "cover": "Covering therapist", "assistant": "Assistant"}
    parts |= {"viewer": "Observer or student", "lead": "Lead of the patient's team"}
    for who, part in parts.items():
        held = {perm for perm, cell in zip(Perm, rows("Part")[part], strict=True) if cell == "yes"}
        assert held == HELD[who], who


def test_every_test_that_it_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)
    assert len(named) > 20
    for path, name in named:
        assert f"def {name}(" in (ROOT / path).read_text() if name else (ROOT / path).exists(), (path, name)
