"""Two teams that know nothing of each other: a patient in each, with one of everything on the chart.

For tests that walk the whole site. Every name, identifier and text of the patients holds a planted word (`PLANTED`),
so that a page that shows any of it is found out.
"""

import datetime as dt
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from amendments import services as amendments
from equipment import services as equipment
from mobility import services as mobility
from mobility.plans import services as plans
from patients import services
from patients.emergencies import EmergencyReason
from patients.models import Patient
from sessions_notes import services as notes
from tests.conftest import as_if_signed_in
from tests.factories import TeamFactory, UserFactory, make_patient
from tests.routes import Route

PLANTED = re.compile(rb"planted|oluwaseun|castellanos", re.IGNORECASE)
# Written by whoever is refused: the trail of it, and the session's own rows.
TRACES = ("audit_", "accounts_session", "accounts_attempt", "accounts_kept")


class Visitor(Client):
    """A browser for walks of thousands of requests: it copies no contexts, and stays signed in as it began."""

    def __init__(self, user: User | None = None) -> None:
        super().__init__(raise_request_exception=False)
        if user is not None:
            self.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            as_if_signed_in(self, user)

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


@dataclass
class Chart:
    """A patient, and the numbers of what is on the chart by the names that addresses give them."""

    patient: Patient
    ids: dict[str, Any]
    planted: re.Pattern[bytes]  # anything of this patient
    ids_of: dict[str, dict[str, Any]] = field(default_factory=dict)  # where one name means two things

    def path_values(self, route: Route) -> dict[str, Any]:
        return self.ids | self.ids_of.get(route.name, {})

    def path(self, route: Route, **changed: Any) -> str:
        missing = set(route.parameters) - self.path_values(route).keys()
        assert not missing, f"tests/clinic.py: _chart() makes nothing that {missing} of {route.name} could name"
        return route.path(**(self.path_values(route) | changed))


@dataclass
class Clinic:
    """`own` is the chart of the therapist's team, `other` of the other team's."""

    people: dict[str, User]
    own: Chart
    other: Chart


UNKNOWN = {"patient_id": uuid.UUID(int=1), "chart_id": uuid.UUID(int=1)}
NOBODYS = 2_000_000_000


def build() -> Clinic:
    """Needs a database. Everybody who may hold rows on the own patient's chart does, also who must not use them."""
    north, south = TeamFactory(name="North"), TeamFactory(name="South")
    people = {
        "therapist": UserFactory(username="therapist", team=north),
        "lead": UserFactory(username="lead", role=Role.LEAD, team=north),
        "assistant": UserFactory(username="assistant", role=Role.ASSISTANT, team=north),
        "observer": UserFactory(username="observer", role=Role.OBSERVER, team=north),
        "auditor": UserFactory(username="auditor", role=Role.AUDITOR, team=None),
        "admin": UserFactory(username="admin", role=Role.ADMIN, team=None, is_staff=True, is_superuser=True),
        "superuser": UserFactory(username="superuser", team=north),
        "awaiting": UserFactory(username="awaiting", team=north),
        "deactivated": UserFactory(username="deactivated", team=north),
        "stranger": UserFactory(username="stranger", team=south),
        "other_lead": UserFactory(username="other_lead", role=Role.LEAD, team=south),
    }
    own = _chart(people, "therapist", "lead", number=1, family_name="Oluwaseun-Falade")
    other = _chart(people, "stranger", "other_lead", number=2, family_name="Castellanos-Reyes")
    team = {"assistant": "assistant", "observer": "observer"} | dict.fromkeys(
        ("superuser", "awaiting", "deactivated"), "covering"
    )
    for name, role in team.items():
        member = services.add_member(patient=own.patient, user=people[name], role=role, by=people["therapist"])
        own.ids.setdefault("member_id", member.pk)
    other.ids["member_id"] = other.patient.care_team.get().pk
    # Not a hash of anything, but a password to Django: who has none is asked for none.
    User.objects.update(password="x")  # noqa: S106
    User.objects.filter(username="superuser").update(is_superuser=True)
    User.objects.filter(username="awaiting").update(approved_at=None)
    for user in people.values():
        user.refresh_from_db()
    return Clinic(people, own, other)


