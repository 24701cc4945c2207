"""An invented clinic with millions of audit events, and how long searching them takes. For bench_audit alone."""

import datetime as dt
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Team, User
from accounts.roles import Role
from audit import looks, partitions
from audit.search import EventSearch
from audit.trail import trail_for
from patients.models import Patient, PatientGroupPermission

TEAMS, PEOPLE, PATIENTS, MONTHS = 20, 400, 20_000, 24
BATCH = 250_000
TURNS = 100
AUDITOR = "bench_auditor"

# Patients are not alike: a tenth of them have a third of the events. Seven of ten events are about a chart.
LOAD = """
INSERT INTO audit_auditevent (id, event_type, actor_id, patient_id, target_type, target_id, route, method, details, address,
    user_agent, request_id, created_at, relationship, actor_role)
SELECT i, kind, people[1 + floor(random() * cardinality(people))::int], CASE WHEN kind LIKE 'chart.%%' THEN
    patients[1 + floor(power(random(), 2) * cardinality(patients))::int] END, '', '', 'patients:show_chart', 'GET', '{}',
    '10.0.0.7', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120 Safari/537.36', gen_random_uuid(),
    %(start)s::timestamptz + i * %(step)s::interval,
    CASE WHEN kind NOT LIKE 'chart.%%' THEN NULL WHEN kind = 'chart.refused' THEN 'none' WHEN i %% 5000 = 0
        THEN 'emergency' ELSE (ARRAY['primary', 'covering', 'assistant', 'lead'])[1 + i %% 4] END, 'therapist'
FROM (SELECT array_agg(id) AS people FROM accounts_user) p, (SELECT array_agg(id) AS patients FROM patients_patient) q,
    LATERAL (SELECT i, CASE WHEN i %% 1000 = 7 THEN 'chart.refused' WHEN i %% 10 < 5 THEN 'chart.viewed'
        WHEN i %% 10 < 7 THEN 'chart.written' WHEN i %% 10 < 9 THEN 'list.viewed' WHEN i %% 1000 = 9 THEN 'team.changed'
        ELSE 'account.signed_in' END AS kind FROM generate_series(%(first)s::bigint, %(last)s) i) kinds
"""
QUICKLY = """
ALTER TABLE audit_auditevent DISABLE TRIGGER USER;
ALTER TABLE audit_auditevent DROP CONSTRAINT audit_auditevent_actor_id_fk, DROP CONSTRAINT audit_auditevent_patient_id_fk;
"""


def load(events: int) -> None:
    """A clinic, and its events over two years: not chained, and without foreign keys, which no search asks."""
    _clinic()
    start = timezone.now() - dt.timedelta(days=MONTHS * 30)
    step = f"{MONTHS * 30 * 86_400 / events} seconds"
    partitions.add_past(start)
    with connection.cursor() as cursor:
        cursor.execute(QUICKLY)
        for first in range(1, events + 1, BATCH):
            bounds: dict[str, Any] = {
                "start": start,
                "step": step,
                "first": first,
                "last": min(first + BATCH - 1, events),
            }
            cursor.execute(LOAD, bounds)
        cursor.execute("VACUUM (ANALYZE)")


def _clinic() -> None:
    teams = [Team.objects.create(name=f"Team {number}") for number in range(TEAMS)]
    now = timezone.now()
    people = [
        _person(f"person.{n}", teams[n % TEAMS], Role.LEAD if n < TEAMS else Role.THERAPIST, now) for n in range(PEOPLE)
    ]
    User.objects.bulk_create([*people, _person(AUDITOR, None, Role.AUDITOR, now)])
    for team, lead in zip(teams, User.objects.filter(role=Role.LEAD).order_by("pk"), strict=True):
        lead.groups.add(team.lead_group)
    therapists = list(User.objects.filter(role=Role.THERAPIST))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE patients_patient DISABLE TRIGGER USER")
    patients = Patient.objects.bulk_create(_patient(n, therapists[n % len(therapists)], teams) for n in range(PATIENTS))
    permissions = Permission.objects.filter(content_type__app_label="patients", content_type__model="patient")
    groups = {team.pk: team.lead_group_id for team in teams}
    PatientGroupPermission.objects.bulk_create(
        PatientGroupPermission(group_id=groups[patient.team_id], permission=permission, content_object=patient)
        for permission in permissions
        for patient in patients
    )


