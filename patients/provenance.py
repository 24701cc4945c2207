"""How do we know: who recorded a fact, when, through what, what it said before, and who may have acted on it since."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.access import Perm
from accounts.models import but_names
from audit.api import origins_of, people_who_looked, trace
from patients.models import CareTeamMember, Patient
from patients.registry import Known, Provenance, Said, registry
from patients.vocabulary import DiagnosisGroup, SexAtBirth
from ui.dates import show_date

if TYPE_CHECKING:
    from django.db.models import QuerySet

SHOWN = 100
NOT_RECORDED = _("Not recorded")
COMMANDS = {
    "manage.py import_records": _("Import of records"),
    "manage.py load_demo": _("Invented for the demo clinic"),
}
# What each particular is called in an address, and how it reads.
PARTICULARS: dict[str, Callable[[Any], Any]] = {
    "display_name": str,
    "preferred_name": str,
    "date_of_birth": show_date,
    "sex_at_birth": lambda code: str(dict(SexAtBirth.choices).get(code, code)),
    "patient_id": str,
    "team": lambda team: str(team or ""),
    "location": str,
    "phone": str,
    "address": str,
    "emergency_contact": str,
    "allergies": str,
    "alerts": str,
    "referral_reason": str,
    "diagnosis_group": lambda code: str(DiagnosisGroup(code).label) if code in DiagnosisGroup.values else code,
    "deceased_on": show_date,
}


@dataclass(frozen=True)
class Answer:
    """A fact with everything recorded about it, each with the words for what it was recorded through.

    `looked` is how many people have opened the chart since it says what it says; None for who may not see the audit.
    """

    known: Known
    said: Sequence[tuple[Said, Any]]
    looked: int | None
    left_out: int = 0


def find(patient: Patient, what: str, key: str) -> Answer | None:
    """The answer for one fact of this patient; None where there is no such fact."""
    source = next((one for one in registry.of(Provenance) if one.key == what), None)
    known = source.fetch(patient, key) if source else None
    if known is None:
        return None
    newest = known.said[:SHOWN]
    origins = origins_of(patient, [trace(one.at, one.by.pk if one.by else None, *one.targets) for one in newest])
    may_see_audit = Perm.REASSIGN in patient.held_perms
    looked = people_who_looked(patient, since=newest[0].at) if may_see_audit and newest else None
    words = forms()
    said = [(one, _origin(route, words)) for one, route in zip(newest, origins, strict=True)]
    return Answer(known, said, looked, left_out=len(known.said) - len(newest))


def forms() -> dict[str, Any]:
    """What the pages and commands are called through which facts are recorded."""
    return COMMANDS | {route: words for source in registry.of(Provenance) for route, words in source.forms.items()}


def _origin(route: str, words: Mapping[str, Any]) -> Any:
    if route.startswith("admin:"):
        return _("Administration pages")
    return words.get(route, route)


def number(key: str) -> int:
    """The number of a row in an address; 0, which no row has, for what is none."""
    return int(key) if key.isdecimal() and len(key) < 19 else 0


def changes(rows: "Iterable[Any]", value: Callable[[Any], Any]) -> "list[tuple[Any, Any]]":
    """Of field history, oldest first, the rows with which a value changed, each with the value: newest first."""
    valued = [(row, value(row)) for row in rows]
    return [now for before, now in pairwise([(None, object()), *valued]) if before[1] != now[1]][::-1]


def history_of(rows: "QuerySet[Any]", *people: str) -> "QuerySet[Any]":
    """Field history of one record, oldest first, with who changed it and with the people that it names."""
    people = ("history_user", *people)
    return rows.select_related(*people).defer(*but_names(*people)).order_by("history_date", "history_id")


# The facts of patients itself.


def particular(patient: Patient, key: str) -> Known | None:
    """One particular of a patient: what it said from when to when."""
    if key not in PARTICULARS:
        return None
    words = PARTICULARS[key]
    rows = history_of(Patient.history.filter(id=patient.pk)).select_related("team")
    found = changes(rows, lambda row: getattr(row, key))
    said = [
        Said(
            at=row.history_date,
            by=row.history_user,
            what=_("Changed") if row.history_type == "~" else _("Recorded"),
            value=words(value) or NOT_RECORDED,
            reason=row.history_change_reason or "",
        )
        for row, value in found
    ]
    label = settings.OT_PATIENT_ID_LABEL if key == "patient_id" else getattr(Patient, key).field.verbose_name
    return Known(title=label, value=words(getattr(patient, key)) or NOT_RECORDED, said=said)


def membership(patient: Patient, key: str) -> Known | None:
    """Somebody's part in this patient's care: who added them, for how long, and who took them off."""
    people = ("user", "added_by", "ended_by")
    members = CareTeamMember.objects.filter(patient=patient, pk=number(key))
    member = members.select_related(*people).defer(*but_names(*people)).first()
    if member is None:
        return None
    role = f"{member.get_role_display()}: {member.user}"
    lasts = {"start": show_date(member.starts_on), "end": show_date(member.ends_on)}
    span = _now("From %(start)s until %(end)s") if member.ends_on else _now("From %(start)s")
    first = Said(member.created_at, member.added_by, _("Added"), span % lasts, member.reason, targets=(member,))
    if not member.ended_at:
        return Known(title=_("Care team"), value=role, said=[first])
    # The reason for ending is that of the change: the row keeps the one for adding.
    row = CareTeamMember.history.filter(id=member.pk, ended_at__isnull=False).order_by("history_date").first()
    reason = (row.history_change_reason or "") if row else ""
    ended = Said(member.ended_at, member.ended_by, _("Taken off"), _("Ended"), reason, targets=(member,))
    return Known(title=_("Care team"), value=role, said=[ended, first], is_struck=True)


SOURCES = (
    Provenance(
        "patient",
        particular,
        {
            "patients:register_patient": _("Registration"),
            "patients:decide_registration": _("Decision about a possible duplicate"),
            "patients:edit_patient": _("Details of the chart"),
            "patients:change_chart_status": _("Chart status"),
            "patients:change_status": _("Change of mobility status"),
            "patients:hand_over": _("Handover"),
            "patients:hand_over_many": _("Handover of several patients"),
        },
    ),
    Provenance(
        "care-team",
        membership,
        {
            "patients:add_member": _("Adding to the care team"),
            "patients:end_membership": _("Taking off the care team"),
            "patients:decide_access": _("Decision about a request for access"),
        },
    ),
)
