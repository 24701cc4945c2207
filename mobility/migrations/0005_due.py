"""What is due follows from plans, scores and teams, whichever way they are written: triggers keep mobility_duemeasure."""

from typing import ClassVar

from django.db import migrations

DUE = """
CREATE FUNCTION mobility_refresh_due(keys uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- Who records a score and who changes a plan at the same time take turns, and the later one sees both.
    PERFORM 1 FROM patients_patient WHERE id = ANY(keys) ORDER BY id FOR NO KEY UPDATE;
    WITH planned AS (
        SELECT p.id AS patient_id, t.score_type, t.every_days, greatest(p.team_since, t.starts_on) AS began_on,
            false AS is_own
        FROM patients_patient p JOIN mobility_teammeasure t ON t.team_id = p.team_id AND t.every_days IS NOT NULL
        WHERE p.id = ANY(keys) AND NOT EXISTS (
            SELECT FROM mobility_plannedmeasure o
            WHERE o.patient_id = p.id AND o.score_type = t.score_type AND o.rule <> 'team')
        UNION ALL
        SELECT patient_id, score_type, every_days, starts_on, true FROM mobility_plannedmeasure
        WHERE patient_id = ANY(keys) AND rule = 'own'
    ), gone AS (
        DELETE FROM mobility_duemeasure d WHERE d.patient_id = ANY(keys) AND NOT EXISTS (
            SELECT FROM planned p WHERE p.patient_id = d.patient_id AND p.score_type = d.score_type)
    ), due AS (
        SELECT planned.*, s.last_on, coalesce(s.last_on + every_days, began_on) AS due_on
        FROM planned LEFT JOIN LATERAL (
            SELECT max(score_date) AS last_on FROM mobility_mobilityscore m
            WHERE m.patient_id = planned.patient_id AND m.score_type = planned.score_type
                AND m.entered_in_error_at IS NULL) s ON true
    )
    INSERT INTO mobility_duemeasure AS d
        (patient_id, score_type, every_days, began_on, is_own, last_on, due_on)
    SELECT patient_id, score_type, every_days, began_on, is_own, last_on, due_on FROM due
    ON CONFLICT (patient_id, score_type) DO UPDATE SET every_days = excluded.every_days, began_on = excluded.began_on,
        is_own = excluded.is_own, last_on = excluded.last_on, due_on = excluded.due_on
    WHERE (d.every_days, d.began_on, d.is_own, d.last_on, d.due_on) IS DISTINCT FROM
        (excluded.every_days, excluded.began_on, excluded.is_own, excluded.last_on, excluded.due_on);
    UPDATE patients_patient p SET next_due_on = d.first_on FROM (
        SELECT k.id, (SELECT min(due_on) FROM mobility_duemeasure m WHERE m.patient_id = k.id) AS first_on
        FROM unnest(keys) k(id)) d
    WHERE p.id = d.id AND p.next_due_on IS DISTINCT FROM d.first_on;
END $$;

CREATE FUNCTION mobility_due_of_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM mobility_refresh_due(ARRAY(SELECT DISTINCT patient_id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER mobility_due_after_insert AFTER INSERT ON mobility_mobilityscore
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mobility_due_of_rows();
CREATE TRIGGER mobility_due_after_update AFTER UPDATE ON mobility_mobilityscore
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mobility_due_of_rows();
CREATE TRIGGER mobility_due_after_insert AFTER INSERT ON mobility_plannedmeasure
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mobility_due_of_rows();
CREATE TRIGGER mobility_due_after_update AFTER UPDATE ON mobility_plannedmeasure
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mobility_due_of_rows();

CREATE FUNCTION mobility_due_of_teams() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM mobility_refresh_due(ARRAY(
        SELECT id FROM patients_patient WHERE team_id IN (SELECT team_id FROM changed)));
    RETURN NULL;
END $$;
CREATE TRIGGER mobility_due_after_insert AFTER INSERT ON mobility_teammeasure
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mobility_due_of_teams();
CREATE TRIGGER mobility_due_after_update AFTER UPDATE ON mobility_teammeasure
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mobility_due_of_teams();

CREATE FUNCTION mobility_due_of_patients() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM mobility_refresh_due(ARRAY(SELECT id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER mobility_due_after_insert AFTER INSERT ON patients_patient
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mobility_due_of_patients();

CREATE FUNCTION mobility_due_of_patient() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM mobility_refresh_due(ARRAY[NEW.id]);
    RETURN NULL;
END $$;
CREATE TRIGGER mobility_due_after_move AFTER UPDATE OF team_id, team_since ON patients_patient FOR EACH ROW
    WHEN ((NEW.team_id, NEW.team_since) IS DISTINCT FROM (OLD.team_id, OLD.team_since))
    EXECUTE FUNCTION mobility_due_of_patient();

-- A plan's row stays of the patient or team and the measure that it is of, and is not deleted.
CREATE FUNCTION mobility_keep_planned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.patient_id, NEW.score_type) IS DISTINCT FROM (OLD.patient_id, OLD.score_type) THEN
        RAISE EXCEPTION 'a measure of a plan is not moved' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mobility_keep_planned BEFORE UPDATE ON mobility_plannedmeasure
    FOR EACH ROW EXECUTE FUNCTION mobility_keep_planned();
CREATE TRIGGER mobility_no_delete BEFORE DELETE ON mobility_plannedmeasure
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE FUNCTION mobility_keep_team_measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.team_id, NEW.score_type) IS DISTINCT FROM (OLD.team_id, OLD.score_type) THEN
        RAISE EXCEPTION 'a measure of a team is not moved' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mobility_keep_team_measure BEFORE UPDATE ON mobility_teammeasure
    FOR EACH ROW EXECUTE FUNCTION mobility_keep_team_measure();
CREATE TRIGGER mobility_no_delete BEFORE DELETE ON mobility_teammeasure
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""

DUE_REVERSE = """
DROP TRIGGER mobility_no_delete ON mobility_teammeasure;
DROP TRIGGER mobility_keep_team_measure ON mobility_teammeasure;
DROP TRIGGER mobility_no_delete ON mobility_plannedmeasure;
DROP TRIGGER mobility_keep_planned ON mobility_plannedmeasure;
DROP TRIGGER mobility_due_after_move ON patients_patient;
DROP TRIGGER mobility_due_after_insert ON patients_patient;
DROP TRIGGER mobility_due_after_update ON mobility_teammeasure;
DROP TRIGGER mobility_due_after_insert ON mobility_teammeasure;
DROP TRIGGER mobility_due_after_update ON mobility_plannedmeasure;
DROP TRIGGER mobility_due_after_insert ON mobility_plannedmeasure;
DROP TRIGGER mobility_due_after_update ON mobility_mobilityscore;
DROP TRIGGER mobility_due_after_insert ON mobility_mobilityscore;
DROP FUNCTION mobility_keep_team_measure();
DROP FUNCTION mobility_keep_planned();
DROP FUNCTION mobility_due_of_patient();
DROP FUNCTION mobility_due_of_patients();
DROP FUNCTION mobility_due_of_teams();
DROP FUNCTION mobility_due_of_rows();
DROP FUNCTION mobility_refresh_due(uuid[]);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("mobility", "0004_measure_plan"),
        ("patients", "0006_team_since"),
        ("audit", "0003_guards"),
    ]

    operations: ClassVar = [migrations.RunSQL(DUE, DUE_REVERSE)]
