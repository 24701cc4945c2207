"""The form that leads to the chart as it stood."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from patients.as_of import end_of_second, parse_step
from ui.dates import moment_of
from ui.forms import BaseForm, DateField

A_MINUTE = dt.timedelta(seconds=59)


class AsOfForm(BaseForm):
    """A past moment: a day and a time as clocks in the clinic show them, or `at` as a step has it.

    Gives `moment`. A minute is meant to its end, as what is shown as recorded at 09:30 is there at 09:30; of an hour
    that a DST night has twice the later one (a step leads to the other).
    """

    marks_optional = False
    on = DateField(
        label=_("Date"),
        not_future=True,
        required=False,
        error_messages={"required": _("Enter the date")},
        help_text=_("For example 14-Mar-2026"),
    )
    time = forms.TimeField(
        label=_("Time (24 hour)"),
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        error_messages={"required": _("Enter the time"), "invalid": _("Enter a time like 14:05")},
    )
    at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("at"):
            self._take(parse_step(data["at"]))
            return data
        for name in ("on", "time"):
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        if not self.errors:
            try:
                self._take(moment_of(data["on"], data["time"]), lasts=A_MINUTE)
            except ValidationError as skipped:
                self.add_error("time", skipped)
        return data

    def _take(self, moment: dt.datetime | None, *, lasts: dt.timedelta = dt.timedelta()) -> None:
        if moment is None:
            self.add_error("on", _("Enter a date and a time"))
        elif moment.replace(microsecond=0) > timezone.now():
            self.add_error("time", _("Enter a time that is not in the future"))
        else:
            self.cleaned_data["moment"] = end_of_second(moment + lasts)
