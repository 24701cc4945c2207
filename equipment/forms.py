"""Forms of the equipment log and the register."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipment.models import NAME_LENGTH, SERIAL_LENGTH, tidy_serial
from equipment.vocabulary import Condition
from ui.dates import moment_of
from ui.forms import BaseForm, DateField, line_field, text_field


class ErrorsForm(BaseForm):
    """A form that can say what a service refused. `conflict` is the record as it is now, where somebody was faster."""

    conflict: Any = None

    def clash(self, current: Any, message: Any) -> None:
        """Somebody else changed the record: say so, and keep what was entered."""
        self.conflict = current
        self.refuse("", message)

    def refuse(self, field: str, message: Any) -> None:
        """Show what a service refused, beside its field if this form has it."""
        self.add_error(field if field in self.fields else None, message)

    def refuse_all(self, error: ValidationError) -> None:
        """Show what the model refused."""
        if not hasattr(error, "error_dict"):
            self.refuse("", error)
            return
        for field, errors in error.error_dict.items():
            self.refuse("" if field == NON_FIELD_ERRORS else field, errors)


class MomentForm(ErrorsForm):
    """Something that happened on a day at a time: `cleaned_data["at"]`."""

    on = DateField(label=_("Day"), not_future=True)
    time = forms.TimeField(
        label=_("Time (24 hour)"),
        input_formats=["%H:%M", "%H.%M"],
        error_messages={"invalid": _("Enter a time like 14:05"), "required": _("Enter a time like 14:05")},
        widget=forms.TimeInput(
            format="%H:%M", attrs={"class": "input input--sm", "autocomplete": "off", "maxlength": 8}
        ),
    )
    on_label: Any = _("Day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.localtime()
        self.fields["on"].label = self.on_label
        self.fields["on"].initial = now.date()
        self.fields["time"].initial = now.time().replace(second=0, microsecond=0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("on") and data.get("time"):
            try:
                data["at"] = moment_of(data["on"], data["time"])
            except (ValidationError, OverflowError) as refused:
                self.add_error("time", refused if isinstance(refused, ValidationError) else _("Enter another day"))
            else:
                if data["at"] > timezone.now():
                    self.add_error("time", _("Enter a time that is not in the future"))
        return data

    def refuse(self, field: str, message: Any) -> None:
        """A time that a service refused stands beside the day."""
        is_time = field in {"at", "checked_out_at", "returned_at", "ended_at"}
        super().refuse("on" if is_time else field, message)


class SerialField(forms.CharField):
    """A serial number as it is typed, scanned or copied from a page."""

    def to_python(self, value: Any) -> str:
        return tidy_serial(super().to_python(value) or "")


def serial_field(**kwargs: Any) -> SerialField:
    return SerialField(
        label=_("Serial number"),
        max_length=SERIAL_LENGTH,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off", "spellcheck": "false"} | kwargs),
        help_text=_("Scan the label or type it, for example WC-0417"),
        error_messages={"required": _("Enter the serial number")},
    )


class CheckOutForm(MomentForm):
    """An item goes out to a patient."""

    on_label = _("Checked out on")
    serial_number = serial_field(list="in-stock")
    equipment_name = line_field(
        _("Equipment"),
        max_length=NAME_LENGTH,
        required=False,
        hint=_("Only for an item that is not in the register yet"),
    )
    due_back_on = DateField(label=_("Due back"), required=False)
    notes = text_field(_("Fitting and instructions given"), max_length=2000, required=False)
    field_order = ("serial_number", "equipment_name", "on", "time", "due_back_on", "notes")


class ReturnForm(MomentForm):
    """An item comes back from a patient."""

    on_label = _("Returned on")
    condition = forms.ChoiceField(
        label=_("Condition"),
        choices=Condition.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the condition")},
    )
    fault = text_field(
        _("What is wrong with it"),
        max_length=2000,
        required=False,
        rows=2,
        hint=_("Goes to the equipment register, which everybody reads: leave out who had it"),
    )
    notes = text_field(_("Notes for this chart"), max_length=2000, required=False, rows=2)
    field_order = ("on", "time", "condition", "fault", "notes")


class LostForm(MomentForm):
    """An item cannot be found, at a patient's or in the store."""

    on_label = _("Lost since")
    notes = text_field(_("What is known about it"), max_length=2000, required=False)
    field_order = ("on", "time", "notes")


class RepairForm(MomentForm):
    on_label = _("Out of use since")
    notes = text_field(
        _("What is wrong with it"), max_length=2000, error_messages={"required": _("Enter what is wrong with it")}
    )
    field_order = ("on", "time", "notes")


class RetireForm(MomentForm):
    on_label = _("Retired on")
    notes = text_field(_("Reason"), max_length=2000, error_messages={"required": _("Enter the reason")})
    field_order = ("on", "time", "notes")


class StockForm(MomentForm):
    on_label = _("Back in stock on")
    notes = text_field(
        _("What was done"), max_length=2000, required=False, hint=_("For example brakes replaced, cleaned")
    )
    field_order = ("on", "time", "notes")


class VersionForm(ErrorsForm):
    """Something that exists is changed. `version` is what the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)

    def clash(self, current: Any, message: Any) -> None:
        """As above; sent again, the form is about the record as it is now."""
        super().clash(current, message)
        self.data = {**self.data.dict(), "version": str(current.version)}  # type: ignore[attr-defined]


class DueForm(VersionForm):
    due_back_on = DateField(
        label=_("Due back"), required=False, help_text=_("For example 04-Dec-2026; empty for no agreed day")
    )


class VoidForm(VersionForm):
    reason = text_field(
        _("Why it was wrong"),
        max_length=1000,
        hint=_("The entry stays readable, struck through, with your name and this reason"),
        error_messages={"required": _("Enter why it was wrong")},
    )


class RegisterForm(ErrorsForm):
    """A new item."""

    equipment_name = line_field(
        _("Equipment"),
        max_length=NAME_LENGTH,
        hint=_("For example Wheelchair, self-propelling 16 inch"),
        error_messages={"required": _("Enter what it is")},
    )
    serial_number = serial_field()
    notes = text_field(
        _("Notes"),
        max_length=2000,
        required=False,
        hint=_("For example maximum user weight, last service. No patients."),
    )


class EditForm(RegisterForm, VersionForm):
    """An item that exists."""
