"""Form building blocks: dates as clinicians type them, one-use form tokens, record versions."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ui import dates, restoring


class DateField(forms.Field):
    """A date typed as 21-Nov-2026; never an ambiguous one. `not_future` refuses days after today in the clinic."""

    widget = forms.TextInput

    def __init__(self, *, not_future: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.not_future = not_future

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"class": "input input--date", "autocomplete": "off", "data-date": "", "maxlength": 30}

    def prepare_value(self, value: Any) -> Any:
        return dates.show_date(value) if isinstance(value, dt.date) else value

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, dt.datetime):
            return timezone.localtime(value).date()
        if isinstance(value, dt.date):
            return value
        return dates.parse_date(str(value))

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and self.not_future and value > timezone.localdate():
            raise ValidationError(_("Enter a date that is not in the future"), code="future")


class BaseForm(forms.Form):
    """Every form of the site: our classes on the controls, errors tied to them, a token against double submits.

    `form_token` is made when the form is first shown, posted back, and unique in the database where it creates a row.
    """

    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    required_css_class = "required"
    # Whether labels say which fields are optional: not in filters, nor where what is needed depends on the answers.
    marks_optional = True
    # What was typed before the session ended, where this form shows it again.
    restored: restoring.Typed | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_token"].initial = uuid.uuid4
        self.label_suffix = ""
        for field in self.fields.values():
            _dress(field)
        self._restore()

    def add_fields(self, more: Mapping[str, forms.Field]) -> None:
        """Fields that depend on what the form is about, such as the items of a measure; after super().__init__()."""
        self.fields |= more
        for field in more.values():
            _dress(field)
        self._restore()

    def _restore(self) -> None:
        if not self.is_bound and (typed := restoring.values_for(self)):
            self.initial = {**self.initial, **typed}
            self.restored = restoring.current.get()

    def renew(self) -> None:
        """Make it a form that was not sent yet, everything typed in it kept: sent again, it is another entry."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["form_token"] = str(uuid.uuid4())
        self.data = data

    def clean_form_token(self) -> uuid.UUID:
        return self.cleaned_data.get("form_token") or uuid.uuid4()


def _dress(field: forms.Field) -> None:
    widget = field.widget
    if isinstance(widget, forms.Textarea):
        css = "area"
    elif isinstance(widget, forms.RadioSelect | forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.HiddenInput):
        return
    elif isinstance(widget, forms.Select):
        css = "select"
    else:
        css = "input"
    widget.attrs.setdefault("class", css)


def line_field(label: Any, *, max_length: int, required: bool = True, hint: Any = "", **kwargs: Any) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, max_length=max_length, required=required, help_text=hint, **kwargs)


def text_field(
    label: Any, *, max_length: int = 4000, required: bool = True, hint: Any = "", rows: int = 3, **kwargs: Any
) -> forms.CharField:
    """Several lines of text."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, max_length=max_length, required=required, help_text=hint, widget=widget, **kwargs
    )
