"""Validating a model without asking the database about each rule alone.

Django asks about every CHECK constraint in a savepoint of its own, and about every foreign key: for a patient that was
21 of 66 statements of a registration, for an equipment loan 36 of 62 statements of a check-out. The database decides
all the same when the row is written; asking before is for messages.
"""

from collections.abc import Collection
from functools import reduce
from operator import and_
from typing import Any

from django.core.exceptions import FieldError
from django.db import models, router
from django.db.models import CheckConstraint, Q


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
        checks = [Q(rule.condition) for rule in self._meta.constraints if isinstance(rule, CheckConstraint)]
        values = self._get_field_expression_map(meta=self._meta, exclude=exclude)  # type: ignore[attr-defined]
        try:
            return reduce(and_, checks, Q()).check(values, using=router.db_for_write(type(self), instance=self))
        except FieldError:
            return False  # a field that is not to be validated takes part in one of them
