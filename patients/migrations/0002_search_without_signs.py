"""Identifiers are found with or without their hyphens, points and spaces: the search text ends with them bare."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

BARE = r"""
CREATE FUNCTION ot_bare(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT regexp_replace(value, '[[:punct:][:space:]]+', '', 'g') $$;
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]

    operations = [
        migrations.RunSQL(BARE, "DROP FUNCTION ot_bare(text);"),
        # The expression of a generated column cannot be changed: another column takes its place, with its indexes.
        migrations.RemoveIndex("patient", "patient_by_name"),
        migrations.RemoveIndex("patient", "patient_search"),
        migrations.RemoveField("patient", "search_text"),
        migrations.AddField(
            "patient",
            "search_text",
            models.GeneratedField(
                db_persist=True,
                editable=False,
                expression=models.Func(
                    django.db.models.functions.text.Concat(
                        "display_name",
                        models.Value(" "),
                        "preferred_name",
                        models.Value(" "),
                        "patient_id",
                        models.Value(" "),
                        models.Func(models.F("patient_id"), function="ot_bare", output_field=models.TextField()),
                        output_field=models.TextField(),
                    ),
                    function="ot_fold",
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex("patient", models.Index(fields=["search_text", "id"], name="patient_by_name")),
        migrations.AddIndex(
            "patient",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("search_text", "gin_trgm_ops"), name="patient_search"
            ),
        ),
        # A new column has no statistics, and searches would be planned without any until the next autovacuum.
        migrations.RunSQL("ANALYZE patients_patient", migrations.RunSQL.noop),
    ]
