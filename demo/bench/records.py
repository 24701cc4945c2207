"""What therapists recorded in the measured clinic: scores, notes, equipment."""

# ruff: noqa: S608 (all parts of the SQL are written here)

from django.conf import settings

from demo.bench.expressions import TEXT, instrument_row, local_date
from demo.bench.rows import history, insert
from equipment.models import EquipmentItem, EquipmentLog
from mobility import catalogue
from mobility.models import DueMeasure, MobilityScore, PlannedMeasure, TeamMeasure
from sessions_notes.models import FollowUp, SessionNote, SessionNoteVersion
from sessions_notes.vocabulary import SessionType

SCORES, NOTES = 10, 3


def scores(patients: int) -> dict[str, int]:
    """Ten each: six of one instrument, then four of another."""
    instruments = ", ".join(instrument_row(place, one) for place, one in enumerate(catalogue.instruments()))
    at = "opened + (now() - opened) * ((k + 0.5) / 10) + make_interval(mins => pg_temp.ot_r(i, 20 + k, 400) - 400)"
    found = insert(
        MobilityScore,
        f"""FROM (SELECT p.id AS patient, p.by_id, p.i, k, {at} AS at, s.* FROM b_patient p
            CROSS JOIN generate_series(0, {SCORES} - 1) k
            JOIN (VALUES {instruments}) s(place, code, version, lowest, step, steps)
                ON s.place = mod(p.i + CASE WHEN k < 6 THEN 0 ELSE 3 END, {len(catalogue.instruments())})) x""",
        patient_id="patient",
        score_date=local_date("at"),
        score_type="code",
        score_value="lowest + step * pg_temp.ot_r(i, 30 + k, steps)",
        instrument_version="version",
        recorded_by_id="by_id",
        occurred_at="at",
        has_time="true",
        created_at="at + interval '4 minutes'",
    )
    history(MobilityScore, at="m.created_at", by="m.recorded_by_id")
    return {"scores": found}


def plans(patients: int) -> dict[str, int]:
    """Three measures each: one of the team, and the two that the patient is scored with at intervals of their own.

    Of a quarter of the patients one is overdue or due soon, of another quarter (those of some teams) nearly always.
    """
    known = catalogue.instruments()
    codes = ", ".join(f"({place}, '{one.id}')" for place, one in enumerate(known))
    # Nobody's own measure, for most patients: never scored, it is due since the team's plan began.
    insert(
        TeamMeasure,
        f"""FROM (SELECT t.*, row_number() OVER (ORDER BY t.id) AS n, (SELECT min(id) FROM accounts_user) AS by_id
            FROM accounts_team t) t JOIN (VALUES {codes}) c(place, code) ON c.place = mod(n, {len(known)})""",
        team_id="t.id",
        score_type="code",
        every_days="84",
        starts_on="current_date + 30 - 15 * mod(n, 4)::int",
        set_by_id="by_id",
    )
    history(TeamMeasure, at="m.set_at", by="m.set_by_id")
    insert(
        PlannedMeasure,
        f"""FROM b_patient p CROSS JOIN (VALUES (0, 180), (3, 14)) s(shift, days)
            JOIN (VALUES {codes}) c(place, code) ON c.place = mod(p.i + shift, {len(known)})""",
        patient_id="p.id",
        score_type="code",
        rule="'own'",
        every_days="days",
        starts_on=local_date("opened"),
        set_by_id="by_id",
        set_at="opened",
    )
    history(PlannedMeasure, at="m.set_at", by="m.set_by_id")
    return {"due measures": DueMeasure.objects.count()}


