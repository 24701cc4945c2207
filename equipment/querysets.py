"""Every read of equipment. Who holds an item is only ever fetched as far as the viewer may know."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    Window,
)

from accounts.access import Perm
from accounts.models import but_names
from equipment.vocabulary import EquipmentStatus
from patients.querysets import contains_word

if TYPE_CHECKING:
    from accounts.models import User

# An open row says where an item is now; a loan that is open is out.
OPEN = Q(ended_at=None, voided_at=None)
OUT = Q(status=EquipmentStatus.CHECKED_OUT, voided_at=None)


def key_of(serial_number: str) -> Func:
    """The serial number as items are told apart by: case and spaces aside."""
    return Func(Value(serial_number), function="ot_key", output_field=TextField())


def _visible(user: "User") -> QuerySet[Any]:
    found: QuerySet[Any] = apps.get_model("patients", "Patient").objects.permitting(user, Perm.VIEW)
    return found


class EquipmentItemQuerySet(QuerySet[Any]):
    def with_serial(self, serial_number: str) -> Self:
        return self.filter(serial_key=key_of(serial_number))

    def matching(self, text: str) -> Self:
        """Items whose name or serial number contains each word, accents, case and signs in a number aside."""
        return self.filter(*(contains_word("search_text", word) for word in text.split()[:8]))

    def having(self, status: str) -> Self:
        return self.filter(status=status)

    def in_stock(self) -> Self:
        return self.having(EquipmentStatus.IN_STOCK)

    def overdue(self, today: dt.date) -> Self:
        late = apps.get_model("equipment", "EquipmentLog").objects.overdue(today)
        return self.filter(Exists(late.filter(item=OuterRef("pk"))))

    def by_name(self) -> Self:
        return self.order_by("search_text", "pk")

    def status_counts(self) -> dict[str, int]:
        """How many items have each status; a status that none has is left out."""
        return dict(self.order_by().values_list("status").annotate(n=Count("pk")))

    def in_order(self, pks: Sequence[int]) -> list[Any]:
        """The items with these keys, in this order."""
        found = self.in_bulk(pks)
        return [found[pk] for pk in pks if pk in found]

    def with_holder(self, user: "User") -> Self:
        """With where each item is now, since when and until when; `holder_name` only where `user` may see the chart."""
        holder = _visible(user).filter(pk=OuterRef("now__patient_id"))
        return self.alias(
            now=FilteredRelation("logs", condition=Q(logs__ended_at=None, logs__voided_at=None)),
        ).annotate(
            now_since=F("now__checked_out_at"),
            now_due_back_on=F("now__due_back_on"),
            holder_name=Subquery(holder.values("display_name")[:1]),
            holder_pk=Subquery(holder.values("pk")[:1]),
        )


class EquipmentLogQuerySet(QuerySet[Any]):
    def in_force(self) -> Self:
        """Without what was entered in error."""
        return self.filter(voided_at=None)

    def loans(self) -> Self:
        """Stays with patients."""
        return self.filter(patient__isnull=False)

    def in_store(self) -> Self:
        """Stays with nobody: repair, loss, retirement."""
        return self.filter(patient__isnull=True)

    def open(self) -> Self:
        """Where items are now; at most one row for an item."""
        return self.filter(OPEN)

    def out(self) -> Self:
        """Loans of items that are with patients now."""
        return self.filter(OUT)

    def overdue(self, today: dt.date) -> Self:
        """Items that should have come back before `today`."""
        return self.out().filter(due_back_on__lt=today)

    def past(self) -> Self:
        """Loans that ended, and those entered in error."""
        return self.loans().exclude(OUT)

    def for_patients(self, patients: QuerySet[Any]) -> Self:
        return self.filter(patient__in=patients.order_by().values("pk"))

    def longest_first(self) -> Self:
        return self.order_by("checked_out_at", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-checked_out_at", "-pk")

    def with_people(self) -> Self:
        """With the item, and with who made, ended and voided the entry."""
        people = ("logged_by", "returned_by", "voided_by")
        return self.select_related("item", *people).defer(*but_names(*people))

    def counted(self, today: dt.date) -> Self:
        """With how many there are, how many are late, and the day due first, on every row: one query for a short list
        and its counts."""
        return self.annotate(
            total=Window(Count("pk")),
            total_overdue=Window(Count("pk", filter=Q(due_back_on__lt=today))),
            next_due=Window(Min("due_back_on")),
        )

    def seen_by(self, user: "User") -> Self:
        """With `holder_name` and `holder_pk` where `user` may see the patient's chart; None elsewhere."""
        holder = _visible(user).filter(pk=OuterRef("patient_id"))
        return self.annotate(
            holder_name=Subquery(holder.values("display_name")[:1]), holder_pk=Subquery(holder.values("pk")[:1])
        )

    def overlapping(self, start: dt.datetime, end: dt.datetime | None) -> Self:
        """Entries in force that say where an item was at some time between `start` and `end` (None: ever since)."""
        found = self.in_force().filter(Q(ended_at=None) | Q(ended_at__gt=start))
        return found if end is None else found.filter(checked_out_at__lt=end)
