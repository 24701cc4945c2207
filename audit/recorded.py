"""Reading field history: what records said at a past moment, by the time at which it was recorded.

Nothing here writes, and nothing asks when things happened: what was entered late is not there before it was entered.
"""

import datetime as dt
from typing import Any

from django.db.models import QuerySet


def as_of(rows: "QuerySet[Any]", moment: dt.datetime) -> "QuerySet[Any]":
    """Of each record in this field history the one row that held at that moment."""
    held = rows.filter(history_date__lte=moment).order_by("id", "-history_date", "-history_id").distinct("id")
    found: QuerySet[Any] = rows.model._default_manager.filter(history_id__in=held.values("history_id"))
    return found.exclude(history_type="-")


def as_recorded(row: Any) -> Any:
    """The record that a row of field history is a copy of, made without asking the database and never to be saved.

    It knows the related records that were fetched with the row. What field history does not keep has its default.
    """
    fields = row.tracked_fields
    record = row.instance_type(**{field.attname: getattr(row, field.attname) for field in fields})
    for field in fields:
        if field.is_relation and field.is_cached(row):
            field.set_cached_value(record, field.get_cached_value(row))
    return record
