"""What Python cannot promise: append-only tables, and no change of mobility status without its StatusHistory row.

Plain SQL, because django-pgtrigger can be told to ignore a trigger and cannot guard TRUNCATE.
"""

from typing import ClassVar

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Correct a mistake with a new row.';
END $$;
"""

GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

UNGUARD = """
DROP TRIGGER {table}_append_only ON {table};
DROP TRIGGER {table}_no_truncate ON {table};
"""

# Each change of mobility_status gets the next revision number, whoever makes it. A StatusHistory row takes the
# patient's current revision and can therefore account for one change only. At commit every change must have its row:
# a status that went away and back in one transaction needs a row for each step.
MOBILITY_STATUS = """
CREATE FUNCTION patients_number_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.mobility_status_revision := 1;
    ELSIF NEW.mobility_status IS DISTINCT FROM OLD.mobility_status THEN
        NEW.mobility_status_revision := OLD.mobility_status_revision + 1;
    ELSE
        NEW.mobility_status_revision := OLD.mobility_status_revision;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER patients_number_status BEFORE INSERT OR UPDATE ON patients_patient
    FOR EACH ROW EXECUTE FUNCTION patients_number_status();

CREATE FUNCTION audit_number_status_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := NULL;
    IF NEW.status_type = 'mobility_status' THEN
        SELECT mobility_status_revision INTO NEW.revision FROM patients_patient WHERE id = NEW.patient_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_number_status_history BEFORE INSERT ON audit_statushistory
    FOR EACH ROW EXECUTE FUNCTION audit_number_status_history();

CREATE FUNCTION audit_require_status_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD.mobility_status;
    END IF;
    PERFORM 1 FROM audit_statushistory
        WHERE patient_id = NEW.id AND status_type = 'mobility_status' AND revision = NEW.mobility_status_revision
            AND from_value = before AND to_value = NEW.mobility_status;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'mobility_status of a patient changed without its StatusHistory row'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'status_history_required',
                HINT = 'Change it through patients.services.change_mobility_status.';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER status_history_required_insert AFTER INSERT ON patients_patient
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit_require_status_history();
CREATE CONSTRAINT TRIGGER status_history_required_update AFTER UPDATE ON patients_patient
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.mobility_status IS DISTINCT FROM NEW.mobility_status)
    EXECUTE FUNCTION audit_require_status_history();
"""

MOBILITY_STATUS_REVERSE = """
DROP TRIGGER status_history_required_update ON patients_patient;
DROP TRIGGER status_history_required_insert ON patients_patient;
DROP FUNCTION audit_require_status_history();
DROP TRIGGER audit_number_status_history ON audit_statushistory;
DROP FUNCTION audit_number_status_history();
DROP TRIGGER patients_number_status ON patients_patient;
DROP FUNCTION patients_number_status();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0002_initial"), ("patients", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION audit_refuse_change();"),
        *(
            migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table))
            for table in ("audit_statushistory", "audit_auditevent")
        ),
        migrations.RunSQL(MOBILITY_STATUS, MOBILITY_STATUS_REVERSE),
    ]
