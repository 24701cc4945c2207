"""What was imported from where is written once: see audit migration 0003."""

from typing import ClassVar

from django.db import migrations

TABLE = "interchange_importedrecord"

GUARD = f"""
CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

UNGUARD = f"""
DROP TRIGGER {TABLE}_append_only ON {TABLE};
DROP TRIGGER {TABLE}_no_truncate ON {TABLE};
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("interchange", "0001_initial"), ("audit", "0003_guards")]

    operations: ClassVar = [migrations.RunSQL(GUARD, UNGUARD)]
