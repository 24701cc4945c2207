"""Forms of requests to amend."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from amendments.vocabulary import TEXT_LENGTH, Asker, Ground, State
from ui.forms import BaseForm, DateField, line_field, text_field

Choices = Sequence[tuple[str, Any]]


class StepForm(BaseForm):
    """A form about one request; its service takes all its fields."""

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class EntriesField(forms.MultipleChoiceField):
    """Entries of the chart, each as kind:key; gives (kind, key) pairs."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[tuple[str, int]]:
        found = []
        for word in super().clean(value):
            kind, _colon, key = word.partition(":")
            found.append((kind, int(key)))
        return found


class RequestForm(BaseForm):
    """What somebody asks for, when, and about what."""

    received_on = DateField(
        label=_("Received on"),
        not_future=True,
        help_text=_("The day on which the request reached the clinic: the 60 days run from it"),
        error_messages={"required": _("Enter the day on which the request was received")},
    )
    asked_by = forms.ChoiceField(
        label=_("Who asks?"),
        choices=Asker.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who asks")},
    )
    asked_by_name = line_field(
        _("Name and capacity of the representative"),
        max_length=200,
        required=False,
        hint=_("For example: Maria Silva, daughter, power of attorney"),
    )
    about = EntriesField(
        label=_("What is it about?"),
        help_text=_(
            "The latest entries are listed. For an earlier one, open it and choose “Amendment asked for” there."
        ),
        error_messages={"required": _("Choose what the request is about")},
    )
    wanted = text_field(
        _("What is asked for"),
        max_length=TEXT_LENGTH,
        hint=_("In the words of the person who asks"),
        error_messages={"required": _("Enter what is asked for")},
    )
    reason = text_field(_("Reason given"), max_length=TEXT_LENGTH, required=False)

    def __init__(self, *args: Any, entries: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = entries  # type: ignore[attr-defined]
        self.fields["received_on"].initial = timezone.localdate()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("asked_by") == Asker.PATIENT:
            data["asked_by_name"] = ""
        elif data.get("asked_by") and not data.get("asked_by_name"):
            self.add_error("asked_by_name", _("Enter who the representative is"))
        return data


class ExtendForm(StepForm):
    """Why it takes longer, until when, and when the person was told."""

    reason = text_field(
        _("Reasons for the delay"),
        max_length=TEXT_LENGTH,
        hint=_("As in the written statement to the person who asked"),
        error_messages={"required": _("Enter the reasons for the delay")},
    )
    until = DateField(label=_("Decision by"), error_messages={"required": _("Enter the day of the decision")})
    told_on = DateField(
        label=_("Statement given on"),
        not_future=True,
        error_messages={"required": _("Enter the day on which the statement was given")},
    )


class DecideForm(StepForm):
    """Accept, deny on a ground, both in part, or close as withdrawn."""

    marks_optional = False  # what is needed depends on the decision

    state = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (State.ACCEPTED, _("Accept")),
            (State.PARTLY, _("Accept in part, deny in part")),
            (State.DENIED, _("Deny")),
            (State.WITHDRAWN, _("Close: withdrawn by who asked, or recorded here by mistake")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the decision")},
    )
    amended = text_field(
        _("If accepted: what was amended, and where"),
        max_length=TEXT_LENGTH,
        required=False,
        hint=_("Make the correction first, with the form of the entry itself. This text stands in the letter."),
    )
    amends = EntriesField(label=_("If accepted: entries that make the amendment"), required=False)
    notify = text_field(
        _("If accepted: who is to be told"),
        max_length=2000,
        required=False,
        hint=_("Whom the patient names and agrees to, and whoever had the information and may rely on it. One a line."),
    )
    ground = forms.ChoiceField(
        label=_("If denied: the ground"), choices=Ground.choices, required=False, widget=forms.RadioSelect
    )
    is_originator_there = forms.BooleanField(
        label=_("Not created here: whoever created it is still there to act on a request"), required=False
    )
    basis = text_field(
        _("If denied or closed: why, in plain language"),
        max_length=TEXT_LENGTH,
        required=False,
        hint=_("Read by the patient, in the letter"),
    )

    def __init__(self, *args: Any, entries: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amends"].choices = entries  # type: ignore[attr-defined]
        if not entries:
            del self.fields["amends"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        state = data.get("state")
        if state in {State.ACCEPTED, State.PARTLY} and not data.get("amended"):
            self.add_error("amended", _("Enter what was amended, and where"))
        if state in {State.DENIED, State.PARTLY}:
            if not data.get("ground"):
                self.add_error("ground", _("Choose the ground"))
            elif data["ground"] == Ground.NOT_CREATED and not data.get("is_originator_there"):
                text = _("This is no ground where whoever created it is no longer there. Confirm that they are.")
                self.add_error("is_originator_there", text)
        if state and state != State.ACCEPTED and not data.get("basis"):
            self.add_error("basis", _("Enter why, in plain language"))
        return data

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "is_originator_there"}


class ToldForm(StepForm):
    """Who was told of a decision, when and how."""

    who = forms.ChoiceField(
        label=_("Who was told?"),
        choices=[("asker", _("The person who asked")), ("other", _("Somebody else who has the information"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who was told")},
    )
    whom = line_field(_("Name of the somebody else"), max_length=200, required=False)
    happened_on = DateField(label=_("On"), not_future=True, error_messages={"required": _("Enter the day")})
    text = line_field(
        _("How"),
        max_length=400,
        hint=_("For example: letter of the same day, by post"),
        error_messages={"required": _("Enter how")},
    )

    def __init__(self, *args: Any, is_amended: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].initial = timezone.localdate()
        if not is_amended:  # nobody else hears of a denial
            self.fields["who"].initial = "asker"
            self.fields["who"].choices = [("asker", _("The person who asked"))]  # type: ignore[attr-defined]
            del self.fields["whom"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("who") == "other" and not data.get("whom"):
            self.add_error("whom", _("Enter who was told"))
        return data

    def facts(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        facts["is_asker"] = facts.pop("who") == "asker"
        return facts


class StatementForm(StepForm):
    """The patient's statement of disagreement."""

    happened_on = DateField(label=_("Received on"), not_future=True, error_messages={"required": _("Enter the day")})
    text = text_field(
        _("Statement"),
        max_length=8000,
        rows=6,
        hint=_("Word for word. It is shown with the disputed entries from now on."),
        error_messages={"required": _("Enter the statement")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].initial = timezone.localdate()


class RebuttalForm(StepForm):
    """The clinic's answer to a statement of disagreement."""

    text = text_field(
        _("Rebuttal"),
        max_length=8000,
        rows=6,
        hint=_("The patient gets a copy. It is shown with the statement from now on."),
        error_messages={"required": _("Enter the rebuttal")},
    )
