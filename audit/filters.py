"""Narrowing the status history, and paging it by key."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from audit.models import Direction, StatusHistory, StatusHistoryQuerySet, StatusType
from ui.forms import BaseForm, DateField
from ui.paging import Key, older_than

PAGE_SIZE = 50


def status_history_for(user: Any) -> StatusHistoryQuerySet:
    """The rows that the gate hands to the audit page."""
    rows: StatusHistoryQuerySet = StatusHistory.objects.readable_by(user)
    return rows


class FilterForm(BaseForm):
    """Which changes to list: nothing is required, and what cannot be read is refused, not left out."""

    marks_optional = False
    status_type = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *StatusType.choices]
    )
    direction = forms.ChoiceField(
        label=_("Change"),
        required=False,
        choices=[("", _("Any change")), (Direction.IMPROVED, _("Improved")), (Direction.DECLINED, _("Declined"))],
    )
    since = DateField(label=_("From"), required=False)
    until = DateField(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("Enter a last day that is not before the first day"))
        return data


class StatusHistoryFilter:
    """The filters in an address, applied. Where one is not valid, nothing is listed: it would pass for what was asked."""

    def __init__(self, params: QueryDict) -> None:
        self.params = params
        self.form = FilterForm(params if params else None)
        self.data = self.form.cleaned_data if self.form.is_valid() else {}
        self.next_url = ""

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in ("status_type", "direction", "since", "until"))

    def page(self, rows: StatusHistoryQuerySet) -> list[StatusHistory]:
        """Fifty rows, newest recorded first; sets `next_url` when there are more."""
        if self.form.errors:
            return []
        for name, lookup in (
            ("status_type", "status_type"),
            ("direction", "direction"),
            ("since", "created_at__date__gte"),
            ("until", "created_at__date__lte"),
        ):
            if self.data.get(name):
                rows = rows.filter(**{lookup: self.data[name]})
        found = list(older_than(rows.newest_first(), Key.decode(self.params.get("before")))[: PAGE_SIZE + 1])
        if len(found) > PAGE_SIZE:
            last = found[PAGE_SIZE - 1]
            params = self.params.copy()
            params["before"] = Key(last.created_at, ("status", last.pk)).encode()
            self.next_url = "?" + params.urlencode()
        return found[:PAGE_SIZE]
