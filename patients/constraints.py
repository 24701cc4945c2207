"""Validating a model without asking the database about each rule alone.

Django asks about every CHECK constraint in a savepoint of its own, and about every foreign key: for a patient that was
21 of 66 statements of a registration, for an equipment loan 36 of 62 statements of a check-out. The database decides
all the same when the row is written; asking before is for messages.
"""

import re
from collections.abc import Collection
from contextlib import nullcontext
from functools import cache, reduce
from operator import and_
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, router, transaction
from django.db.models import CheckConstraint, Func, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.sql import Query

from ui.prepared import Param
from ui.statements import fetch


class ChecksAtOnce(models.Model):
    """Validates like any model: its CHECK constraints in one question, and no relation to a row that was loaded.

    Only where a CHECK constraint is broken does Django find out which one, as ever.
    """

    _has_checked = False

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude={*(exclude or ()), *self._loaded_relations()})

    def validate_only(self, *names: str) -> None:
        """Validate these fields and the constraints that are about them alone. Raises ValidationError.

        For marking a record as entered in error: what is wrong with the rest of it, by a rule or a birth date that came
        later, must not keep it from being marked.
        """
        others = {field.name for field in self._meta.fields if field.name not in names}
        self.clean_fields(exclude=others)
        self.validate_constraints(exclude=others)

    def _loaded_relations(self) -> list[str]:
        """Foreign keys whose row is at hand, so that it need not be looked for."""
        return [
            field.name
            for field in self._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
            and (row := self._state.fields_cache.get(field.name)) is not None
            and not row._state.adding
        ]

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        self._has_checked = self._passes_checks(exclude)
        try:
            super().validate_constraints(exclude=exclude)
        finally:
            self._has_checked = False

    def get_constraints(self) -> list[Any]:
        """What is still to be validated."""
        found = super().get_constraints()
        if not self._has_checked:
            return found
        return [(model, [rule for rule in rules if not isinstance(rule, CheckConstraint)]) for model, rules in found]

    def _passes_checks(self, exclude: Collection[str] | None) -> bool:
        question = _question(type(self))
        if question is None:
            return True
        return not question.names & set(exclude or ()) and question.is_answered_by(self)


class _Question:
    """All CHECK constraints of a model in one statement, which is compiled once: doing so takes longer than asking it."""

    def __init__(self, model: type[ChecksAtOnce], condition: Q) -> None:
        fields = [field for field in model._meta.local_concrete_fields if not field.generated]
        # Django makes the expressions of generated fields out of those of an instance's own: here, of parameters.
        asked: Any = model()
        asked.__dict__.update({field.attname: _parameter(field) for field in fields})
        query = Query(None)
        for name, value in asked._get_field_expression_map(meta=model._meta).items():
            query.add_annotation(value, name, select=False)
        query.add_annotation(Value(1), "_check")
        query.add_q(Q(Coalesce(condition, True, output_field=models.BooleanField())))
        self._using = router.db_for_write(model)
        self._sql, self._params = query.get_compiler(using=self._using).as_sql()
        self._fields = {field.name: field for field in fields}
        # A rule about a generated field is one about what that is made of.
        self.names = frozenset(item.name for item in self._params if isinstance(item, Param))

    def is_answered_by(self, instance: models.Model) -> bool:
        """Whether a row like this keeps all rules. False also where that cannot be told in this way."""
        connection = connections[self._using]
        values = {name: getattr(instance, self._fields[name].attname) for name in self.names}
        if any(hasattr(value, "resolve_expression") for value in values.values()):
            return False
        bound = {name: self._fields[name].get_db_prep_value(value, connection) for name, value in values.items()}
        params = [bound[item.name] if isinstance(item, Param) else item for item in self._params]
        try:
            with transaction.atomic(self._using) if connection.in_atomic_block else nullcontext():
                return bool(fetch(self._sql, params, using=self._using))
        except DatabaseError:
            return False


@cache
def _question(model: type[ChecksAtOnce]) -> _Question | None:
    rules = [Q(rule.condition) for rule in model._meta.constraints if isinstance(rule, CheckConstraint)]
    return _Question(model, reduce(and_, rules)) if rules else None


def _parameter(field: Any) -> Func:
    """A value of a field as the database types it, of any length: that it is too long is for another to say."""
    db_type = re.sub(r"\(.*?\)", "", field.db_type(connections[DEFAULT_DB_ALIAS]))
    return Func(Param(field.name), template=f"(%(expressions)s)::{db_type}", output_field=field)
