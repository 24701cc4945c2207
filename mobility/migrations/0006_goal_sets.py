"""Goals for discharge, apart from scores: only that they were entered in error is added to them, once."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import audit.api

KEEP = """
CREATE FUNCTION mobility_keep_goals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed mobility_goalset := OLD;
BEGIN
    IF OLD.entered_in_error_at IS NULL THEN
        allowed.entered_in_error_at := NEW.entered_in_error_at;
        allowed.entered_in_error_by_id := NEW.entered_in_error_by_id;
        allowed.entered_in_error_reason := NEW.entered_in_error_reason;
    END IF;
    IF NEW IS DISTINCT FROM allowed THEN
        RAISE EXCEPTION 'recorded goals are not changed'
            USING ERRCODE = 'restrict_violation', HINT = 'Mark them as entered in error and record the correct ones.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mobility_keep_goals BEFORE UPDATE ON mobility_goalset
    FOR EACH ROW EXECUTE FUNCTION mobility_keep_goals();
CREATE TRIGGER mobility_no_delete BEFORE DELETE ON mobility_goalset
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""

KEEP_REVERSE = """
DROP TRIGGER mobility_no_delete ON mobility_goalset;
DROP TRIGGER mobility_keep_goals ON mobility_goalset;
DROP FUNCTION mobility_keep_goals();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("mobility", "0005_due"),
        ("patients", "0004_access_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GoalSetFieldHistory",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                (
                    "score_type",
                    models.CharField(
                        help_text="Id of an instrument of the catalogue", max_length=60, verbose_name="measure"
                    ),
                ),
                (
                    "instrument_version",
                    models.CharField(editable=False, max_length=60, verbose_name="version of the measure"),
                ),
                ("set_on", models.DateField(verbose_name="set on")),
                ("answers", models.JSONField(verbose_name="levels to be reached")),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
                (
                    "created_at",
                    models.DateTimeField(default=audit.api.stamp, editable=False, verbose_name="recorded at"),
                ),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("history_change_reason", models.TextField(null=True)),
                ("history_id", models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="mobility.instrumentedition",
                        verbose_name="wording",
                    ),
                ),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical goals for discharge",
                "verbose_name_plural": "historical goals for discharge",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="GoalSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "score_type",
                    models.CharField(
                        help_text="Id of an instrument of the catalogue", max_length=60, verbose_name="measure"
                    ),
                ),
                (
                    "instrument_version",
                    models.CharField(editable=False, max_length=60, verbose_name="version of the measure"),
                ),
                ("set_on", models.DateField(verbose_name="set on")),
                ("answers", models.JSONField(verbose_name="levels to be reached")),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
                (
                    "created_at",
                    models.DateTimeField(default=audit.api.stamp, editable=False, verbose_name="recorded at"),
                ),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                (
                    "edition",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mobility.instrumentedition",
                        verbose_name="wording",
                    ),
                ),
                (
                    "entered_in_error_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goal_sets",
                        to="patients.patient",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "goals for discharge",
                "verbose_name_plural": "goals for discharge",
                "indexes": [
                    models.Index(
                        models.F("patient"),
                        models.OrderBy(models.F("set_on"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="goal_set_by_patient",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("score_type", ""), _negated=True), models.Q(("answers", {}), _negated=True)
                        ),
                        name="goal_set_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entered_in_error_at", None),
                                ("entered_in_error_by", None),
                                ("entered_in_error_reason", ""),
                            ),
                            models.Q(
                                ("entered_in_error_at__isnull", False),
                                ("entered_in_error_by__isnull", False),
                                models.Q(("entered_in_error_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="goal_set_error_has_who_and_why",
                        violation_error_message="Enter the reason",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, KEEP_REVERSE),
    ]
