"""What patients itself shows on a chart's overview."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from patients.registry import ChartPanel, Tab, registry

if TYPE_CHECKING:
    from accounts.models import User
    from patients.models import Patient


def _rights(patient: "Patient") -> dict[str, bool]:
    held = patient.held_perms
    return {"may_change": Perm.CHANGE in held, "may_reassign": Perm.REASSIGN in held}


def care_team(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """Everybody on the care team now or later, the primary therapist first."""
    members = patient.care_team.current_or_later().select_related("user")
    order = ("primary", "covering", "assistant", "observer")
    return {"members": sorted(members, key=lambda m: (order.index(m.role), m.user.name)), **_rights(patient)}


def details(patient: "Patient", user: "User") -> Mapping[str, Any]:
    """No query: the patient is there already."""
    return _rights(patient)


def register() -> None:
    """Add the overview tab and its panels."""
    registry.register(
        Tab("overview", _("Overview"), "patients:show_chart", order=10),
        ChartPanel("details", "patients/_details.html", details, order=70),
        ChartPanel("care_team", "patients/_care_team.html", care_team, order=60),
    )
