"""The clinic that is measured: 100 patients for each therapist, ten therapists and a lead in each team.

Every number is made from the row's own, so that two clinics of one size are the same but for the day.
"""

# ruff: noqa: S608 (all parts of the SQL are written here)

from collections.abc import Callable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from tqdm import tqdm

from accounts.models import Team, User
from accounts.roles import Role
from audit import partitions
from audit.models import AuditEvent, StatusHistory
from demo.bench.expressions import RANDOM, TEXT, one_of, status
from demo.bench.records import equipment, notes, plans, scores
from demo.bench.rows import history, insert, run
from demo.bench.trends import trends
from patients.models import CareTeamMember, Patient, PatientGroupPermission, PatientUserPermission
from patients.services.grants import GRANTS, LEAD_GRANTS, permission_ids
from patients.vocabulary import CareRole, DiagnosisGroup, MobilityStatus

PASSWORD = "measured-not-guarded"  # noqa: S105
CASELOAD, TEAM_SIZE = 100, 10
FAMILIES = "Abara Baker Castro Dvořák Evans Fischer García Hughes Ivanova Jansen Khan Lévy Müller Nowak Okafor Pereira"
GIVEN = "Ana Boris Chloé Diego Elif Farah Greta Hana Ivan Jing Kofi Lena Malik Nora Omar Priya Quinn Rosa Siân Tariq"
ENDINGS = "s son ova ski -Reyes -Smith ez sen man ford ley ton wick bach dal stad"


def load(patients: int) -> dict[str, int]:
    """Fill an empty database with a clinic of that many patients; returns how many rows of each kind."""
    counts: dict[str, int] = {}
    run("SET synchronous_commit = off")
    bar = tqdm(STEPS, desc=f"Clinic of {patients:,}", unit=" steps", disable=None, leave=False)
    for step in bar:
        bar.set_postfix_str(step.__name__)
        with transaction.atomic():
            counts |= step(patients) or {}
    run("RESET synchronous_commit")
    run("VACUUM (ANALYZE)")
    _settle()
    return counts


