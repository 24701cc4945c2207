"""Forms of notes and follow-ups."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from patients.models import Patient
from sessions_notes.vocabulary import FOLLOW_UP_LENGTH, LONGEST_SESSION, NOTE_LENGTH, REASON_LENGTH, SessionType
from ui import dates
from ui.forms import BaseForm, DateField, line_field, text_field

YES, NO = "yes", "no"


class NoteTextField(forms.CharField):
    """The text of a note. No maxlength in the page: a browser would cut what is pasted without a word."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 14, "class": "area area--note"})
        super().__init__(max_length=NOTE_LENGTH, widget=widget, **kwargs)
        del self.widget.attrs["maxlength"]

    def to_python(self, value: Any) -> Any:
        # Browsers send line ends as CR LF; the text is kept, compared and counted with LF.
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class NoteForm(BaseForm):
    """A session note."""

    session_date = DateField(
        label=_("Session date"), not_future=True, error_messages={"required": _("Enter the session date")}
    )
    start_time = forms.TimeField(
        label=_("Start (24 hour)"),
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H%M"],
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 5}),
        error_messages={"invalid": _("Enter a time like 14:05")},
    )
    duration_minutes = forms.IntegerField(
        label=_("Length, minutes"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}),
        min_value=1,
        max_value=LONGEST_SESSION,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Enter whole minutes from 1 to 1440, for example 25")
        ),
    )
    session_type = forms.ChoiceField(
        label=_("Session type"),
        choices=[("", _("Choose a type")), *SessionType.choices],
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose the session type")),
    )
    note_text = NoteTextField(
        label=_("Note"),
        help_text=_("What was reported, what you saw and did, what it means, what happens next"),
        error_messages={
            "required": _("Enter the note"),
            "max_length": _("Shorten the note to 100,000 characters; it has %(show_value)d"),
        },
    )
    follow_up_needed = forms.TypedChoiceField(
        label=_("Is a follow-up needed?"),
        choices=[(YES, _("Yes")), (NO, _("No"))],
        coerce=lambda value: value == YES,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose whether a follow-up is needed")),
    )
    follow_up_text = line_field(_("What is to be done"), max_length=FOLLOW_UP_LENGTH, required=False)
    follow_up_due_on = DateField(label=_("Due by"), required=False)

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patient = patient

    def clean_session_date(self) -> Any:
        day, born = self.cleaned_data["session_date"], self.patient.date_of_birth
        if born and day < born:
            message = _("Enter a session date on or after the date of birth, %(born)s")
            raise ValidationError(message % {"born": dates.show_date(born)})
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        needed, text, due_on = (data.get(f) for f in ("follow_up_needed", "follow_up_text", "follow_up_due_on"))
        if needed is True and not text and "follow_up_text" not in self.errors:
            self.add_error("follow_up_text", _("Enter what is to be done"))
        if needed is False and (text or due_on):
            self.add_error("follow_up_needed", _("Choose Yes, or clear the follow-up and its date"))
        if due_on and data.get("session_date") and due_on < data["session_date"]:
            self.add_error("follow_up_due_on", _("Enter a day that is not before the session"))
        return data

    def content(self) -> dict[str, Any]:
        """The cleaned columns of the note and its follow-up."""
        return {name: self.cleaned_data[name] for name in NoteForm.base_fields if name != "form_token"}


class EditNoteForm(NoteForm):
    """A saved note, with the reason for changing it. `version` is the one that the person read."""

    change_reason = text_field(
        _("Reason for the change"),
        max_length=REASON_LENGTH,
        rows=2,
        hint=_("Kept with the earlier text, which stays readable"),
        error_messages={"required": _("Enter the reason for the change")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)


class ErrorForm(BaseForm):
    """Why a note should not be in this chart."""

    reason = text_field(
        _("Reason"),
        max_length=REASON_LENGTH,
        hint=_("For example: written in the wrong patient's chart"),
        error_messages={"required": _("Enter the reason")},
    )


class DiscardForm(BaseForm):
    """No more than a button."""


class ResolveForm(BaseForm):
    """What came of a follow-up."""

    resolution = text_field(_("What was done"), max_length=REASON_LENGTH, required=False)


class ReopenForm(BaseForm):
    """Why a resolved follow-up is open again."""

    reason = text_field(
        _("Reason for opening it again"), max_length=REASON_LENGTH, error_messages={"required": _("Enter the reason")}
    )
