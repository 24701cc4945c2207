"""Forms of the chart: registration, details, statuses, care team, handover."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from patients.vocabulary import CareRole, ChartStatus, DiagnosisGroup, MobilityStatus, SexAtBirth
from ui.dates import moment_of
from ui.forms import BaseForm, DateField, line_field, text_field


class PersonChoice(forms.ModelChoiceField):
    """A colleague, shown with credentials and team."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.team}" if obj.team_id else str(obj)


def offer(form: forms.Form, name: str, people: Any) -> None:
    """Let a field choose among these people."""
    cast("PersonChoice", form.fields[name]).queryset = people


class DetailsForm(BaseForm):
    """Who the patient is and how to reach them."""

    patient_id = line_field(_("ID"), max_length=64)
    family_name = line_field(
        _("Family name"),
        max_length=120,
        hint=_("For somebody with a single name, enter it here and leave given names empty"),
        error_messages={"required": _("Enter the family name")},
    )
    given_names = line_field(_("Given names"), max_length=120, required=False)
    name_title = line_field(_("Title"), max_length=30, required=False, hint=_("For example Mrs"))
    preferred_name = line_field(_("Preferred name"), max_length=120, required=False)
    date_of_birth = DateField(
        label=_("Date of birth"), required=False, not_future=True, help_text=_("For example 03-Mar-1948")
    )
    sex_at_birth = forms.ChoiceField(label=_("Sex at birth"), choices=SexAtBirth.choices, required=False)
    location = line_field(_("Location"), max_length=200, required=False, hint=_("Ward and bed, clinic or home"))
    phone = line_field(_("Phone"), max_length=60, required=False)
    address = text_field(_("Address"), max_length=1000, required=False)
    emergency_contact = text_field(
        _("Emergency contact"), max_length=1000, required=False, hint=_("Name, relationship, phone")
    )
    allergies = text_field(
        _("Allergies"), max_length=2000, required=False, hint=_("One a line; shown on every page of the chart")
    )
    alerts = text_field(_("Alerts"), max_length=2000, required=False, hint=_("One a line, for example Falls risk"))
    referral_reason = text_field(_("Referral reason"), max_length=4000, required=False)
    diagnosis_group = forms.ChoiceField(
        label=_("Diagnosis group"),
        choices=DiagnosisGroup.choices,
        required=False,
        help_text=_(
            "Changes of scores are judged by what was published for this group. Change it when the stage changes, for "
            "example six months after a stroke."
        ),
    )

    def __init__(self, *args: Any, id_label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["patient_id"].label = id_label
        self.fields["patient_id"].error_messages["required"] = _("Enter the %(label)s") % {"label": id_label}

    def details(self) -> dict[str, Any]:
        """The cleaned fields of Patient that this form holds."""
        return {name: self.cleaned_data[name] for name in DetailsForm.base_fields if name != "form_token"}


class RegisterForm(DetailsForm):
    """A new chart."""

    primary_therapist = PersonChoice(
        label=_("Primary therapist"),
        queryset=User.objects.none(),
        error_messages={"required": _("Choose the primary therapist")},
    )
    mobility_status = forms.ChoiceField(
        label=_("Mobility status"),
        choices=MobilityStatus.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the mobility status")},
    )
    is_not_duplicate = forms.BooleanField(label=_("This is a different person: register anyway"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "primary_therapist", User.objects.able_to_treat().in_teams_of(by))


class EditForm(DetailsForm):
    """Details of a chart that exists. `version` is what the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000)


class SeenAtForm(BaseForm):
    """When something was seen: a day, and a time if it is known."""

    seen_on = DateField(label=_("Seen on"), not_future=True)
    seen_time = forms.TimeField(
        label=_("Time (24 hour)"),
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        error_messages={"invalid": _("Enter a time like 14:05")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day, time = data.get("seen_on"), data.get("seen_time")
        if day:
            try:
                data["seen_at"] = seen_at(day, time)
            except ValidationError as skipped:
                self.add_error("seen_time", skipped)
            else:
                if data["seen_at"] > timezone.now():
                    self.add_error("seen_time", _("Enter a time that is not in the future"))
        return data


def seen_at(day: dt.date, time: dt.time | None) -> dt.datetime:
    """The moment that a day and a time name in the clinic: now for today without a time, noon for another day.

    Raises ValidationError for a time that a DST night skipped.
    """
    now = timezone.localtime()
    if time is None:
        if day == now.date():
            return now
        time = dt.time(12)
    return moment_of(day, time)


class StatusForm(SeenAtForm):
    """Another mobility status, with the reason."""

    to = forms.ChoiceField(
        label=_("New status"),
        choices=MobilityStatus.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the new status")},
    )
    reason = text_field(
        _("Reason for the change"),
        hint=_("What you saw, not only the result. Shown in the timeline and to the team lead."),
        error_messages={"required": _("Enter the reason for the change")},
    )
    from_status = forms.ChoiceField(choices=MobilityStatus.choices, widget=forms.HiddenInput)
    field_order = ("to", "reason", "seen_on", "seen_time")


class ChartStatusForm(BaseForm):
    """Make a chart active, inactive, archived or deceased."""

    to = forms.ChoiceField(
        label=_("Chart status"),
        choices=ChartStatus.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the new chart status")},
    )
    deceased_on = DateField(
        label=_("Date of death"), required=False, not_future=True, help_text=_("For a deceased patient")
    )
    reason = text_field(_("Reason"), error_messages={"required": _("Enter the reason for the change")})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("to") == ChartStatus.DECEASED and not data.get("deceased_on") and "deceased_on" not in self.errors:
            self.add_error("deceased_on", _("Enter the date of death"))
        if data.get("to") != ChartStatus.DECEASED:
            data["deceased_on"] = None
        return data


class MemberForm(BaseForm):
    """Somebody for the care team."""

    user = PersonChoice(
        label=_("Colleague"),
        queryset=User.objects.none(),
        empty_label=_("Choose a colleague"),
        error_messages={"required": _("Choose a colleague")},
    )
    role = forms.ChoiceField(
        label=_("Part in the care"),
        choices=[(role.value, role.label) for role in CareRole if role != CareRole.PRIMARY],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the part in the care")},
    )
    starts_on = DateField(label=_("From"))
    ends_on = DateField(label=_("Until"), required=False, help_text=_("The last day, included"))
    reason = line_field(_("Reason"), max_length=1000, required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "user", User.objects.clinical().exclude(team=None).by_team())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("Enter a last day that is not before the first day"))
        if ends and ends < timezone.localdate():
            self.add_error("ends_on", _("Enter a last day that is not in the past"))
        return data


class EndMembershipForm(BaseForm):
    """Why somebody leaves the care team."""

    reason = line_field(_("Reason"), max_length=1000, required=False)


class HandOverForm(BaseForm):
    """Another primary therapist."""

    marks_optional = False  # the last day is needed for a cover, and for nothing else

    to = PersonChoice(
        label=_("New primary therapist"),
        queryset=User.objects.none(),
        empty_label=_("Choose a therapist"),
        error_messages={"required": _("Choose the new primary therapist")},
    )
    reason = text_field(_("Reason"), error_messages={"required": _("Enter the reason for the handover")})
    keep_as_cover = forms.BooleanField(label=_("Keep the present therapist as cover"), required=False)
    keep_until = DateField(label=_("Cover until"), required=False, help_text=_("The last day, included"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", User.objects.able_to_treat().exclude(team=None).by_team())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        until = data.get("keep_until")
        if not data.get("keep_as_cover"):
            data["keep_until"] = None
        elif until is None and "keep_until" not in self.errors:
            self.add_error("keep_until", _("Enter the last day of the cover"))
        elif until and until < timezone.localdate():
            self.add_error("keep_until", _("Enter a last day that is not in the past"))
        return data


class DecideForm(BaseForm):
    """What to do about a registration that may be a duplicate."""

    marks_optional = False  # each decision has a field of its own that it needs

    state = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("same", _("Same person: put the asker on the care team of this chart")),
            ("registered", _("Different person: register the new patient")),
            ("declined", _("Decline: nothing is registered")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do")},
    )
    cover_until = DateField(
        label=_("Cover until"), required=False, help_text=_("For the same person: the asker's last day, included")
    )
    patient_id = line_field(_("ID for the new patient"), max_length=64, required=False)
    note = line_field(_("Note (optional)"), max_length=1000, required=False)

    def __init__(self, *args: Any, id_label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["patient_id"].label = _("%(label)s for the new patient") % {"label": id_label}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        until = data.get("cover_until")
        if data.get("state") != "same":
            data["cover_until"] = None
        elif until is None and "cover_until" not in self.errors:
            self.add_error("cover_until", _("Enter the last day of the cover"))
        elif until and until < timezone.localdate():
            self.add_error("cover_until", _("Enter a last day that is not in the past"))
        return data


def add_service_errors(form: forms.Form, error: ValidationError) -> None:
    """Put what the service refused beside the fields that the form has, the rest at the top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages in error.error_dict.items():
        known = name in form.fields
        form.add_error(name if known else None, messages if known else ValidationError(messages))
