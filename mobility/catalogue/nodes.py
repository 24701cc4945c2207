"""Strict reading of one mapping: every error names the file, the instrument and the key."""

import itertools
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


class CatalogueError(Exception):
    """The catalogue breaks a rule; the message says where: file, instrument, key."""


class Node:
    """One mapping of the file. Every key is asked for once; `close` refuses what nobody asked for."""

    def __init__(self, value: Any, where: str, path: str = "") -> None:
        self.where = where
        self.path = path
        if not isinstance(value, dict):
            raise self.error("", "must be a mapping")
        self._values = dict(value)

    def error(self, key: str, problem: str) -> CatalogueError:
        """The error to raise about one key of this mapping."""
        place = ".".join(part for part in (self.path, str(key)) if part)
        return CatalogueError(": ".join(part for part in (self.where, place, problem) if part))

    def has(self, key: str) -> bool:
        """Whether the key is there and was not read yet."""
        return key in self._values

    def is_null(self, key: str) -> bool:
        """Whether the key is there and says null."""
        return key in self._values and self._values[key] is None

    def take(self, key: str) -> Any:
        """Any value of a key that must be there."""
        if key not in self._values:
            raise self.error(key, "is missing")
        return self._values.pop(key)

    def text(self, key: str, *, empty: bool = False) -> str:
        """One line of text without spaces around it."""
        value = self.take(key)
        if not isinstance(value, str):
            raise self.error(key, f"must be text, not {value!r}")
        if value != value.strip() or "\n" in value or not (value or empty):
            raise self.error(key, "must be one line of text without spaces around it")
        return value

    def decimal(self, key: str) -> Decimal:
        """A plain decimal number."""
        return self._number(key, self.take(key))

    def decimal_or_null(self, key: str) -> Decimal | None:
        """A plain decimal number, or None for null."""
        value = self.take(key)
        return None if value is None else self._number(key, value)

    def _number(self, key: str, value: Any) -> Decimal:
        if not isinstance(value, Decimal):
            raise self.error(key, f"must be a plain decimal number such as 0.5, not {value!r}")
        return value

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self.decimal(key)
        if value % 1:
            raise self.error(key, f"must be a whole number, not {value}")
        return int(value)

    def flag(self, key: str) -> bool:
        """true or false."""
        value = self.take(key)
        if not isinstance(value, bool):
            raise self.error(key, f"must be true or false, not {value!r}")
        return value

    def decimals(self, key: str) -> tuple[Decimal, ...]:
        """A list of plain decimal numbers, each greater than the one before."""
        found = tuple(self._number(key, one) for one in self._list(key))
        if any(one >= other for one, other in itertools.pairwise(found)):
            raise self.error(key, "must be numbers in ascending order, each once")
        return found

    def texts(self, key: str, *, empty: bool = False) -> tuple[str, ...]:
        """A list of lines of text."""
        values = self._list(key, empty=empty)
        row = Node({f"{key}[{number}]": one for number, one in enumerate(values)}, self.where, self.path)
        return tuple(row.text(name) for name in row.rows())

    def choices(self, key: str, kind: type[Choice]) -> tuple[Choice, ...]:
        """A list of words of a fixed vocabulary."""
        values = self._list(key)
        row = Node({f"{key}[{number}]": one for number, one in enumerate(values)}, self.where, self.path)
        return tuple(row.choice(name, kind) for name in row.rows())

    def _list(self, key: str, *, empty: bool = False) -> list[Any]:
        value = self.take(key)
        if not isinstance(value, list) or not (value or empty):
            raise self.error(key, "must be a list" if empty else "must be a list that is not empty")
        return value

    def rows(self) -> list[Any]:
        """The keys that were not read yet, for a mapping whose keys are data."""
        return list(self._values)

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """One word of a fixed vocabulary."""
        value = self.take(key)
        if value not in {*kind}:
            raise self.error(key, f"must be one of {', '.join(kind)}, not {value!r}")
        return kind(value)

    def node(self, key: str) -> "Node":
        """A mapping inside this one."""
        return Node(self.take(key), self.where, ".".join(part for part in (self.path, key) if part))

    def nodes(self, key: str, *, empty: bool = False) -> Iterator["Node"]:
        """The mappings of a list inside this one."""
        value = self._list(key, empty=empty)
        path = f"{self.path}.{key}" if self.path else key
        for number, one in enumerate(value):
            yield Node(one, self.where, f"{path}[{number}]")

    def close(self) -> None:
        """Refuse keys that are left over: a misspelt key must not be lost in silence."""
        for key in self._values:
            raise self.error(str(key), "is not a key that is known here")
