"""Forms for charts that one has no access to: emergency, request, and what others decide about both."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from patients.access_requests import AccessReason
from patients.emergencies import EmergencyReason, ReviewOutcome
from patients.vocabulary import CareRole
from ui.forms import BaseForm, DateField, line_field, text_field


class EmergencyForm(BaseForm):
    """Which chart, why, and the password again."""

    patient_id = line_field(_("ID"), max_length=64)
    date_of_birth = DateField(
        label=_("Date of birth"),
        not_future=True,
        help_text=_("For example 03-Mar-1948"),
        error_messages={"required": _("Enter the date of birth")},
    )
    reason_kind = forms.ChoiceField(
        label=_("What is the emergency?"),
        choices=EmergencyReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the emergency is")},
    )
    reason = text_field(
        _("Reason"),
        max_length=2000,
        hint=_("What happens, and why it cannot wait. Read by whoever reviews this access."),
        error_messages={"required": _("Enter the reason")},
    )
    password = forms.CharField(
        label=_("Your password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password")},
    )

    def __init__(self, *args: Any, id_label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["patient_id"].label = id_label
        self.fields["patient_id"].error_messages["required"] = _("Enter the %(label)s") % {"label": id_label}
        self.fields["patient_id"].widget.attrs["autocomplete"] = "off"


class ReviewForm(BaseForm):
    """What somebody else thinks of an emergency access."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=ReviewOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the outcome")},
    )
    review = text_field(
        _("Review"),
        max_length=2000,
        hint=_("Whom you asked and what you found. It cannot be changed afterwards."),
        error_messages={"required": _("Enter what you found")},
    )


class AskForm(BaseForm):
    """Why somebody needs a chart that may or may not exist."""

    chart = forms.UUIDField(widget=forms.HiddenInput)
    reason_kind = forms.ChoiceField(
        label=_("Why do you need access?"),
        choices=AccessReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why you need access")},
    )
    reason = text_field(
        _("What for"),
        max_length=1000,
        hint=_("What you do for the patient, on whose behalf, and until when. No names or identifiers."),
        error_messages={"required": _("Enter what you need access for")},
    )


class DecideAccessForm(BaseForm):
    """Grant access with a part in the care and a last day, or decline."""

    marks_optional = False  # a grant needs what a refusal does not

    state = forms.ChoiceField(
        label=_("Decision"),
        choices=[("granted", _("Grant access")), ("declined", _("Decline: nobody is told"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do")},
    )
    role = forms.ChoiceField(label=_("Part in the care"), required=False, widget=forms.RadioSelect)
    ends_on = DateField(label=_("Until"), required=False, help_text=_("The last day, included"))
    note = line_field(_("Note (optional)"), max_length=1000, required=False)

    def __init__(self, *args: Any, roles: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(r.value, r.label) for r in CareRole if r in roles and r != CareRole.PRIMARY]
        self.fields["role"].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("state") != "granted":
            data["role"], data["ends_on"] = "", None
            return data
        if not data.get("role") and "role" not in self.errors:
            self.add_error("role", _("Choose the part in the care"))
        until = data.get("ends_on")
        if until is None and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Enter the last day of the access"))
        elif until and until < timezone.localdate():
            self.add_error("ends_on", _("Enter a last day that is not in the past"))
        return data
