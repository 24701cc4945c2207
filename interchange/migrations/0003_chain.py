"""Rows are chained to one another, so that one that is changed or missing is found (audit migration 0004)."""

from typing import ClassVar

from django.db import migrations, models

from audit.guards import chained


class Migration(migrations.Migration):
    dependencies: ClassVar = [("interchange", "0002_guards"), ("audit", "0004_chain")]

    operations: ClassVar = [
        migrations.AddField("importedrecord", "chain_segment", models.BigIntegerField(editable=False, null=True)),
        migrations.AddField("importedrecord", "chain_seq", models.IntegerField(editable=False, null=True)),
        migrations.AddField("importedrecord", "chain_hash", models.BinaryField(null=True)),
        chained("interchange_importedrecord", time="created_at"),
    ]
