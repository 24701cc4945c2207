"""A request is extended once and decided once, nothing else of it changes; links and steps never do.

See audit migrations 0003 and 0004. The function compares whole rows, so that a column added later is guarded too.
"""

from typing import ClassVar

from django.db import migrations

from audit.guards import append_only, chained

REQUEST = "amendments_amendmentrequest"

ONCE = f"""
CREATE FUNCTION amendments_guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed {REQUEST};
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'open' THEN
        allowed := OLD;
        IF OLD.extended_to IS NULL THEN
            allowed.extended_to := NEW.extended_to;
        END IF;
        allowed.state := NEW.state;
        allowed.amended := NEW.amended;
        allowed.notify := NEW.notify;
        allowed.ground := NEW.ground;
        allowed.basis := NEW.basis;
        allowed.decided_by_id := NEW.decided_by_id;
        allowed.decided_at := NEW.decided_at;
        IF NEW IS NOT DISTINCT FROM allowed THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER {REQUEST}_append_only BEFORE UPDATE OR DELETE ON {REQUEST}
    FOR EACH ROW EXECUTE FUNCTION amendments_guard_request();
CREATE TRIGGER {REQUEST}_no_truncate BEFORE TRUNCATE ON {REQUEST}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

NOT_ONCE = f"""
DROP TRIGGER {REQUEST}_append_only ON {REQUEST};
DROP TRIGGER {REQUEST}_no_truncate ON {REQUEST};
DROP FUNCTION amendments_guard_request();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("amendments", "0001_initial"), ("audit", "0004_chain")]

    operations: ClassVar = [
        migrations.RunSQL(ONCE, NOT_ONCE),
        append_only("amendments_amendmentlink"),
        append_only("amendments_amendmentstep"),
        chained("amendments_amendmentlink"),
        chained("amendments_amendmentstep", time="created_at"),
    ]