def _settle() -> None:
    """Have what was loaded on the disk, where this role may ask for it: a clinic is not loaded while people work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role('pg_checkpoint', 'MEMBER')")
        (may,) = cursor.fetchone() or (False,)
        if may:
            cursor.execute("CHECKPOINT")


def people(patients: int) -> dict[str, int]:
    """Teams with a lead and ten therapists each; one hash for all passwords."""
    hashed, now = make_password(PASSWORD), timezone.now()
    therapists = max(patients // CASELOAD, TEAM_SIZE)
    teams = [Team(name=f"Team {number:04}") for number in range(-(-therapists // TEAM_SIZE))]
    for team in teams:
        team.save()
    facts: dict[str, Any] = {"password": hashed, "approved_at": now, "credentials": "OT"}
    accounts = [
        User(username=f"bench.t{n}", email=f"t{n}@bench.example", display_name=f"Therapist Number {n}",
             role=Role.THERAPIST, team=teams[n // TEAM_SIZE], **facts)
        for n in range(therapists)
    ]  # fmt: skip
    leads = [
        User(username=f"bench.l{n}", email=f"l{n}@bench.example", display_name=f"Lead Number {n}", role=Role.LEAD,
             team=team, **facts)
        for n, team in enumerate(teams)
    ]  # fmt: skip
    User.objects.bulk_create([*accounts, *leads])
    membership = User.groups.through
    membership.objects.bulk_create(
        membership(user=lead, group_id=team.lead_group_id) for lead, team in zip(leads, teams, strict=True)
    )
    return {"users": len(accounts) + len(leads)}


def charts(patients: int) -> dict[str, int]:
    """Patients with their first status rows, as registration leaves them."""
    run(RANDOM)
    run("""CREATE TEMP TABLE b_therapist AS
        SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, team_id, display_name || ' (' || username || ')' AS label
        FROM accounts_user WHERE role = 'therapist'""")
    family = f"{one_of(FAMILIES, 1)} || {one_of(ENDINGS, 2)}"
    given = f"{one_of(GIVEN, 3)} || ' ' || {one_of(GIVEN, 4)}"
    groups = ", ".join(f"'{group}'" for group in DiagnosisGroup)
    opened = "date_trunc('minute', now()) - make_interval(days => 40 + pg_temp.ot_r(i, 5, 320), mins => pg_temp.ot_r(i, 6, 480))"
    found = insert(
        Patient,
        f"""FROM (SELECT i, {family} AS family, {given} AS given, {opened} AS opened, t.* FROM
            generate_series(0, {patients} - 1) i JOIN b_therapist t ON t.n = mod(i, (SELECT count(*) FROM b_therapist))
            ) p""",
        id="md5('patient ' || i)::uuid",
        patient_id="'BN-' || lpad(i::text, 7, '0')",
        display_name="upper(family) || ', ' || given",
        family_name="family",
        given_names="given",
        date_of_birth="date '1928-01-01' + pg_temp.ot_r(i, 7, 24000)",
        team_id="team_id",
        primary_therapist_id="id",
        mobility_status=status("pg_temp.ot_r(i, 8, 6)"),
        chart_status="CASE pg_temp.ot_r(i, 9, 20) WHEN 0 THEN 'archived' WHEN 1 THEN 'inactive' ELSE 'active' END",
        referral_reason=f"'{TEXT[:90]}'",
        diagnosis_group=f"(ARRAY[{groups}])[1 + pg_temp.ot_r(i, 10, {len(DiagnosisGroup)})]",
        team_since="opened::date",
        created_by_id="id",
        created_at="opened",
        updated_at="opened",
    )
    run("""CREATE TEMP TABLE b_patient AS
        SELECT p.id, substr(p.patient_id, 4)::int AS i, p.created_at AS opened, p.primary_therapist_id AS by_id, t.label,
            p.mobility_status AS was, p.chart_status, p.team_id
        FROM patients_patient p JOIN b_therapist t ON t.id = p.primary_therapist_id""")
    history(Patient, at="m.created_at", by="m.created_by_id")
    for kind, value in (("mobility_status", "was"), ("primary_therapist", "label"), ("chart_status", "chart_status")):
        _status_rows(kind, "''", value, "opened", "Registered")
    return {"patients": found}


def changes(patients: int) -> dict[str, int]:
    """One change of mobility status each, one in twenty of them within the last week."""
    statuses = ", ".join(f"'{status}'" for status in MobilityStatus)
    run(f"""CREATE TEMP TABLE b_change AS
        SELECT p.*, {status("level + CASE level WHEN 0 THEN 1 WHEN 5 THEN -1 ELSE pg_temp.ot_r(i, 11, 2) * 2 - 1 END")} AS next,
            CASE pg_temp.ot_r(i, 12, 20) WHEN 0 THEN now() - make_interval(mins => 60 + pg_temp.ot_r(i, 13, 9000))
            ELSE opened + (now() - opened) * 0.6 END AS at
        FROM b_patient p JOIN LATERAL (SELECT array_position(ARRAY[{statuses}], was::text) - 1 AS level) l ON true""")
    run("""UPDATE patients_patient p SET mobility_status = c.next, version = 2, updated_at = c.at
        FROM b_change c WHERE c.id = p.id""")
    source = "b_change c JOIN (VALUES " + ", ".join(f"('{s}', {s.level})" for s in MobilityStatus) + ") l(code, level)"
    better = "CASE WHEN n.level > l.level THEN 'improved' ELSE 'declined' END"
    found = insert(
        StatusHistory,
        f"FROM {source} ON l.code = c.was JOIN (VALUES "
        + ", ".join(f"('{s}', {s.level})" for s in MobilityStatus)
        + ") n(code, level) ON n.code = c.next",
        patient_id="c.id",
        status_type="'mobility_status'",
        from_value="c.was",
        to_value="c.next",
        direction=better,
        changed_by_id="c.by_id",
        change_reason="'Transfers seen on three days running.'",
        effective_at="c.at",
        created_at="c.at",
    )
    history(Patient, "JOIN b_change c ON c.id = m.id", at="c.at", by="c.by_id", kind="~")
    return {"status changes": found}


def rights(patients: int) -> dict[str, int]:
    """Care teams, and guardian's rows that follow from them."""
    insert(CareTeamMember, "FROM b_patient", patient_id="id", user_id="by_id", role="'primary'",
           starts_on="opened::date", added_by_id="by_id", created_at="opened")  # fmt: skip
    history(CareTeamMember, at="m.created_at", by="m.added_by_id")
    ids = permission_ids()
    own = ", ".join(f"({ids[perm]})" for perm in GRANTS[CareRole.PRIMARY])
    led = ", ".join(f"({ids[perm]})" for perm in LEAD_GRANTS)
    rows = insert(PatientUserPermission, f"FROM b_patient CROSS JOIN (VALUES {own}) g(perm)", content_object_id="id",
                  user_id="by_id", permission_id="perm", starts_on="opened::date")  # fmt: skip
    rows += insert(
        PatientGroupPermission,
        f"FROM b_patient p JOIN accounts_team t ON t.id = p.team_id CROSS JOIN (VALUES {led}) g(perm)",
        content_object_id="p.id", group_id="t.lead_group_id", permission_id="perm",
    )  # fmt: skip
    return {"permission rows": rows}


def audit(patients: int) -> dict[str, int]:
    """One event for each entry, and five openings of each chart."""
    sources = (
        ("chart.registered", "FROM b_patient", "id", "by_id", "opened"),
        ("care_team.added", "FROM patients_careteammember", "patient_id", "added_by_id", "created_at"),
        ("score.recorded", "FROM mobility_mobilityscore", "patient_id", "recorded_by_id", "created_at"),
        ("note.written", "FROM sessions_notes_sessionnote", "patient_id", "author_id", "created_at"),
        ("equipment.checked_out", "FROM equipment_equipmentlog", "patient_id", "logged_by_id", "created_at"),
        (
            "chart.viewed",
            "FROM b_patient, generate_series(1, 5) k",
            "id",
            "by_id",
            "opened + (now() - opened) * (k / 6.0)",
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(created_at) FROM patients_patient")
        partitions.add_past(cursor.fetchone()[0])
    found = 0
    for event, source, patient, by, at in sources:
        found += insert(AuditEvent, source, event_type=f"'{event}'", patient_id=patient, actor_id=by, created_at=at)
    return {"audit events": found}


STEPS: tuple[Callable[[int], dict[str, int]], ...] = (
    people, charts, changes, rights, trends, scores, plans, notes, equipment, audit,
)  # fmt: skip


def _status_rows(kind: str, before: str, after: str, at: str, reason: str) -> None:
    insert(StatusHistory, "FROM b_patient", patient_id="id", status_type=f"'{kind}'", from_value=before, to_value=after,
           changed_by_id="by_id", change_reason=f"'{reason}'", effective_at=at, created_at=at)  # fmt: skip
