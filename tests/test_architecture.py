"""Rules that a reader would otherwise have to remember: views look nothing up, models are tracked, nothing is private."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
OURS = (
    "accounts", "amendments", "audit", "patients", "mobility", "equipment", "sessions_notes", "dashboards", "interchange",
    "demo",
)  # fmt: skip
VIEW_FILES = sorted(
    path for app in OURS for path in [*(ROOT / app).glob("**/views.py"), *(ROOT / app).glob("views/*.py")]
)
WRITES = {"save", "delete", "update", "bulk_create", "bulk_update", "create", "get_or_create", "update_or_create"}

# Every model of ours is here: with field history, append-only, or with the reason why neither.
TRACKED = {
    "patients.Patient",
    "patients.CareTeamMember",
    "patients.RegistrationCheck",
    "mobility.Assessment",
    "mobility.GoalSet",
    "mobility.MobilityScore",
    "mobility.PlannedMeasure",
    "mobility.TeamMeasure",
    "equipment.EquipmentItem",
    "equipment.EquipmentLog",
    "sessions_notes.SessionNote",
    "sessions_notes.FollowUp",
}
APPEND_ONLY = {
    "audit.StatusHistory": "audit_statushistory",
    "audit.AuditEvent": "audit_auditevent",
    "audit.Checkpoint": "audit_checkpoint",
    "audit.CheckpointHead": "audit_checkpointhead",
    "amendments.AmendmentLink": "amendments_amendmentlink",
    "amendments.AmendmentStep": "amendments_amendmentstep",
    "sessions_notes.SessionNoteVersion": "sessions_notes_sessionnoteversion",
    "interchange.ImportedRecord": "interchange_importedrecord",
}
# Append-only without a chain: the key is a hash of what the row says.
HASHED = {"mobility.InstrumentEdition": "mobility_instrumentedition"}
# Ended, extended, reviewed or decided once by their triggers; nothing else changes, and the site may not DELETE.
SET_ONCE = {
    "patients.EmergencyAccess": "patients_emergencyaccess",
    "patients.AccessRequest": "patients_accessrequest",
    "amendments.AmendmentRequest": "amendments_amendmentrequest",
}
NEITHER = {
    "audit.ChainSegment": "written by the trigger that chains rows; its heads are in checkpoints, which are append-only",
    "accounts.User": "changed in the admin, whose log and audit events say who and what",
    "accounts.Team": "changed in the admin, whose log and audit events say who and what",
    "accounts.Session": "goes when it has served; signing in and out are audit events",
    "accounts.Attempt": "goes when it has served; refused attempts are audit events",
    "accounts.Lockout": "locking and unlocking are audit events",
    "accounts.KeptForm": "what was typed and not saved; gone when it is saved, or after twelve hours",
    "mobility.DueMeasure": "follows from plans and scores, which are tracked; triggers alone write it",
    "patients.PatientUserPermission": "follows from CareTeamMember, which is tracked, and EmergencyAccess",
    "patients.PatientGroupPermission": "follows from the patient's team, which is tracked",
    "sessions_notes.NoteDraft": "a working copy of its author's, not a record; gone when the note is saved",
}


@pytest.mark.parametrize("path", VIEW_FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_views_neither_look_up_nor_write(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr == "objects":
            found.append(f"line {node.lineno}: .objects")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            found.append(f"line {node.lineno}: .{node.func.attr}()")
    assert found == []


def test_every_model_is_tracked_or_append_only_or_says_why_not():
    models = {m._meta.label for app in OURS for m in apps.get_app_config(app).get_models() if not _is_history(m)}
    assert models == TRACKED | set(APPEND_ONLY) | set(HASHED) | set(SET_ONCE) | set(NEITHER)
    for label in TRACKED:
        assert hasattr(apps.get_model(label), "history"), label


@pytest.mark.parametrize("table", [*APPEND_ONLY.values(), *HASHED.values(), *SET_ONCE.values()])
def test_append_only_tables_have_their_triggers(db, table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O'", [table])
        names = {name for (name,) in cursor.fetchall()}
    assert {f"{table}_append_only", f"{table}_no_truncate"} <= names


def test_the_seeds_fields_are_there_under_their_names():
    seed = {
        "patients.Patient": "patient_id display_name date_of_birth primary_therapist mobility_status",
        "mobility.MobilityScore": "patient score_date score_type score_value notes recorded_by",
        "equipment.EquipmentLog": "patient equipment_name serial_number status checked_out_at returned_at logged_by",
        "sessions_notes.SessionNote": "patient session_date session_type note_text follow_up_needed author",
        "audit.StatusHistory": "patient status_type from_value to_value changed_by change_reason",
    }
    for label, names in seed.items():
        fields = {field.name for field in apps.get_model(label)._meta.get_fields()}
        assert set(names.split()) <= fields, label


def test_foreign_keys_to_patients_and_people_protect():
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                if field.is_relation and field.related_model._meta.label in {"patients.Patient", "accounts.User"}:
                    rule = field.remote_field.on_delete.__name__
                    is_permission_row = model._meta.label.endswith("Permission")
                    assert rule == "PROTECT" or _is_history(model) or is_permission_row, (
                        f"{model._meta.label}.{field.name}"
                    )


AUTOESCAPE = {".jinja": ("autoescape", "Markup")}  # always on


def test_templates_hold_no_inline_script_or_style():
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.jinja")]:
        text = path.read_text()
        for word in (
            " style=",
            "<style",
            "hx-on",
            "javascript:",
            "|safe",
            "onclick=",
            *AUTOESCAPE.get(path.suffix, ()),
        ):
            assert word not in text, f"{path.relative_to(ROOT)}: {word}"
        for line in text.splitlines():
            assert line.count("{#") == line.count("#}"), (
                f"{path.relative_to(ROOT)}: a comment on several lines is shown"
            )


def test_only_the_demo_and_benchmarks_replay_the_past():
    users = [
        path.relative_to(ROOT).parts[0]
        for app in OURS
        for path in (ROOT / app).rglob("*.py")
        if "replaying(" in path.read_text()
    ]
    assert set(users) <= {"audit", "demo"}


def _is_history(model) -> bool:
    return model.__name__.endswith("FieldHistory")
