"""What patients itself shows on a chart's overview."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from accounts.models import but_names
from patients import as_of, provenance, timeline
from patients.models import CareTeamMember, CareTeamQuerySet, Patient
from patients.registry import AsOfPanel, ChartPanel, Tab, registry
from ui.prepared import Prepared, once

if TYPE_CHECKING:
    from accounts.models import User


def _rights(patient: "Patient") -> dict[str, bool]:
    held = patient.held_perms
    return {"may_change": Perm.CHANGE in held, "may_reassign": Perm.REASSIGN in held}


def _care_team(patient: "Patient", today: dt.date) -> QuerySet[CareTeamMember]:
    members: CareTeamQuerySet = CareTeamMember.objects.filter(patient=patient)
    return members.current_or_later(today).select_related("user").defer(*but_names("user"))


_read_members = Prepared(_care_team)


def care_team(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """Everybody on the care team now or later, the primary therapist first."""
    members: list[CareTeamMember] = once(patient, _read_members, today=timezone.localdate())
    order = ("primary", "covering", "assistant", "observer")
    return {"members": sorted(members, key=lambda m: (order.index(m.role), m.user.name)), **_rights(patient)}


def details(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """What is said of them; no query: the patient is there already."""
    return {"marks": timeline.marks_of(patient).get(("details", 0), ()), **_rights(patient)}


def register() -> None:
    """Add the overview tab and its panels."""
    registry.register(
        Tab("overview", _("Overview"), "patients:show_chart", order=10),
        ChartPanel("details", "patients/_details.jinja", details, order=70),
        ChartPanel("care_team", "patients/_care_team.jinja", care_team, order=60, reads=(_read_members,)),
        *provenance.SOURCES,
        AsOfPanel(
            "details",
            "patients/_details_as_of.html",
            as_of.particulars,
            lambda patient: [Patient.history.filter(id=patient.pk)],
            area="rail",
            order=70,
        ),
        AsOfPanel(
            "care_team",
            "patients/_care_team_as_of.html",
            as_of.care_team,
            lambda patient: [CareTeamMember.history.filter(patient=patient)],
            area="rail",
            order=60,
        ),
    )
