"""Since when a patient has been of their team (of charts from before: since they were opened), and what is due next."""

from typing import ClassVar

from django.conf import settings
from django.db import migrations, models

import patients.models


def set_from_opening(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "UPDATE patients_patient SET team_since = (created_at AT TIME ZONE %s)::date", [settings.TIME_ZONE]
        )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("patients", "0005_diagnosis_group")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="patient",
            name="team_since",
            field=models.DateField(default=patients.models._today, editable=False),
        ),
        migrations.AddField(
            model_name="patient", name="next_due_on", field=models.DateField(null=True, editable=False)
        ),
        migrations.RunPython(set_from_opening, migrations.RunPython.noop),
    ]
