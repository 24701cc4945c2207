"""The register as a list: state lives in the address, search text in the session (as on the caseload)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipment.querysets import EquipmentItemQuerySet
from equipment.vocabulary import ITEM_STATUSES, EquipmentStatus
from ui.addresses import reverse

if TYPE_CHECKING:
    from accounts.models import User

PAGE_SIZE = 50
OVERDUE = "overdue"
CHIP_TONES: dict[str, str] = {EquipmentStatus.LOST: "bad"}


@dataclass(frozen=True)
class RegisterState:
    """What the address says about the list. Unknown values fall back to the default."""

    s: str = ""  # key of the search text
    status: str = ""
    page: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str]) -> "RegisterState":
        found = cls(**{name: params.get(name, "")[:40] for name in cls.__dataclass_fields__})
        return found if found.status in {OVERDUE, *ITEM_STATUSES} else replace(found, status="")

    def url(self, **changes: str) -> str:
        """The address with some of the state changed; back on the first page unless `page` is given."""
        values = {k: v for k, v in asdict(replace(self, **({"page": ""} | changes))).items() if v}
        return reverse("equipment:list_items") + ("?" + urlencode(values) if values else "")

    def narrow(self, items: EquipmentItemQuerySet) -> EquipmentItemQuerySet:
        if self.status == OVERDUE:
            return items.overdue(timezone.localdate())
        return items.having(self.status) if self.status else items

    def page_of(self, items: EquipmentItemQuerySet, user: "User") -> "Page[Any]":
        """The page that the address names. Its keys come from the index alone, then its items with who has them."""
        number = self.page if self.page.isdecimal() and len(self.page) < 9 else 1
        page = Paginator(self.narrow(items).by_name().values_list("pk", flat=True), PAGE_SIZE).get_page(number)
        page.object_list = items.with_holder(user).in_order(list(page.object_list))
        return page


def chips(items: EquipmentItemQuerySet, state: RegisterState) -> Sequence[Mapping[str, Any]]:
    """Each status with its count over `items`, and what is overdue: two queries."""
    counts = items.status_counts()
    late = items.overdue(timezone.localdate()).count()
    found = [
        ("", _("All"), sum(counts.values()), ""),
        *((status, status.label, counts.get(status, 0), CHIP_TONES.get(status, "")) for status in ITEM_STATUSES),
    ]
    found.insert(3, (OVERDUE, _("Overdue"), late, "bad"))
    return [
        {
            "label": label,
            "count": count,
            "tone": tone if count else "",
            "url": state.url(status=key),
            "is_on": key == state.status,
        }
        for key, label, count, tone in found
    ]
