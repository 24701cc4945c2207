"""A score is never edited or deleted: what it says stays, and only marking it as entered in error changes the row."""

from typing import ClassVar

from django.db import migrations

FIXED = """
CREATE FUNCTION mobility_keep_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.entered_in_error_at IS NOT NULL
        OR (NEW.id, NEW.patient_id, NEW.score_date, NEW.score_type, NEW.score_value, NEW.instrument_version, NEW.notes,
            NEW.recorded_by_id, NEW.occurred_at, NEW.has_time, NEW.created_at, NEW.corrects_id, NEW.form_token)
        IS DISTINCT FROM
           (OLD.id, OLD.patient_id, OLD.score_date, OLD.score_type, OLD.score_value, OLD.instrument_version, OLD.notes,
            OLD.recorded_by_id, OLD.occurred_at, OLD.has_time, OLD.created_at, OLD.corrects_id, OLD.form_token)
    THEN
        RAISE EXCEPTION 'a recorded score is not changed'
            USING ERRCODE = 'restrict_violation', HINT = 'Mark it as entered in error and record the correct one.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mobility_keep_score BEFORE UPDATE ON mobility_mobilityscore
    FOR EACH ROW EXECUTE FUNCTION mobility_keep_score();
CREATE TRIGGER mobility_no_delete BEFORE DELETE ON mobility_mobilityscore
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""

FIXED_REVERSE = """
DROP TRIGGER mobility_no_delete ON mobility_mobilityscore;
DROP TRIGGER mobility_keep_score ON mobility_mobilityscore;
DROP FUNCTION mobility_keep_score();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("mobility", "0001_initial"), ("audit", "0003_guards")]

    operations: ClassVar = [migrations.RunSQL(FIXED, FIXED_REVERSE)]
