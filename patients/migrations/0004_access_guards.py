"""An emergency access is ended once and reviewed once, a request decided once; nothing else of them changes.

See audit migration 0003. The functions compare whole rows, so that a column added later is guarded too.
"""

from typing import ClassVar

from django.db import migrations

EMERGENCY = "patients_emergencyaccess"
REQUEST = "patients_accessrequest"

ONCE = f"""
CREATE FUNCTION patients_guard_emergency() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed {EMERGENCY};
BEGIN
    IF TG_OP = 'UPDATE' THEN
        allowed := OLD;
        IF OLD.ended_at IS NULL THEN
            allowed.ended_at := NEW.ended_at;
            allowed.ended_by_id := NEW.ended_by_id;
        END IF;
        IF OLD.reviewed_at IS NULL THEN
            allowed.reviewed_at := NEW.reviewed_at;
            allowed.reviewed_by_id := NEW.reviewed_by_id;
            allowed.outcome := NEW.outcome;
            allowed.review := NEW.review;
        END IF;
        IF NEW IS NOT DISTINCT FROM allowed THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION patients_guard_access_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed {REQUEST};
BEGIN
    IF TG_OP = 'UPDATE' THEN
        allowed := OLD;
        IF OLD.state = 'open' THEN
            allowed.state := NEW.state;
            allowed.decided_by_id := NEW.decided_by_id;
            allowed.decided_at := NEW.decided_at;
            allowed.decision_note := NEW.decision_note;
        END IF;
        IF NEW IS NOT DISTINCT FROM allowed THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""

NOT_ONCE = """
DROP FUNCTION patients_guard_emergency();
DROP FUNCTION patients_guard_access_request();
"""


def guard(table: str, function: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {function}();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
        """,
        f"""
        DROP TRIGGER {table}_append_only ON {table};
        DROP TRIGGER {table}_no_truncate ON {table};
        """,
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("patients", "0003_emergency_access"), ("audit", "0003_guards")]

    operations: ClassVar = [
        migrations.RunSQL(ONCE, NOT_ONCE),
        guard(EMERGENCY, "patients_guard_emergency"),
        guard(REQUEST, "patients_guard_access_request"),
    ]
