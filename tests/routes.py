"""Every route of the site, found in the URLconf."""

import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    view: Any

    @property
    def access(self) -> Any:
        return getattr(self.view, "access", None)

    @property
    def parameters(self) -> list[str]:
        """Their names, in order."""
        return [found[1] or found[2] for found in re.finditer(r"\(\?P<(\w+)>|<(?:\w+:)?(\w+)>", self.pattern)]

    def path(self, **values: Any) -> str:
        """The address, with values for its parameters: the patient's key where it is given, 1 elsewhere."""

        def fill(match: re.Match[str]) -> str:
            kind, name = match[1] or "str", match[2]
            if name in values:
                return str(values[name])
            return str(uuid.UUID(int=1)) if kind == "uuid" else "1"

        pattern = re.sub(r"\(\?P(<\w+>)[^)]*\)|[\^$\\]", r"\1", self.pattern)
        return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", fill, pattern)


def routes(patterns: Any = None, prefix: str = "", namespace: str = "") -> Iterator[Route]:
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        text = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry.url_patterns, text, inner)
        elif isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name}", text, entry.callback)


def routes_by_key() -> dict[str, list[Route]]:
    """By name, with the last parameter where several have the same: app:autosave(note_id)."""
    names = Counter(route.name for route in routes())
    found = defaultdict(list)
    for route in routes():
        found[route.name if names[route.name] == 1 else f"{route.name}({route.parameters[-1]})"].append(route)
    return dict(found)


def patient_routes() -> list[Route]:
    return [route for route in routes() if "<uuid:patient_id>" in route.pattern]
