"""Reference data of outcome measures in Django admin: what each team measures by default."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.site import RoleAdmin
from mobility.plans import pages, services
from mobility.plans.models import TeamMeasure


class TeamMeasureForm(forms.ModelForm):
    """A measure of a team. Team and measure stay what they were made for."""

    class Meta:
        model = TeamMeasure
        fields = ("team", "score_type", "every_days", "starts_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "score_type" in self.fields:
            self.fields["score_type"] = forms.ChoiceField(label=_("Measure"), choices=pages.choices)


@admin.register(TeamMeasure)
class TeamMeasureAdmin(RoleAdmin):
    form = TeamMeasureForm
    list_display = ("team", "measure", "interval", "starts_on", "set_by", "set_at")
    list_display_links = ("measure",)
    list_filter = ("team",)
    list_select_related = ("team", "set_by")
    ordering = ("team__name", "score_type")

    def get_readonly_fields(self, request: HttpRequest, obj: TeamMeasure | None = None) -> tuple[str, ...]:
        return ("team", "measure") if obj else ()

    def get_fields(self, request: HttpRequest, obj: TeamMeasure | None = None) -> tuple[str, ...]:
        return ("team", "measure" if obj else "score_type", "every_days", "starts_on")

    def save_model(self, request: HttpRequest, obj: TeamMeasure, form: Any, change: bool) -> None:
        by: Any = request.user
        saved = services.set_team_measure(
            team=obj.team, score_type=obj.score_type, every_days=obj.every_days, starts_on=obj.starts_on, by=by
        )
        obj.pk = saved.pk
