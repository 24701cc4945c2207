"""Models of tables whose rows are never changed: refused here early, and by triggers in the database for certain.

A migration gives such a table its triggers: `audit.guards.append_only(...)` and `audit.guards.chained(...)`.
"""

from typing import Any, ClassVar, NoReturn

from django.db import models


class AppendOnly(RuntimeError):
    """Rows of this table are never changed or deleted; a mistake is corrected by a new row."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly(self.model.__name__)

    def delete(self) -> NoReturn:
        raise AppendOnly(self.model.__name__)


class AppendOnlyModel(models.Model):
    """Rows that stay as they are, each chained to the row before it: the trigger fills the three columns."""

    # What the site's database role may do with the table; audit.rights sees to it.
    site_rights: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT")

    chain_segment = models.BigIntegerField(null=True, editable=False)
    chain_seq = models.IntegerField(null=True, editable=False)
    chain_hash = models.BinaryField(null=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(type(self).__name__)
