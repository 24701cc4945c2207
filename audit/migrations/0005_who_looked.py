from typing import ClassVar

from django.db import migrations, models

from accounts.roles import Role
from audit.relationships import Relationship


class Migration(migrations.Migration):
    """Columns that come last and are NULL in earlier rows, whose chains stay as they are."""

    dependencies: ClassVar = [("audit", "0004_chain")]

    operations: ClassVar = [
        migrations.AddField(
            "auditevent",
            "relationship",
            models.CharField(choices=Relationship.choices, max_length=12, null=True, verbose_name="relationship"),
        ),
        migrations.AddField(
            "auditevent",
            "actor_role",
            models.CharField(choices=Role.choices, max_length=20, null=True, verbose_name="role"),
        ),
        migrations.AddIndex(
            "auditevent",
            models.Index(
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="event_to_look_at",
                condition=models.Q(relationship__in=("emergency", "none")),
            ),
        ),
    ]
