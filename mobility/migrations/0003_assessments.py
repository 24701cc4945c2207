"""Assessments with their answers, the wording that they were scored with, and what makes a score of one series.

An assessment changes only while it is incomplete, and then neither whose it is nor who began it; afterwards nothing
changes but that it was entered in error, once. A completed one is not committed without a score. The functions compare
whole rows, so that a column added later is guarded too.
"""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import audit.api
from audit.guards import append_only

ASSESSMENT = "mobility_assessment"

KEEP = f"""
CREATE OR REPLACE FUNCTION mobility_keep_score() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed mobility_mobilityscore := OLD;
BEGIN
    IF OLD.entered_in_error_at IS NULL THEN
        allowed.entered_in_error_at := NEW.entered_in_error_at;
        allowed.entered_in_error_by_id := NEW.entered_in_error_by_id;
        allowed.entered_in_error_reason := NEW.entered_in_error_reason;
    END IF;
    IF NEW IS DISTINCT FROM allowed THEN
        RAISE EXCEPTION 'a recorded score is not changed'
            USING ERRCODE = 'restrict_violation', HINT = 'Mark it as entered in error and record the correct one.';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION mobility_keep_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed {ASSESSMENT} := OLD;
BEGIN
    IF OLD.entered_in_error_at IS NULL THEN
        IF OLD.completed_at IS NULL THEN
            allowed := NEW;
            allowed.id := OLD.id;
            allowed.patient_id := OLD.patient_id;
            allowed.score_type := OLD.score_type;
            allowed.recorded_by_id := OLD.recorded_by_id;
            allowed.created_at := OLD.created_at;
            allowed.corrects_id := OLD.corrects_id;
            allowed.form_token := OLD.form_token;
        ELSE
            allowed.entered_in_error_at := NEW.entered_in_error_at;
            allowed.entered_in_error_by_id := NEW.entered_in_error_by_id;
            allowed.entered_in_error_reason := NEW.entered_in_error_reason;
        END IF;
    END IF;
    IF NEW IS DISTINCT FROM allowed THEN
        RAISE EXCEPTION 'a completed assessment is not changed'
            USING ERRCODE = 'restrict_violation', HINT = 'Mark it as entered in error and record the correct one.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mobility_keep_assessment BEFORE UPDATE ON {ASSESSMENT}
    FOR EACH ROW EXECUTE FUNCTION mobility_keep_assessment();
CREATE TRIGGER mobility_no_delete BEFORE DELETE ON {ASSESSMENT}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();

CREATE FUNCTION mobility_require_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM mobility_mobilityscore WHERE assessment_id = NEW.id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an assessment was completed without a score'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'assessment_score_required',
                HINT = 'Complete it through mobility.services.save_assessment.';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER assessment_score_required AFTER INSERT OR UPDATE ON {ASSESSMENT}
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.completed_at IS NOT NULL) EXECUTE FUNCTION mobility_require_score();
"""

