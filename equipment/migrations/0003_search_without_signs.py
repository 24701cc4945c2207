"""Serial numbers are found with or without their hyphens, points and spaces, as identifiers of patients are."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("equipment", "0002_guards"), ("patients", "0002_search_without_signs")]

    operations = [
        migrations.RemoveIndex("equipmentitem", "equipment_by_name"),
        migrations.RemoveIndex("equipmentitem", "equipment_by_status"),
        migrations.RemoveIndex("equipmentitem", "equipment_search"),
        migrations.RemoveField("equipmentitem", "search_text"),
        migrations.AddField(
            "equipmentitem",
            "search_text",
            models.GeneratedField(
                db_persist=True,
                editable=False,
                expression=models.Func(
                    django.db.models.functions.text.Concat(
                        "equipment_name",
                        models.Value(" "),
                        "serial_number",
                        models.Value(" "),
                        models.Func(models.F("serial_number"), function="ot_bare", output_field=models.TextField()),
                        output_field=models.TextField(),
                    ),
                    function="ot_fold",
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex("equipmentitem", models.Index(fields=["search_text", "id"], name="equipment_by_name")),
        migrations.AddIndex(
            "equipmentitem", models.Index(fields=["status", "search_text", "id"], name="equipment_by_status")
        ),
        migrations.AddIndex(
            "equipmentitem",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("search_text", "gin_trgm_ops"), name="equipment_search"
            ),
        ),
        # A new column has no statistics, and searches would be planned without any until the next autovacuum.
        migrations.RunSQL("ANALYZE equipment_equipmentitem", migrations.RunSQL.noop),
    ]
