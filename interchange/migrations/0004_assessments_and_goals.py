"""Imports make assessments and goals for discharge as well."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("interchange", "0003_chain"),
        ("patients", "0004_access_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="importedrecord",
            name="imported_kind_known",
        ),
        migrations.AlterField(
            model_name="importedrecord",
            name="kind",
            field=models.CharField(
                choices=[
                    ("patient", "Patient"),
                    ("score", "Mobility score"),
                    ("assessment", "Assessment"),
                    ("goals", "Goals for discharge"),
                    ("equipment", "Equipment log entry"),
                    ("item", "Equipment item"),
                ],
                max_length=20,
                verbose_name="made into",
            ),
        ),
        migrations.AddConstraint(
            model_name="importedrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["patient", "score", "assessment", "goals", "equipment", "item"])),
                name="imported_kind_known",
            ),
        ),
    ]
