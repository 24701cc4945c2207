"""Databases that ran 0005 before it named pg_temp: without its name PostgreSQL looks for tables there first."""

from django.db import migrations

FUNCTIONS = (
    "mobility_refresh_due(uuid[])",
    "mobility_due_of_rows()",
    "mobility_due_of_teams()",
    "mobility_due_of_patients()",
    "mobility_due_of_patient()",
)


class Migration(migrations.Migration):
    dependencies = [("mobility", "0006_goal_sets")]

    operations = [
        migrations.RunSQL(
            f"ALTER FUNCTION {function} SET search_path = pg_catalog, public, pg_temp", migrations.RunSQL.noop
        )
        for function in FUNCTIONS
    ]