def _chart(people: dict[str, User], therapist: str, lead: str, *, number: int, family_name: str) -> Chart:
    by, now = people[therapist], timezone.now()
    today, planted = timezone.localdate(), f"Planted words {number}"
    patient = make_patient(
        by, patient_id=f"OT-PLANTED-{number}", family_name=family_name, given_names=f"Planted{number}",
        phone=planted, address=planted, location=planted, allergies=planted, alerts=planted, referral_reason=planted,
    )  # fmt: skip
    score = mobility.record_score(
        patient=patient, score_type="barthel_index", score_value="50", score_date=today, notes=planted, by=by
    )
    assessment = mobility.save_assessment(
        patient=patient, score_type="barthel_index", answers={"feeding": "5"}, score_date=today, notes=planted, by=by
    )
    goals = mobility.record_goals(
        patient=patient, score_type="section_gg", set_on=today, answers={"GG0130A": "6"}, notes=planted, by=by
    )
    note = notes.write_note(
        patient=patient, by=by, session_date=today, session_type="treatment", note_text=planted,
        follow_up_needed=True, follow_up_text=planted, follow_up_due_on=today,
    )  # fmt: skip
    loan = equipment.check_out(
        patient=patient, serial_number=f"WC-{number}", equipment_name="Wheelchair", by=by, notes=planted,
        checked_out_at=now - dt.timedelta(days=2),
    )  # fmt: skip
    item = equipment.register_item(equipment_name="Frame", serial_number=f"F-{number}", by=by)
    equipment.send_to_repair(item=item, by=by, notes="Wheel loose")
    stay = item.logs.in_store().get(ended_at=None)
    token = uuid.uuid4()
    draft = notes.save_draft(patient=patient, by=by, token=token, draft_version=0, typed={"note_text": planted})
    # What somebody from elsewhere asked of this chart.
    outsider = UserFactory(team=TeamFactory())
    access = services.open_emergency(
        patient=patient, reason_kind=EmergencyReason.values[0], reason=planted, by=outsider
    )
    services.end_emergency(patient=patient, by=outsider)
    services.request_access(
        asked_for=patient.pk, reason_kind="treating", reason=planted, form_token=uuid.uuid4(), by=outsider
    )
    entered = {"family_name": family_name, "given_names": "T", "patient_id": f"PLANTED-{number}-B"}
    entered |= {"date_of_birth": "1950-01-31", "primary_therapist": by.pk, "mobility_status": "hoist"}
    check = services.request_registration_check(match=patient, entered=entered, form_token=uuid.uuid4(), by=outsider)
    asked = amendments.record_request(
        patient=patient, received_on=today, asked_by="representative", asked_by_name=planted, wanted=planted,
        reason=planted, about=[("score", score.pk), ("details", 0)], by=by,
    )  # fmt: skip
    patient.refresh_from_db()
    plans.set_team_measure(team=by.team, score_type="tug", every_days=28, by=by)
    planned = plans.plan_measure(
        patient=patient, score_type="barthel_index", rule="own", every_days=14, reason=planted, by=by
    )
    ids = {
        "planned_id": planned.pk,
        "measure": "barthel_index",
        "patient_id": patient.pk, "chart_id": patient.pk, "score_id": score.pk, "assessment_id": assessment.pk,
        "goals_id": goals.pk, "note_id": note.pk,
        "follow_up_id": note.follow_up.pk, "log_id": loan.pk, "item_id": item.pk, "draft_id": draft.pk,
        "emergency_id": access.pk, "request_id": patient.access_requests.get().pk, "amendment_id": asked.pk,
        "check_id": check.pk, "object_id": by.pk, "id": by.pk, "pk": 1,
        "url": "nothing", "app_label": "accounts", "uidb36": "1", "key": "x",
    }  # fmt: skip
    named_alike = {"equipment:void_item_entry": {"log_id": stay.pk}}
    named_alike |= {f"admin:accounts_team_{page}": {"object_id": by.team_id} for page in ("change", "history")}
    of_team = by.team.measures.get().pk
    named_alike |= {f"admin:mobility_teammeasure_{page}": {"object_id": of_team} for page in ("change", "history")}
    named_alike["patients:show_known"] = {"what": "score", "key": score.pk}
    words = rf"planted[ -]?(words )?{number}|{family_name}"
    return Chart(patient, ids, re.compile(words.encode(), re.IGNORECASE), named_alike)


def sign_in_all(clinic: Clinic) -> dict[str, Visitor]:
    """Everybody with a live session; the switched-off account was switched off in the middle of its own."""
    visitors = {name: Visitor(user) for name, user in clinic.people.items()} | {"nobody": Visitor()}
    User.objects.filter(username="deactivated").update(is_active=False)
    return visitors


def writes() -> dict[str, int]:
    """How many rows this transaction has written, by table, traces aside; what was rolled back counts too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {name: count for name, count in cursor.fetchall() if not name.startswith(TRACES)}


def alike(response: Any) -> bytes:
    """A page without what differs by request: its id, the chart asked for, the token of a form and the time."""
    differs = rb"[0-9a-f]{8}-[0-9a-f-]{27}|csrfmiddlewaretoken\" value=\"\w+|X-CSRFToken\": \"\w+|data-left=\"\d+|datetime=\"[^\"]*\"|timestamp\": ?\"[^\"]*\"|\d\d:\d\d"
    return re.sub(differs, b"", response.content)
