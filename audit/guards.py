"""Operations for migrations: the triggers of an append-only table."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

APPEND_ONLY_REVERSE = """
DROP TRIGGER {table}_no_truncate ON {table};
DROP TRIGGER {table}_append_only ON {table};
"""

# Rows that are there already are chained by the same function, as if they came in now. Triggers fire in the order of
# their names: zz_ sees the row as the others leave it.
CHAINED = """
ALTER TABLE {table} DISABLE TRIGGER USER;
CREATE TRIGGER zz_chain BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_link({arguments});
UPDATE {table} SET id = id;
DROP TRIGGER zz_chain ON {table};
CREATE TRIGGER zz_chain BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION audit_link({arguments});
ALTER TABLE {table} ENABLE TRIGGER USER;
"""


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE of the table to everybody. Needs ("audit", "0003_guards")."""
    return migrations.RunSQL(APPEND_ONLY.format(table=table), APPEND_ONLY_REVERSE.format(table=table))


def chained(table: str, *, time: str = "") -> migrations.RunSQL:
    """Chain the rows of an AppendOnlyModel's table. Needs ("audit", "0004_chain").

    With time="created_at" the site cannot say when a row was recorded: the database does.
    """
    arguments = f"'{table}', '{table}_id_seq', '{time}'"
    return migrations.RunSQL(CHAINED.format(table=table, arguments=arguments), f"DROP TRIGGER zz_chain ON {table};")
