"""Who looked at a chart and why: each person in each relationship, read from the trail."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from audit.relationships import TO_LOOK_AT, Relationship
from audit.search import MomentField
from audit.trail import Trail
from audit.words import page_words
from patients.emergencies import EmergencyAccess
from ui.forms import BaseForm

LINES = 5_000  # of a report; a longer one is refused, never cut


class PeriodForm(BaseForm):
    """Of which time. Nothing is required."""

    marks_optional = False
    since = MomentField(label=_("From"), required=False, help_text=_("Day, or day and time"))
    until = MomentField(label=_("Until"), required=False, is_end=True, help_text=_("Included"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] <= data["since"]:
            self.add_error("until", _("Enter an end that is not before the start"))
        return data

    @property
    def period(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """From a moment on and before another; nothing of both where all is meant."""
        data = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return data.get("since"), data.get("until")


@dataclass(frozen=True)
class Look:
    """One person in one relationship: how often, from when to when, which pages; of one day in a report."""

    actor: int
    name: str
    username: str
    team: str
    role: str
    relationship: str
    opened: int
    written: int
    refused: int
    first_at: dt.datetime
    last_at: dt.datetime
    pages: list[str]
    emergencies: list[EmergencyAccess]
    day: dt.date | None = None

    @property
    def is_to_look_at(self) -> bool:
        return self.relationship in TO_LOOK_AT

    @property
    def is_moment(self) -> bool:
        """Whether all of it was within one minute."""
        return (self.last_at - self.first_at) < dt.timedelta(minutes=1)

    @property
    def relationship_label(self) -> str:
        """In words; events from before relationships were kept say that."""
        return str(Relationship(self.relationship).label) if self.relationship else _now("Not recorded then")


def read(trail: Trail, patient: Any, form: PeriodForm, *, by_day: bool = False) -> list[Look]:
    """Everybody who opened the chart or was refused it; those without a care relationship first, or day by day.

    Two queries. One line more than LINES where there are more.
    """
    if form.errors:
        return []
    rows = list(trail.events_of(patient).between(*form.period).looks(by_day=by_day)[: LINES + 1])
    keys = {int(key) for row in rows for key in row["emergencies"]}
    emergencies = trail.emergencies.filter(patient=patient).in_bulk(keys)
    looks = [_look(row, emergencies) for row in rows]
    return looks if by_day else sorted(looks, key=lambda look: not look.is_to_look_at)


def _look(row: dict[str, Any], emergencies: dict[int, EmergencyAccess]) -> Look:
    username, credentials = row["actor__username"] or "", row["actor__credentials"]
    name = row["actor__display_name"] or username or _now("Nobody signed in")
    return Look(
        actor=row["actor"],
        name=f"{name}, {credentials}" if credentials else name,
        username=username,
        team=row["actor__team__name"] or "",
        role=str(Role(row["actor_role"]).label) if row["actor_role"] else "",
        relationship=row["relationship"] or "",
        opened=row["opened"],
        written=row["written"],
        refused=row["refused"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        pages=_pages(row["routes"]),
        emergencies=[emergencies[int(key)] for key in row["emergencies"] if int(key) in emergencies],
        day=row.get("day"),
    )


def _pages(routes: Iterable[str]) -> list[str]:
    return sorted({page_words(route) for route in routes if route})
