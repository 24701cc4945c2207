"""Forms of measure plans."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from mobility.plans import pages, words
from mobility.plans.models import MOST_DAYS, Rule, TeamMeasure
from ui.forms import BaseForm, text_field

UNITS = {"days": 1, "weeks": words.WEEK}


class PlanForm(BaseForm):
    """How often one measure is planned with a patient. `version` is that of the row the form was made from."""

    marks_optional = False  # an interval is needed with one of the rules

    score_type = forms.ChoiceField(
        label=_("Measure"),
        widget=forms.Select,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose the measure")),
    )
    rule = forms.ChoiceField(
        label=_("How often"),
        choices=Rule.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how often")),
    )
    every = forms.CharField(
        label=_("Every"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input input--sm"}),
    )
    unit = forms.ChoiceField(
        label=_("Days or weeks"), choices=[("weeks", _("weeks")), ("days", _("days"))], required=False
    )
    reason = text_field(
        _("Reason (optional)"), max_length=1000, required=False, rows=2, hint=_("For example: cannot walk yet")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)

    def __init__(self, *args: Any, team: TeamMeasure | None, is_chosen: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["score_type"].choices = [("", _now("Choose the measure")), *pages.choices()]  # type: ignore[attr-defined]
        if is_chosen:
            self.fields["score_type"].widget = forms.HiddenInput()
        else:
            # In a dialog the rule, which is chosen already, would be focused.
            self.fields["score_type"].widget.attrs["autofocus"] = True
        rules: list[tuple[str, Any]] = [(Rule.OWN.value, Rule.OWN.label), (Rule.OFF.value, Rule.OFF.label)]
        if team:
            label = _now("As the team does: %(interval)s") % {"interval": team.interval.lower()}
            rules.insert(0, (Rule.TEAM.value, label))
        self.fields["rule"].choices = rules  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["every_days"] = None
        if data.get("rule") != Rule.OWN:
            return data
        size = UNITS.get(data.get("unit") or "weeks", 1)
        typed = (data.get("every") or "").strip()
        most = MOST_DAYS // size
        if not (typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= most):
            unit = _now("weeks") if size == words.WEEK else _now("days")
            self.add_error("every", _now("Enter from 1 to %(most)s %(unit)s") % {"most": most, "unit": unit})
        else:
            data["every_days"] = int(typed) * size
        return data

    def planned(self) -> dict[str, Any]:
        """The arguments of services.plan_measure that this form holds."""
        return {name: self.cleaned_data[name] for name in ("score_type", "rule", "every_days", "reason", "version")}
