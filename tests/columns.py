"""The caseload's columns, one at a time."""

from patients.registry import CaseloadColumn, registry
from ui import parts
from ui.prepared import together


def values(key, patients):
    """What a column says of each of these patients."""
    column = next(one for one in registry.of(CaseloadColumn) if one.key == key)
    (rows,) = together([column.read([patient.pk for patient in patients])])
    return column.tell(rows)


def cell(key, value, patient=None):
    """A cell of a column, as HTML."""
    column = next(one for one in registry.of(CaseloadColumn) if one.key == key)
    return str(parts.macro(column.part, "cell")(value, patient))
