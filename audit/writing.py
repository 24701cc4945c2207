"""Adding a row to the trail by a statement that is planned once in a connection: every page of the site adds one.

Through the model, making that statement anew took longer than the database took to chain the row.
"""

from functools import cache
from typing import Any

from psycopg.types.json import Jsonb

from ui.statements import execute


def add_event(*, details: dict[str, Any], **values: Any) -> None:
    """Add a row to audit_auditevent. `values` are by column; those left out get the database's default or NULL."""
    execute(_insert(("details", *values)), [Jsonb(details), *values.values()])


@cache
def _insert(columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "audit_auditevent" ({names}) VALUES ({", ".join(["%s"] * len(columns))})'  # noqa: S608
