"""What constraints cannot say: an item's status follows its open row, and what was recorded is not rewritten."""

from typing import ClassVar

from django.db import migrations

# The status of an item is that of its open row, in stock without one, whatever is written into the column. The log's
# trigger touches the item, and the item's own trigger works the status out again under the item's row lock.
STATUS = """
CREATE FUNCTION equipment_derive_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.status := COALESCE(
        (SELECT status FROM equipment_equipmentlog
         WHERE item_id = NEW.id AND ended_at IS NULL AND voided_at IS NULL),
        'in_stock');
    RETURN NEW;
END $$;
CREATE TRIGGER equipment_derive_status BEFORE INSERT OR UPDATE ON equipment_equipmentitem
    FOR EACH ROW EXECUTE FUNCTION equipment_derive_status();

CREATE FUNCTION equipment_touch_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE equipment_equipmentitem SET status = status WHERE id = NEW.item_id;
    RETURN NULL;
END $$;
CREATE TRIGGER equipment_item_follows_new AFTER INSERT ON equipment_equipmentlog
    FOR EACH ROW WHEN (NEW.ended_at IS NULL AND NEW.voided_at IS NULL) EXECUTE FUNCTION equipment_touch_item();
CREATE TRIGGER equipment_item_follows_changed AFTER UPDATE ON equipment_equipmentlog
    FOR EACH ROW WHEN (
        (OLD.status, OLD.ended_at, OLD.voided_at) IS DISTINCT FROM (NEW.status, NEW.ended_at, NEW.voided_at))
    EXECUTE FUNCTION equipment_touch_item();
"""

STATUS_REVERSE = """
DROP TRIGGER equipment_item_follows_changed ON equipment_equipmentlog;
DROP TRIGGER equipment_item_follows_new ON equipment_equipmentlog;
DROP FUNCTION equipment_touch_item();
DROP TRIGGER equipment_derive_status ON equipment_equipmentitem;
DROP FUNCTION equipment_derive_status();
"""

# Which item was where, with whom and since when is written once; so is how it ended, and that it was an error.
# A wrong entry is marked as one and entered anew.
ONCE = """
CREATE FUNCTION equipment_write_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION '% keeps its rows: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation', HINT = 'Mark a wrong entry as entered in error.';
    END IF;
    IF OLD.voided_at IS NOT NULL
        OR (OLD.item_id, OLD.patient_id, OLD.equipment_name, OLD.serial_number, OLD.checked_out_at,
            OLD.logged_by_id, OLD.created_at)
           IS DISTINCT FROM
           (NEW.item_id, NEW.patient_id, NEW.equipment_name, NEW.serial_number, NEW.checked_out_at,
            NEW.logged_by_id, NEW.created_at)
        OR (OLD.ended_at IS NOT NULL
            AND (OLD.status, OLD.ended_at, OLD.returned_at, OLD.returned_by_id, OLD.condition, OLD.return_notes)
                IS DISTINCT FROM
                (NEW.status, NEW.ended_at, NEW.returned_at, NEW.returned_by_id, NEW.condition, NEW.return_notes))
    THEN
        RAISE EXCEPTION 'an entry of the equipment log is not rewritten'
            USING ERRCODE = 'restrict_violation', HINT = 'Mark it as entered in error and enter it anew.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER equipment_write_once BEFORE UPDATE OR DELETE ON equipment_equipmentlog
    FOR EACH ROW EXECUTE FUNCTION equipment_write_once();
CREATE TRIGGER equipment_log_stays BEFORE TRUNCATE ON equipment_equipmentlog
    FOR EACH STATEMENT EXECUTE FUNCTION equipment_write_once();
CREATE TRIGGER equipment_item_stays BEFORE DELETE ON equipment_equipmentitem
    FOR EACH ROW EXECUTE FUNCTION equipment_write_once();
CREATE TRIGGER equipment_items_stay BEFORE TRUNCATE ON equipment_equipmentitem
    FOR EACH STATEMENT EXECUTE FUNCTION equipment_write_once();
"""

ONCE_REVERSE = """
DROP TRIGGER equipment_items_stay ON equipment_equipmentitem;
DROP TRIGGER equipment_item_stays ON equipment_equipmentitem;
DROP TRIGGER equipment_log_stays ON equipment_equipmentlog;
DROP TRIGGER equipment_write_once ON equipment_equipmentlog;
DROP FUNCTION equipment_write_once();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("equipment", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(STATUS, STATUS_REVERSE),
        migrations.RunSQL(ONCE, ONCE_REVERSE),
    ]
