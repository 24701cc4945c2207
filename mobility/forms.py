"""Forms of scores."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mobility import catalogue
from mobility.models import NOTES_LENGTH, REASON_LENGTH, MobilityScore
from patients.forms import seen_at
from patients.models import Patient
from ui.forms import BaseForm, DateField, text_field


class RecordForm(BaseForm):
    """A total of one instrument. A possible but implausible value is asked about once (`unusual`)."""

    score_type = forms.ChoiceField(
        label=_("Measure"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose the measure")),
    )
    # Text, not a number field: a browser drops what it takes for no number, and the person could not see what was wrong.
    score_value = forms.CharField(
        label=_("Score"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "input input--sm"}),
        error_messages={"required": _("Enter the score")},
    )
    confirmed = forms.CharField(required=False)
    score_date = DateField(label=_("Date"), not_future=True, error_messages={"required": _("Enter the date")})
    score_time = forms.TimeField(
        label=_("Time (24 hour)"),
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 5, "class": "input input--sm"}),
        error_messages={"invalid": _("Enter a time like 14:05")},
    )
    notes = text_field(
        _("Notes"),
        max_length=NOTES_LENGTH,
        required=False,
        rows=2,
        hint=_("Setting, aid, what helped or got in the way"),
    )
    corrects = forms.ModelChoiceField(
        queryset=MobilityScore.objects.none(), required=False, widget=forms.HiddenInput, label=_("Corrects")
    )

    # What the value was read as, and the words that ask about it.
    unusual_value = ""
    unusual = ""

    def __init__(self, *args: Any, patient: Patient, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["score_type"].choices = choices  # type: ignore[attr-defined]
        self.fields["corrects"].queryset = patient.mobility_scores.in_error()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("score_type") and data.get("score_value"):
            self._clean_value(data)
        data["scored_at"] = None
        if data.get("score_date") and data.get("score_time"):
            try:
                data["scored_at"] = seen_at(data["score_date"], data["score_time"])
            except ValidationError as skipped:
                self.add_error("score_time", skipped)
        return data

    def _clean_value(self, data: dict[str, Any]) -> None:
        instrument = catalogue.get(data["score_type"])
        try:
            value = instrument.clean_value(data["score_value"])
        except ValidationError as error:
            self.add_error("score_value", error)
            return
        data["score_value"] = value
        self.unusual = instrument.default_scale.warning_for(value)
        self.unusual_value = catalogue.plain(value)
        if self.unusual and data["confirmed"] != self.unusual_value:
            self.add_error("score_value", self.unusual)

    def score(self) -> dict[str, Any]:
        """The arguments of services.record_score that this form holds."""
        names = ("score_type", "score_value", "score_date", "scored_at", "notes", "corrects", "form_token")
        return {name: self.cleaned_data[name] for name in names}


class ErrorForm(BaseForm):
    """Why a score should not be in this chart."""

    reason = text_field(
        _("Reason"),
        max_length=REASON_LENGTH,
        hint=_("For example: typed 56 for 65"),
        error_messages={"required": _("Enter the reason")},
    )
