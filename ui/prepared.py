"""Queries that are built once in a process and planned once in a connection, for what is opened all day.

Django takes longer to build a queryset of five joins and to turn it into SQL than PostgreSQL takes to answer it.
docs/adr/0008-prepared-queries.md says what that costs a page, and what this relies on inside Django.
"""

import copy
import datetime as dt
import inspect
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.models import BooleanField, Func, Model, QuerySet, Value
from django.db.models.query import ModelIterable, get_related_populators
from psycopg.sql import Literal

from ui.statements import answers, fetch


class Param(Value):
    """Stands in a queryset for a value that each run brings."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def _resolve_output_field(self) -> None:
        """None: the type is that of what it is compared with."""


class EqualsAny(Func):
    """column = ANY(array): IN, for a list whose length differs from run to run."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Prepared:
    """A queryset whose SQL is made once. Calling it runs it with new values and gives the rows as a list.

    `build(**values)` makes the queryset. It is called once, with a `Param` for each argument, so it must use them as
    they are: a slice, or a decision by an argument's value, belongs into another Prepared. An argument may be given a
    model instance: its key is compared, and rows that have a foreign key of that name hold the very instance.
    """

    everything: "list[Prepared]" = []

    def __init__(self, build: Callable[..., QuerySet[Any]]) -> None:
        self.build = build
        self.names = frozenset(inspect.signature(build).parameters)
        self._others = sorted(self.names - {"patient"})
        self._compiled: tuple[Any, Any, str, dict[str, Any]] | None = None
        Prepared.everything.append(self)

    def __call__(self, **values: Any) -> list[Any]:
        """The rows. Raises TypeError unless each argument of `build` is given, and nothing else."""
        return self.bind(**values).fetch()

    def bind(self, **values: Any) -> "Read":
        """The query with its values, not asked for yet: see `together`. Raises TypeError as a call does."""
        if self.names != values.keys():
            raise TypeError(f"{self.build.__qualname__} takes {sorted(self.names)}, not {sorted(values)}")
        return Read(self, values)

    def key(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What tells a read of one patient's from others: the query and its other values."""
        return (self, *[values[name] for name in self._others])

    def compiled(self) -> tuple[Any, Any, str, dict[str, Any]]:
        """The queryset, its compiler, its SQL and the parameters of that by name, among them `Param`s."""
        return self._compiled or self._compile()

    def _compile(self) -> tuple[Any, Any, str, dict[str, Any]]:
        queryset = self.build(**{name: Param(name) for name in self.names})
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        if missing := self.names - {item.name for item in params if isinstance(item, Param)}:
            raise TypeError(f"{self.build.__qualname__} does not use {sorted(missing)}")
        if any(isinstance(item, dt.date | dt.timedelta) for item in params):
            raise TypeError(f"{self.build.__qualname__} would keep today's date for ever: make it an argument")
        sql, named = _with_constants(sql, params)
        # They are the same for each run, and finding them took as long as reading the rows.
        converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
        compiler.get_converters = lambda expressions: converters
        self.foreign_keys = {f.name: f for f in queryset.model._meta.concrete_fields if f.is_relation}
        self.converters = converters
        self.models = _Models(compiler, queryset.db) if queryset._iterable_class is ModelIterable else None
        self._compiled = (queryset, compiler, sql, named)
        return self._compiled


def _with_constants(sql: str, params: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """The statement with its values by name, and the builder's own words and numbers written out in it.

    A count of flags has thirty-six of those, and names the day nine times: sending each took longer than most columns do.
    And a plan that knows "view_patient" is a better one.
    """
    named: dict[str, Any] = {}
    values = iter(params)

    def write(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return found[0]
        value = next(values)
        if isinstance(value, bool | int):
            return f"({value})" if value < 0 else str(value)
        if isinstance(value, str):
            return Literal(str(value)).as_string().replace("%", "%%")
        name = value.name if isinstance(value, Param) else f"constant_{len(named)}"
        named[name] = value
        return f"%({name})s"

    return re.sub("%%|%s", write, sql), named


class Read:
    """A prepared query with the values of one run."""

    def __init__(self, query: Prepared, values: Mapping[str, Any]) -> None:
        queryset, _compiler, self.sql, params = query.compiled()
        self.query, self.values, self.using = query, values, queryset.db
        self.params = params | {name: _as_sent(value) for name, value in values.items()}

    def fetch(self) -> list[Any]:
        """Its rows, asked for now."""
        return self.rows(self.find())

    def find(self) -> list[Any]:
        """What the database finds, not put together yet: see `rows`."""
        return fetch(self.sql, self.params, using=self.using)

    def keys(self, found: list[Any]) -> list[Any]:
        """The keys of what was found, before it is put together. Raises TypeError for a query that is not of models."""
        if self.query.models is None:
            raise TypeError(f"{self.query.build.__qualname__} finds no models")
        place = self.query.models.place_of_key
        return [row[place] for row in found]

    def rows(self, found: list[Any]) -> list[Any]:
        """What the queryset would have made of the rows that the database found."""
        if not found:
            return []
        queryset, compiler, _sql, _params = self.query.compiled()
        models, converters = self.query.models, self.query.converters
        if models is not None and not converters:
            return models.make(found, self._known())
        # A copy for each run: the compiled query is shared by all threads and never holds anybody's value.
        runner = copy.copy(compiler)
        runner.connection = connections[self.using]
        if models is not None:
            return models.make(runner.apply_converters(found, converters), self._known())
        runner.execute_sql = lambda *args, **kwargs: [found]
        run: Any = type(queryset)(queryset.model, _Bound(queryset.query, runner), self.using)
        run._iterable_class, run._fields = queryset._iterable_class, queryset._fields
        return list(run)

    def _known(self) -> list[tuple[Any, Model]]:
        """The foreign keys of which the rows' objects are at hand."""
        return [
            (field, value)
            for name, value in self.values.items()
            if isinstance(value, Model) and (field := self.query.foreign_keys.get(name)) is not None
        ]


def _as_sent(value: Any) -> Any:
    """A value as it is sent: of a model its key, of keys an array, which the driver would write a key at a time."""
    if isinstance(value, Model):
        return value.pk
    if type(value) is list and all(type(one) is uuid.UUID for one in value):
        return f"{{{','.join([one.hex for one in value])}}}"
    return value


class _Models:
    """Makes models of rows, as Django's ModelIterable does; what that works out each time is worked out once."""

    def __init__(self, compiler: Any, using: str) -> None:
        chosen = compiler.klass_info["select_fields"]
        self.model, self.using = compiler.klass_info["model"], using
        self.columns = slice(chosen[0], chosen[-1] + 1)
        self.names = [column.target.attname for column, *_ in compiler.select[self.columns]]
        self.place_of_key = chosen[0] + self.names.index(self.model._meta.pk.attname)
        populators: Any = get_related_populators  # the stubs are those of a later Django
        self.related = populators(compiler.klass_info, compiler.select, using)
        self.annotations = tuple(compiler.annotation_col_map.items())

    def make(self, rows: Iterable[Any], known: list[tuple[Any, Model]]) -> list[Any]:
        """`known`: the foreign keys whose objects are at hand; rows that name one of them hold that very object."""
        found = []
        for row in rows:
            one = self.model.from_db(self.using, self.names, row[self.columns])
            for relation in self.related:
                relation.populate(row, one)
            for name, place in self.annotations:
                setattr(one, name, row[place])
            for field, value in known:
                if not field.is_cached(one) and getattr(one, field.attname) == value.pk:
                    setattr(one, field.name, value)
            found.append(one)
        return found


def together(reads: Sequence[Read]) -> list[list[Any]]:
    """The rows of each, all asked for at once: the answers come back in one go.

    Each statement is one of its own, as many as one by one; what is saved is waiting, which takes longer than most of them.
    """
    with as_they_come(reads) as answers:
        return list(answers)


@contextmanager
def as_they_come(reads: Sequence[Read]) -> Iterator[Iterator[list[Any]]]:
    """The rows of each, in this order. All are asked for now; while the first are looked at, PostgreSQL finds the others.

    What takes it long and is not needed soon stands last.
    """
    if len(reads) < 2:
        yield (read.fetch() for read in reads)
        return
    with answers([(read.sql, read.params) for read in reads], using=reads[0].using) as found:
        yield (read.rows(rows) for read, rows in zip(reads, found, strict=True))


class _Bound:
    """A compiled query with its values, as far as Django's row iterators ask for one."""

    def __init__(self, query: Any, runner: Any) -> None:
        self._query, self._runner = query, runner

    def get_compiler(self, using: str | None = None, **kwargs: Any) -> Any:
        return self._runner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


def once(patient: Model, query: Prepared, **values: Any) -> list[Any]:
    """The rows of `query(patient=patient, …)`, read once for all parts of the page that this patient was handed to.

    Raises TypeError as the query does. Rows are those of these very values: another reader's drafts are another read.
    """
    if query.names != {"patient", *values}:
        query.bind(patient=patient, **values)  # says what is wrong
    kept, key = _kept(patient), query.key(values)
    if key not in kept:
        kept[key] = query(patient=patient, **values)
    return kept[key]


def read_ahead(patient: Model, queries: Iterable[Prepared], **known: Any) -> None:
    """Ask for what parts of the page will read with `once`, all of it together. Each query takes of `known` what it names."""
    kept, wanted = _kept(patient), {}
    for query in queries:
        key = query.key(known)
        if key not in kept and key not in wanted:
            wanted[key] = query.bind(**{name: patient if name == "patient" else known[name] for name in query.names})
    kept.update(zip(wanted, together(list(wanted.values())), strict=True))


def _kept(patient: Model) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = patient.__dict__.setdefault("_read_once", {})
    return found