def notes(patients: int) -> dict[str, int]:
    """Three each with one version; the last asks for a follow-up at every second patient."""
    types = ", ".join(f"'{kind}'" for kind in SessionType)
    at = "date_trunc('minute', opened + (now() - opened) * ((k + 0.5) / 3))"
    found = insert(
        SessionNote,
        f"""FROM (SELECT p.*, k, {at} AS at FROM b_patient p CROSS JOIN generate_series(0, {NOTES} - 1) k) x""",
        patient_id="id",
        author_id="by_id",
        occurred_at="at",
        session_date=local_date("at"),
        start_time=f"(at AT TIME ZONE '{settings.TIME_ZONE}')::time",
        duration_minutes="45",
        session_type=f"(ARRAY[{types}])[1 + pg_temp.ot_r(i, 40 + k, 4)]",
        note_text=f"repeat('{TEXT}', 1 + pg_temp.ot_r(i, 43 + k, 3)) || 'No ' || i",
        follow_up_needed=f"k = {NOTES} - 1 AND mod(i, 2) = 0",
        created_at="at + interval '50 minutes'",
        updated_at="at + interval '50 minutes'",
    )
    history(SessionNote, at="m.created_at", by="m.author_id")
    insert(SessionNoteVersion, "FROM sessions_notes_sessionnote m", note_id="id", number="1",
           **{name: name for name in ("session_date", "start_time", "duration_minutes", "session_type", "note_text",
                                      "follow_up_needed")},
           follow_up_text="CASE WHEN follow_up_needed THEN 'Review seating' ELSE '' END",
           saved_by_id="author_id", saved_at="created_at")  # fmt: skip
    _follow_ups()
    return {"notes": found}


def _follow_ups() -> None:
    """Three of five are open, some of them overdue."""
    is_done = "pg_temp.ot_r(id, 50, 5) < 2"
    insert(FollowUp, "FROM sessions_notes_sessionnote WHERE follow_up_needed", patient_id="patient_id", note_id="id",
           text="'Review seating'", created_by_id="author_id", created_at="created_at",
           due_on="greatest(session_date + 7, current_date - 20 + pg_temp.ot_r(id, 51, 50))",
           resolved_at=f"CASE WHEN {is_done} THEN least(created_at + interval '6 days', now()) END",
           resolved_by_id=f"CASE WHEN {is_done} THEN author_id END")  # fmt: skip
    history(FollowUp, at="m.created_at", by="m.created_by_id")


def equipment(patients: int) -> dict[str, int]:
    """An item for each patient with two stays: one over, one still going on at two of five."""
    kinds = "(ARRAY['Wheelchair', 'Walking frame', 'Commode', 'Bath board', 'Perching stool'])[1 + mod(i, 5)]"
    insert(EquipmentItem, "FROM b_patient", equipment_name=kinds, serial_number="'BX-' || lpad(i::text, 7, '0')",
           logged_by_id="by_id", created_at="opened", updated_at="opened")  # fmt: skip
    history(EquipmentItem, at="m.created_at", by="m.logged_by_id")
    start = "date_trunc('minute', p.opened + (now() - p.opened) * CASE k WHEN 0 THEN 0.1 ELSE 0.5 END)"
    end = "CASE WHEN k = 0 OR pg_temp.ot_r(p.i, 61, 5) > 1 THEN s.at + (now() - p.opened) * 0.3 END"
    found = insert(
        EquipmentLog,
        f"""FROM (SELECT p.id AS patient, p.by_id, p.i, e.id AS item, e.equipment_name, e.serial_number, s.at, {end} AS ended
            FROM b_patient p JOIN equipment_equipmentitem e ON e.serial_number = 'BX-' || lpad(p.i::text, 7, '0')
            CROSS JOIN generate_series(0, 1) k CROSS JOIN LATERAL (SELECT {start} AS at) s) x""",
        item_id="item",
        patient_id="patient",
        equipment_name="equipment_name",
        serial_number="serial_number",
        status="CASE WHEN ended IS NULL THEN 'checked_out' ELSE 'returned' END",
        checked_out_at="at",
        due_back_on="CASE WHEN ended IS NULL THEN current_date - 10 + pg_temp.ot_r(i, 62, 60) END",
        ended_at="ended",
        returned_at="ended",
        returned_by_id="CASE WHEN ended IS NOT NULL THEN by_id END",
        condition="CASE WHEN ended IS NOT NULL THEN 'good' ELSE '' END",
        logged_by_id="by_id",
        created_at="at",
        updated_at="at",
    )
    history(EquipmentLog, at="m.created_at", by="m.logged_by_id")
    return {"equipment rows": found}
