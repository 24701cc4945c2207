"""Models of tables whose rows are never changed: refused here early, and by triggers in the database for certain."""

from typing import Any, NoReturn

from django.db import models


class AppendOnly(RuntimeError):
    """Rows of this table are never changed or deleted; a mistake is corrected by a new row."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly(self.model.__name__)

    def delete(self) -> NoReturn:
        raise AppendOnly(self.model.__name__)


class AppendOnlyModel(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(type(self).__name__)
