"""What somebody had typed into the form of this page before their session ended, for the forms that are shown again."""

import contextvars
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict


@dataclass(frozen=True)
class Typed:
    data: QueryDict
    at: dt.datetime
    path: str


current: contextvars.ContextVar[Typed | None] = contextvars.ContextVar("typed", default=None)


def values_for(form: Any) -> dict[str, Any] | None:
    """What of it belongs to this form, as its fields show it; None where nothing does."""
    typed = current.get()
    if typed is None:
        return None
    names = {name: form.add_prefix(name) for name in form.fields}
    visible = [name for name, field in form.fields.items() if not field.widget.is_hidden]
    if not any(names[name] in typed.data for name in visible):
        return None
    found = {}
    for name, field in form.fields.items():
        if field.widget.is_hidden and names[name] not in typed.data:
            continue
        found[name] = field.widget.value_from_datadict(typed.data, {}, names[name])
    return found
