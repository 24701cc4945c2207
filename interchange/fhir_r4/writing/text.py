"""Resources as JSON text. Every number that is not whole is a Decimal and is written with its own digits."""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from mobility.catalogue import plain

Resource = dict[str, Any]


def dump(value: Any) -> str:
    """JSON in one line. Raises TypeError for a binary float, which has already lost the digits that were measured."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{dump(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(dump(one) for one in value) + "]"
    if isinstance(value, Decimal):
        return plain(value)
    if value is None or isinstance(value, str | bool | int):
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"{type(value).__name__} in a resource")


def ndjson(resources: Iterable[Resource]) -> str:
    """One resource a line; references are Type/id."""
    return "".join(f"{dump(one)}\n" for one in resources)


def bundle(resources: Sequence[Resource], *, at: str) -> str:
    """All of it in one collection, each entry by the UUID of its resource, which references in it use."""
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": _by_uuid(one)} for one in resources]
    return dump({"resourceType": "Bundle", "type": "collection", "timestamp": at, "entry": entries}) + "\n"


def _by_uuid(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: f"urn:uuid:{one.partition('/')[2]}" if name == "reference" else _by_uuid(one)
            for name, one in value.items()
        }
    return [_by_uuid(one) for one in value] if isinstance(value, list) else value
