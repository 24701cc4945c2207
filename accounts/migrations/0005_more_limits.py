"""Emergencies and requests for access are limited like sign-ins."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_entries"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="lockout",
            name="lockout_scope_known",
        ),
        migrations.AlterField(
            model_name="attempt",
            name="scope",
            field=models.CharField(
                choices=[
                    ("password", "Password"),
                    ("code", "Second factor"),
                    ("reset", "Password reset"),
                    ("emergency", "Emergency access"),
                    ("access", "Request for access"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="lockout",
            name="scope",
            field=models.CharField(
                choices=[
                    ("password", "Password"),
                    ("code", "Second factor"),
                    ("reset", "Password reset"),
                    ("emergency", "Emergency access"),
                    ("access", "Request for access"),
                ],
                max_length=10,
                verbose_name="what",
            ),
        ),
        migrations.AddConstraint(
            model_name="lockout",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope__in", ["password", "code", "reset", "emergency", "access"])),
                name="lockout_scope_known",
            ),
        ),
    ]
