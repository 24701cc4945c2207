"""Bulk inserts as INSERT … SELECT, by model: triggers, constraints and indexes work as they do for single rows.

A column that is not named gets its field's default, so that a new column with a default needs no change here.
"""

from typing import Any

from django.db import connection, models
from django.db.models import NOT_PROVIDED


def insert(model: type[models.Model], source: str, **columns: str) -> int:
    """Add the rows of `source` (FROM …); `columns` are SQL expressions by attribute name. Returns how many."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    unknown = columns.keys() - fields.keys()
    if unknown:
        raise TypeError(f"{model.__name__} has no {sorted(unknown)}")
    expressions, values = dict(columns), []
    for name, field in fields.items():
        if name not in columns and not field.generated and not isinstance(field, models.AutoField):
            expressions[name] = f"%s::{field.db_type(connection)}"
            values.append(_default(field))
    names = ", ".join(f'"{fields[name].column}"' for name in expressions)
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(expressions.values())} {source}'
    # Without values the driver leaves percent signs alone; the defaults come last, as their columns do.
    return run(sql, values)


def _default(field: Any) -> Any:
    value = field.get_default()
    if value is None and not field.null and field.default is NOT_PROVIDED:
        raise TypeError(f"say what {field.model.__name__}.{field.attname} is")
    return field.get_db_prep_save(value, connection)


def history(model: Any, source: str = "", *, at: str, by: str, kind: str = "+", **columns: str) -> int:
    """Field history of the rows of a model (m): every column as it is, apart from those named."""
    past = model.history.model
    own = {field.attname for field in model._meta.concrete_fields}
    copied = {field.attname: f'm."{field.column}"' for field in past._meta.concrete_fields if field.attname in own}
    facts = {"history_date": at, "history_user_id": by, "history_type": f"'{kind}'", "history_change_reason": "''"}
    return insert(past, f'FROM "{model._meta.db_table}" m {source}', **(copied | facts | columns))


def run(sql: str, values: Any = None) -> int:
    """Run one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return int(cursor.rowcount)
