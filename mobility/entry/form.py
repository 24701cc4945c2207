"""The form of one assessment: its fields follow from the instrument, its reading is `entry.reading`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mobility import details
from mobility.catalogue import Context, Instrument, Scale, plain
from mobility.catalogue.items import Subtotal
from mobility.entry.reading import ROWS, Entered, labels, read, said_of, unusual
from mobility.models import NOTES_LENGTH, Assessment, MobilityScore
from mobility.scoring import Kind, kind_of
from patients.forms import seen_at
from patients.models import Patient
from ui.forms import BaseForm, DateField, text_field

NUMERIC = {"inputmode": "decimal", "autocomplete": "off", "class": "input input--sm", "maxlength": 32}


class AssessForm(BaseForm):
    """One sitting of one instrument. `action` is the button: complete, incomplete, or total (works it out, saves nothing)."""

    action = forms.CharField(required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)
    corrects = forms.ModelChoiceField(
        queryset=MobilityScore.objects.none(), required=False, widget=forms.HiddenInput, label=_("Corrects")
    )
    score_date = DateField(label=_("Date"), not_future=True, error_messages={"required": _("Enter the date")})
    score_time = forms.TimeField(
        label=_("Time (24 hour)"),
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 5, "class": "input input--sm"}),
        error_messages={"invalid": _("Enter a time like 14:05")},
    )
    notes = text_field(
        _("Notes"), max_length=NOTES_LENGTH, required=False, rows=2, hint=_("Setting, what helped or got in the way")
    )

    marks_optional = False

    def __init__(
        self,
        *args: Any,
        patient: Patient,
        instrument: Instrument,
        suggestions: Mapping[Context, Sequence[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.instrument, self.kind = instrument, kind_of(instrument)
        super().__init__(*args, **kwargs)
        self.add_fields(fields_of(instrument))
        self.fields["corrects"].queryset = patient.mobility_scores.in_error()  # type: ignore[attr-defined]
        for kind, words in (suggestions or {}).items():
            self.fields[f"context_{kind}"].suggestions = words  # type: ignore[attr-defined]
        self._entered: Entered | None = None

    @property
    def wants_total_only(self) -> bool:
        """Whether the total is to be worked out, and nothing saved: the button of a browser without script."""
        return bool(self.cleaned_data.get("action") == "total")

    @property
    def is_incomplete(self) -> bool:
        return bool(self.cleaned_data.get("action") == "incomplete")

    @property
    def entered(self) -> Entered:
        """What was sent, or what the form begins with."""
        if self._entered is None:
            sent: Any = self.data if self.is_bound else self.initial
            self._entered = read(self.instrument, sent)
        return self._entered

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, message in self.entered.problems.items():
            self.add_error(name or None, message)
        for name, (value, words) in unusual(self.entered).items():
            if value not in _sent(self.data, f"confirmed_{name}"):
                self.add_error(name, words)
        data["scored_at"] = None
        if data.get("score_date") and data.get("score_time"):
            try:
                data["scored_at"] = seen_at(data["score_date"], data["score_time"])
            except ValidationError as skipped:
                self.add_error("score_time", skipped)
        return data

    def add_missing(self, missing: Sequence[str]) -> None:
        """Say at each open item that it has no answer."""
        found = self.entered
        names = labels(self.instrument)
        for item in missing:
            field = found.field_of(item)
            words = _now("not answered") if self.kind is Kind.ITEMS else _now("enter a number")
            self.add_error(
                field if field in self.fields else None, said_of(names[item], words) if item in names else words
            )
        if missing:
            return
        for item in found.unassessed:
            words = _now("not assessed, so there is no total: choose an answer, or save it as incomplete")
            self.add_error(found.field_of(item), said_of(names[item], words))
        if not found.unassessed:
            self.add_error(None, self._nothing_words())

    def _nothing_words(self) -> str:
        if self.kind is Kind.GOALS:
            return _now("Enter each goal with its rating: there is no score yet")
        return _now("Enter the result: there is no score yet")

    def keys(self) -> dict[str, Any]:
        """What both services take of this form."""
        names = ("score_date", "scored_at", "notes", "corrects", "form_token")
        return {name: self.cleaned_data[name] for name in names}


def _sent(data: Any, name: str) -> list[str]:
    return data.getlist(name) if isinstance(data, QueryDict) else []


def fields_of(instrument: Instrument) -> dict[str, forms.Field]:
    """The fields of what the instrument asks for: context, and answers, times, goals or values."""
    found = {f"context_{kind}": _context(instrument, kind) for kind in asked_context(instrument)}
    asked, kind = instrument.questions, kind_of(instrument)
    if kind in {Kind.ITEMS, Kind.SUBTOTALS}:
        found |= {f"item_{one.id}": _text(one.label) for one in asked.items}
        found |= {f"item_{one.id}": _number(one.label, _range(one)) for one in asked.subtotals}
        for rule in asked.times:
            if rule.may_be_shown:
                found[f"time_{rule.id}"] = _number(_("Time in seconds"))
                found[f"unable_{rule.id}"] = _text(_("Could not do it"))
    elif kind is Kind.GOALS:
        for row in range(ROWS):
            found[f"goal_{row}_text"] = _text(_("Goal"))
            found[f"goal_{row}_x"] = _text(_("Reached"))
            found[f"goal_{row}_w"] = _number(_("Weight"))
            found[f"goal_{row}_w"].initial = "1"
    elif kind is Kind.RATINGS:
        for row in range(ROWS):
            found[f"problem_{row}_text"] = _text(_("Problem"))
            found |= {f"problem_{row}_{one.id}": _number(one.label) for one in instrument.scored_scales}
    else:
        if kind is Kind.SPEED:
            found["distance_m"] = _number(_("Distance timed, in metres"), _("Without the run-up, such as 10 or 6"))
            found["time_s"] = _number(_("Time in seconds"))
        found |= {f"value_{one.id}": _number(_value_label(instrument, one), one.instruction()) for one in
                  instrument.scored_scales}  # fmt: skip
    return found


def asked_context(instrument: Instrument) -> tuple[Context, ...]:
    """The details that have a field of their own: the distance of a speed follows from what was timed."""
    kinds = (*instrument.requires, *instrument.context)
    return tuple(one for one in kinds if not (one is Context.DISTANCE and kind_of(instrument) is Kind.SPEED))


def _value_label(instrument: Instrument, scale: Scale) -> Any:
    if kind_of(instrument) is Kind.SPEED:
        return _("Or the speed itself, in metres per second")
    return scale.label


def _range(subtotal: Subtotal) -> str:
    return _now("%(min)s to %(max)s") % {"min": plain(subtotal.min), "max": plain(subtotal.max)}


def _text(label: Any) -> forms.Field:
    return forms.CharField(label=label, required=False, strip=True)


def _number(label: Any, hint: Any = "") -> forms.Field:
    return forms.CharField(label=label, required=False, help_text=hint, widget=forms.TextInput(attrs=dict(NUMERIC)))


def _context(instrument: Instrument, kind: Context) -> forms.Field:
    label, is_required = details.label(kind), kind in instrument.requires
    choices = details.CHOICES.get(kind)
    if choices is None:
        widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off", "list": f"suggested_{kind}"})
        field = forms.CharField(label=label, required=False, help_text=details.HINTS.get(kind, ""), widget=widget)
        field.suggestions = details.SUGGESTIONS.get((kind, instrument.id), ())  # type: ignore[attr-defined]
        return field
    listed: list[tuple[str, Any]] = list(choices.items())
    if kind not in details.AS_RADIOS or not is_required:
        listed.insert(0, ("", _("Not recorded")))
    widget_of = forms.RadioSelect if kind in details.AS_RADIOS else forms.Select
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=listed,
        widget=widget_of,
        error_messages={"invalid_choice": _("Choose one of the list")},
    )


def initial_of(assessment: Assessment) -> dict[str, Any]:
    """The fields that an assessment fills: to go on with it, or to correct it."""
    found: dict[str, Any] = {f"context_{kind}": words for kind, words in assessment.context.items()}
    found |= {f"item_{item}": answer for item, answer in assessment.answers.items()}
    inputs = dict(assessment.inputs)
    for row, goal in enumerate(inputs.pop("goals", ())):
        found |= {f"goal_{row}_text": goal["goal"], f"goal_{row}_x": goal["x"], f"goal_{row}_w": goal["w"]}
    for row, problem in enumerate(inputs.pop("problems", ())):
        found |= {f"problem_{row}_{'text' if key == 'problem' else key}": text for key, text in problem.items()}
    found |= {f"value_{scale}": text for scale, text in inputs.pop("values", {}).items()}
    for name, text in inputs.items():
        if name in {"distance_m", "time_s"}:
            found[name] = text
        elif text is None:
            found[f"unable_{name}"] = "1"
        else:
            found[f"time_{name}"] = text
    return found
