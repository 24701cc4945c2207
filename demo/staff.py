"""The people who work in the demo clinic.

They share one password, printed by `load_demo` every time. It is no secret and need be none: it opens invented records
only. `load_demo` refuses a database that holds other patients, and a site that is not said to be a demo.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PASSWORD = "tall-kettle-slow-ramp"  # noqa: S105
NORTH, SOUTH = "North", "South"
TEAMS = (NORTH, SOUTH)
ADMIN = "admin.1"


# What each team measures with its patients, and every how many days. What somebody cannot do is said in their plan.
MEASURES = {NORTH: {"barthel_index": 84}, SOUTH: {"barthel_index": 70}}


@dataclass(frozen=True)
class Member:
    """An account of the demo clinic. Without a role it waits for approval."""

    username: str
    display_name: str
    role: Role | None
    team: str = ""
    credentials: str = ""
    hint: "StrOrPromise" = ""

    @property
    def email(self) -> str:
        return f"{self.username}@clinic.example"


STAFF = (
    Member("lead.north", "Siobhán Ní Dhomhnaill", Role.LEAD, NORTH, "OT, BSc", _("dashboard, handover, registrations")),
    Member("lead.south", "Rajesh Krishnamurthy", Role.LEAD, SOUTH, "OT, MSc", _("the other team's dashboard")),
    Member("therapist.1", "Amara Okonkwo-Reyes", Role.THERAPIST, NORTH, "OTR/L", _("a full caseload and a draft note")),
    Member("therapist.2", "Zbyněk Dvořák", Role.THERAPIST, NORTH, "OT", _("covers for colleagues")),
    Member("therapist.3", "Mei-Ling Tan", Role.THERAPIST, NORTH, "OT", _("equipment overdue")),
    Member("therapist.4", "Ingrid Solbakken", Role.THERAPIST, SOUTH, "OT", _("cannot open a chart of North")),
    Member("therapist.5", "Tomás Herrera Quispe", Role.THERAPIST, SOUTH, "OT", _("children among the patients")),
    Member("therapist.6", "Nosipho Dlamini", Role.THERAPIST, SOUTH, "OTR/L", _("patients who decline")),
    Member(
        "assistant.1",
        "Callum MacGregor",
        Role.ASSISTANT,
        NORTH,
        "OT assistant",
        _("adds to charts; notes are marked as needing a co-signature"),
    ),
    Member(
        "student.1", "Ffion Haf Llywelyn", Role.OBSERVER, NORTH, "OT student", _("reads a few charts, adds nothing")
    ),
    Member("auditor.1", "Yusuf Karahan", Role.AUDITOR, "", "", _("the audit trail, no charts")),
    Member(ADMIN, "Keiko Watanabe", Role.ADMIN, "", "", _("Django admin: accounts and teams, no charts")),
    Member("newcomer.1", "Beatriz Figueiredo", None, "", "OT", _("awaits approval by admin.1")),
)
LEADS = {member.team: member.username for member in STAFF if member.role == Role.LEAD}
TEAM_OF = {member.username: member.team for member in STAFF}