KEEP_REVERSE = f"""
DROP TRIGGER assessment_score_required ON {ASSESSMENT};
DROP FUNCTION mobility_require_score();
DROP TRIGGER mobility_no_delete ON {ASSESSMENT};
DROP TRIGGER mobility_keep_assessment ON {ASSESSMENT};
DROP FUNCTION mobility_keep_assessment();
CREATE OR REPLACE FUNCTION mobility_keep_score() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.entered_in_error_at IS NOT NULL
        OR (NEW.id, NEW.patient_id, NEW.score_date, NEW.score_type, NEW.score_value, NEW.instrument_version, NEW.notes,
            NEW.recorded_by_id, NEW.occurred_at, NEW.has_time, NEW.created_at, NEW.corrects_id, NEW.form_token)
        IS DISTINCT FROM
           (OLD.id, OLD.patient_id, OLD.score_date, OLD.score_type, OLD.score_value, OLD.instrument_version, OLD.notes,
            OLD.recorded_by_id, OLD.occurred_at, OLD.has_time, OLD.created_at, OLD.corrects_id, OLD.form_token)
    THEN
        RAISE EXCEPTION 'a recorded score is not changed'
            USING ERRCODE = 'restrict_violation', HINT = 'Mark it as entered in error and record the correct one.';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_guards"),
        ("mobility", "0002_guards"),
        ("patients", "0004_access_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InstrumentEdition",
            fields=[
                ("digest", models.CharField(max_length=32, primary_key=True, serialize=False, verbose_name="digest")),
                ("instrument_id", models.CharField(max_length=60, verbose_name="measure")),
                ("version", models.CharField(max_length=60, verbose_name="version of the measure")),
                ("language", models.CharField(max_length=20, verbose_name="language")),
                ("facts", models.JSONField(verbose_name="wording")),
            ],
            options={
                "verbose_name": "edition of a measure",
                "verbose_name_plural": "editions of measures",
            },
        ),
        migrations.AddField(
            model_name="mobilityscore",
            name="context",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="context"),
        ),
        migrations.AddField(
            model_name="mobilityscore",
            name="entry",
            field=models.CharField(
                choices=[
                    ("value", "Total or measured value"),
                    ("items", "Scored item by item"),
                    ("imported", "Imported"),
                ],
                default="value",
                editable=False,
                max_length=10,
                verbose_name="way of entry",
            ),
        ),
        migrations.AddField(
            model_name="mobilityscore",
            name="is_recoded",
            field=models.BooleanField(
                default=False, editable=False, verbose_name="counts activities that were not attempted"
            ),
        ),
        migrations.AddField(
            model_name="mobilityscore",
            name="scale",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="Empty for the default scale of the measure",
                max_length=60,
                verbose_name="scale",
            ),
        ),
        migrations.AddField(
            model_name="mobilityscore",
            name="series",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="Empty for the default scale of a measure that needs no context",
                max_length=200,
                verbose_name="series",
            ),
        ),
        migrations.AddField(
            model_name="mobilityscorefieldhistory",
            name="context",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="context"),
        ),
        migrations.AddField(
            model_name="mobilityscorefieldhistory",
            name="entry",
            field=models.CharField(
                choices=[
                    ("value", "Total or measured value"),
                    ("items", "Scored item by item"),
                    ("imported", "Imported"),
                ],
                default="value",
                editable=False,
                max_length=10,
                verbose_name="way of entry",
            ),
        ),
        migrations.AddField(
            model_name="mobilityscorefieldhistory",
            name="is_recoded",
            field=models.BooleanField(
                default=False, editable=False, verbose_name="counts activities that were not attempted"
            ),
        ),
        migrations.AddField(
            model_name="mobilityscorefieldhistory",
            name="scale",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="Empty for the default scale of the measure",
                max_length=60,
                verbose_name="scale",
            ),
        ),
        migrations.AddField(
            model_name="mobilityscorefieldhistory",
            name="series",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="Empty for the default scale of a measure that needs no context",
                max_length=200,
                verbose_name="series",
            ),
        ),
        migrations.CreateModel(
            name="Assessment",
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
                ("score_date", models.DateField(verbose_name="date")),
                ("occurred_at", models.DateTimeField(editable=False, verbose_name="when")),
                ("has_time", models.BooleanField(default=False, editable=False, verbose_name="time is known")),
                ("context", models.JSONField(blank=True, default=dict, verbose_name="context")),
                ("answers", models.JSONField(blank=True, default=dict, verbose_name="answers")),
                ("inputs", models.JSONField(blank=True, default=dict, verbose_name="measured")),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
                ("created_at", models.DateTimeField(default=audit.api.stamp, editable=False, verbose_name="begun at")),
                ("saved_at", models.DateTimeField(default=audit.api.stamp, editable=False, verbose_name="saved at")),
                (
                    "completed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="completed at"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("entered_in_error_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("entered_in_error_reason", models.TextField(blank=True, max_length=1000, verbose_name="reason")),
                ("form_token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                (
                    "completed_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="completed by",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        help_text="The score entered in error that its score will stand for",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="mobility.mobilityscore",
                        verbose_name="corrects",
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
                        related_name="assessments",
                        to="patients.patient",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="begun by",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saved by",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "assessment",
                "verbose_name_plural": "assessments",
            },
        ),
        migrations.AddField(
            model_name="mobilityscore",
            name="assessment",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="scores",
                to="mobility.assessment",
                verbose_name="assessment",
            ),
        ),
        migrations.AddField(
            model_name="mobilityscorefieldhistory",
            name="assessment",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="mobility.assessment",
                verbose_name="assessment",
            ),
        ),
        migrations.CreateModel(
            name="AssessmentFieldHistory",
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
                ("score_date", models.DateField(verbose_name="date")),
                ("occurred_at", models.DateTimeField(editable=False, verbose_name="when")),
                ("has_time", models.BooleanField(default=False, editable=False, verbose_name="time is known")),
                ("context", models.JSONField(blank=True, default=dict, verbose_name="context")),
                ("answers", models.JSONField(blank=True, default=dict, verbose_name="answers")),
                ("inputs", models.JSONField(blank=True, default=dict, verbose_name="measured")),
                ("notes", models.TextField(blank=True, max_length=4000, verbose_name="notes")),
                ("created_at", models.DateTimeField(default=audit.api.stamp, editable=False, verbose_name="begun at")),
                ("saved_at", models.DateTimeField(default=audit.api.stamp, editable=False, verbose_name="saved at")),
                (
                    "completed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="completed at"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                    "completed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="completed by",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="The score entered in error that its score will stand for",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="mobility.mobilityscore",
                        verbose_name="corrects",
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
                        verbose_name="begun by",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saved by",
                    ),
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
            ],
            options={
                "verbose_name": "historical assessment",
                "verbose_name_plural": "historical assessments",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="mobilityscore",
            name="edition",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="mobility.instrumentedition",
                verbose_name="wording",
            ),
        ),
        migrations.AddField(
            model_name="mobilityscorefieldhistory",
            name="edition",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="mobility.instrumentedition",
                verbose_name="wording",
            ),
        ),
        migrations.AddConstraint(
            model_name="mobilityscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("entry__in", ["value", "items", "imported"])), name="score_entry_known"
            ),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(
                models.F("patient"),
                models.OrderBy(models.F("occurred_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="assessment_by_patient",
            ),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(
                models.F("patient"),
                condition=models.Q(("completed_at", None), ("entered_in_error_at", None)),
                name="assessment_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("score_type", ""), _negated=True), models.Q(("instrument_version", ""), _negated=True)
                ),
                name="assessment_type_given",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("completed_at", None), ("completed_by", None)),
                    models.Q(("completed_at__isnull", False), ("completed_by__isnull", False)),
                    _connector="OR",
                ),
                name="assessment_completed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("entered_in_error_at", None), ("entered_in_error_by", None), ("entered_in_error_reason", "")
                    ),
                    models.Q(
                        ("entered_in_error_at__isnull", False),
                        ("entered_in_error_by__isnull", False),
                        models.Q(("entered_in_error_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="assessment_error_has_who_and_why",
                violation_error_message="Enter the reason",
            ),
        ),
        append_only("mobility_instrumentedition"),
        migrations.RunSQL(KEEP, KEEP_REVERSE),
    ]
