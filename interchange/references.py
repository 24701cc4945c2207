"""Finding what a FHIR reference means, among everything that one run has read.

The same short reference ("Patient/example") may stand in two folders for two people. So the nearest one counts: in
the same file, then in the same folder, then anywhere; and where two different ones are equally near, none does.
"""

import os
import re
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

_VERSION = re.compile(r"/_history/[^/]*$")
_WEB = ("http://", "https://")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
T = TypeVar("T", bound=Hashable)


class NotFoundError(Exception):
    """Nothing, or more than one thing, answers to a reference; the text is safe to print."""


class AmbiguousError(NotFoundError):
    """More than one thing answers to a reference."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A reference as written, with the file it stands in and the server of the resource that makes it."""

    reference: str
    file: str
    base: str = ""


def server_of(full_url: str, type_and_id: str) -> str:
    """'http://server/fhir/' of http://server/fhir/Patient/1; empty for urn:uuid: and the like."""
    if full_url.startswith(_WEB) and full_url.endswith(f"/{type_and_id}"):
        return full_url.removesuffix(type_and_id)
    return ""


def is_uuid(text: str) -> bool:
    """Whether this names one thing in all the world."""
    return _UUID.fullmatch(text) is not None


def local_uuid(reference: str) -> str:
    """The UUID that a reference ends in; empty where its id is of another kind."""
    own_id = _VERSION.sub("", reference).replace(":", "/").rpartition("/")[2]
    return own_id if is_uuid(own_id) else ""


class ReferenceIndex(Generic[T]):
    """The resources of one type by every name that a reference may use for them."""

    def __init__(self, resource_type: str) -> None:
        self.type = resource_type
        self._named: dict[str, list[tuple[str, T]]] = defaultdict(list)

    def add(self, target: T, *, file: str, own_id: str, full_url: str = "") -> None:
        local = f"{self.type}/{own_id}"
        if full_url:
            self._named[full_url].append((file, target))
        if own_id:
            self._named[f"any {local}"].append((file, target))
            if not server_of(full_url, local):
                self._named[f"serverless {local}"].append((file, target))

    def find(self, pointer: Pointer) -> T:
        """What the pointer points at. Raises NotFoundError."""
        for name in self._names(pointer):
            if name in self._named:
                return self._nearest(self._named[name], pointer.file)
        raise NotFoundError(f"its {self.type.lower()} is not among the records read")

    def prefix_of(self, own_id: str) -> str:
        """What stands before this id in the only id that ends in it; empty where the id itself is known, or none is."""
        anything = f"any {self.type}/"
        if f"{anything}{own_id}" in self._named:
            return ""
        ends = f"-{own_id}"
        found = {
            name[len(anything) : -len(own_id)]
            for name in self._named
            if name.startswith(anything) and name.endswith(ends)
        }
        return found.pop() if len(found) == 1 else ""

    def _names(self, pointer: Pointer) -> list[str]:
        reference = _VERSION.sub("", pointer.reference)
        local = "/".join(reference.split("/")[-2:])
        if reference.startswith("urn:"):
            return [reference, f"any {self.type}/{reference.rpartition(':')[2]}"]
        if reference.startswith(_WEB):
            return [reference, f"serverless {local}"]
        if pointer.base:
            return [pointer.base + reference, f"serverless {reference}"]
        return [f"any {reference}"]

    def _nearest(self, named: list[tuple[str, T]], file: str) -> T:
        folder = os.path.dirname(file)
        scopes = (
            {target for where, target in named if where == file},
            {target for where, target in named if os.path.dirname(where) == folder},
            {target for _, target in named},
        )
        nearest = next(scope for scope in scopes if scope)
        if len(nearest) > 1:
            raise AmbiguousError(f"its {self.type.lower()} may be any of {len(nearest)} records with the same id")
        return nearest.pop()