def _person(username: str, team: Team | None, role: str, now: Any) -> User:
    email = f"{username}@clinic.example"
    return User(
        username=username,
        email=email,
        display_name=username,
        team=team,
        role=role,
        approved_at=now,
        password="!",  # noqa: S106
    )


def _patient(number: int, therapist: User, teams: list[Team]) -> Patient:
    return Patient(
        patient_id=f"B-{number:06}",
        display_name=f"FAMILY{number}, Given",
        family_name=f"Family{number}",
        team=teams[number % TEAMS],
        primary_therapist=therapist,
        mobility_status="assist_1",
        created_by=therapist,
    )


@dataclass(frozen=True)
class Measured:
    name: str
    p50: float
    p95: float


def measure() -> Iterator[Measured]:
    """Each search as its page does it, for an auditor unless said: with another patient, person or day each time."""
    auditor, lead = User.objects.get(username=AUDITOR), User.objects.filter(role=Role.LEAD).order_by("pk").first()
    chance = random.Random(20)  # noqa: S311 (not a secret)
    patients = [str(pk) for pk in _drawn("patient_id", "patient_id IS NOT NULL")]
    of_team = f"patient_id IN (SELECT id FROM patients_patient WHERE team_id = {int(lead.team_id)})"  # noqa: S608
    led = [str(pk) for pk in _drawn("patient_id", of_team)]
    people = [str(pk) for pk in _drawn("actor_id", "true")]
    days = [timezone.localdate() - dt.timedelta(days=chance.randint(1, MONTHS * 30 - 10)) for _ in range(TURNS)]
    kinds = ["chart.refused", "account.signed_in", "team.changed", "list.viewed"]
    asked: dict[str, Callable[[int], Any]] = {
        "by patient": lambda n: _page(auditor, patient=patients[n]),
        "by patient and person": lambda n: _page(auditor, patient=patients[n], person=people[n]),
        "by person": lambda n: _page(auditor, person=people[n]),
        "by kind": lambda n: _page(auditor, kind=kinds[n % 4], since="2000-01-01"),
        "by group of kinds": lambda n: _page(auditor, kind=["rights", "accounts"][n % 2]),
        "by a day": lambda n: _page(auditor, since=f"{days[n]}", until=f"{days[n]}"),
        "without a care relationship first": lambda n: _page(auditor, first="on"),
        "nothing narrowed": lambda n: _page(auditor),
        "by patient, for a lead": lambda n: _page(lead, patient=led[n % len(led)]),
        "nothing narrowed, for a lead": lambda n: _page(lead),
        "who looked at a chart": lambda n: _looks(auditor, patients[n]),
    }
    for name, ask in asked.items():
        ask(0)
        costs = sorted(_timed(ask, turn) for turn in range(TURNS))
        yield Measured(name, statistics.median(costs), costs[int(TURNS * 0.95)])


def _drawn(column: str, condition: str) -> list[Any]:
    """From the events, so that patients with many events come up more often."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM audit_auditevent TABLESAMPLE SYSTEM (0.5) WHERE {condition} ORDER BY random() LIMIT {TURNS}"  # noqa: S608
        )
        return [value for (value,) in cursor.fetchall()]


def _page(user: User, **params: str) -> Any:
    query = QueryDict(mutable=True)
    query.update(params)
    search = EventSearch.of_address(trail_for(user), query)
    if search.form.errors:
        raise ValueError(search.form.errors.as_text())
    return search.page(), search.first_to_look_at()


def _looks(user: User, patient: str) -> Any:
    trail = trail_for(user)
    return looks.read(trail, trail.patients.get(pk=patient), looks.PeriodForm(QueryDict()))


def _timed(ask: Callable[[int], Any], turn: int) -> float:
    started = time.perf_counter()
    ask(turn)
    return (time.perf_counter() - started) * 1000
