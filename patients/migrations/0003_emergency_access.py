"""Emergency accesses, requests for access, and rights that end at a moment."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import audit.api


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("patients", "0002_search_without_signs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterUniqueTogether(
            name="patientuserpermission",
            unique_together=set(),
        ),
        migrations.AddField(
            model_name="patientuserpermission",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="AccessRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_for", models.UUIDField(editable=False)),
                ("asked_at", models.DateTimeField(default=audit.api.stamp, editable=False)),
                (
                    "reason_kind",
                    models.CharField(
                        choices=[
                            ("treating", "I am treating this patient"),
                            ("covering", "I am covering for a colleague"),
                            ("supervision", "Supervision or co-signature"),
                            ("other", "Another reason"),
                        ],
                        max_length=20,
                        verbose_name="why",
                    ),
                ),
                ("reason", models.TextField(max_length=1000, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Waiting for a decision"), ("granted", "Granted"), ("declined", "Declined")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_note", models.TextField(blank=True, max_length=1000, verbose_name="note")),
                ("form_token", models.UUIDField(editable=False, unique=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_requests",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for access",
                "verbose_name_plural": "requests for access",
                "indexes": [
                    models.Index(
                        models.F("patient"), condition=models.Q(("state", "open")), name="access_request_open"
                    ),
                    models.Index(models.F("asked_by"), models.F("decided_at"), name="access_request_heard"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="access_request_reason_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason_kind__in", ["treating", "covering", "supervision", "other"])),
                        name="access_request_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("state", "open")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ["granted", "declined"]),
                            ),
                            _connector="OR",
                        ),
                        name="access_request_decided_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="access_request_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason_kind",
                    models.CharField(
                        choices=[
                            ("risk", "Immediate risk to life or safety"),
                            ("unreachable", "Urgent treatment, and nobody on the care team can be reached"),
                            ("transfer", "Urgent transfer or discharge"),
                            ("other", "Another emergency"),
                        ],
                        max_length=20,
                        verbose_name="kind of emergency",
                    ),
                ),
                ("reason", models.TextField(max_length=2000, verbose_name="reason")),
                ("starts_at", models.DateTimeField(default=audit.api.stamp, editable=False, verbose_name="from")),
                ("ends_at", models.DateTimeField(editable=False, verbose_name="until")),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="ended early")),
                ("reviewed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="reviewed")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("justified", "Justified"),
                            ("not_justified", "Not justified"),
                            ("followed_up", "Unclear: followed up outside OT Tracker"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                ("review", models.TextField(blank=True, max_length=2000, verbose_name="review")),
                ("form_token", models.UUIDField(editable=False, null=True, unique=True)),
                (
                    "ended_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="emergencies", to="patients.patient"
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reviewed by",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emergencies",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="opened by",
                    ),
                ),
            ],
            options={
                "verbose_name": "emergency access",
                "verbose_name_plural": "emergency accesses",
                "indexes": [
                    models.Index(
                        models.F("starts_at"), condition=models.Q(("reviewed_at", None)), name="emergency_unreviewed"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="emergency_reason_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason_kind__in", ["risk", "unreachable", "transfer", "other"])),
                        name="emergency_reason_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("starts_at")),
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(days=1))
                                ),
                            ),
                        ),
                        name="emergency_is_short",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="emergency_ended_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("review", ""), ("reviewed_at", None), ("reviewed_by", None)),
                            models.Q(
                                ("outcome__in", ["justified", "not_justified", "followed_up"]),
                                ("reviewed_at__isnull", False),
                                ("reviewed_by__isnull", False),
                                models.Q(("review", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="emergency_review_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", None),
                            models.Q(("reviewed_by", models.F("user")), _negated=True),
                            _connector="OR",
                        ),
                        name="emergency_reviewed_by_another",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="patientuserpermission",
            name="emergency",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patients.emergencyaccess",
            ),
        ),
        migrations.AddIndex(
            model_name="patientuserpermission",
            index=models.Index(
                models.F("emergency"),
                condition=models.Q(("emergency__isnull", False)),
                name="user_permission_emergency",
            ),
        ),
        migrations.AddConstraint(
            model_name="patientuserpermission",
            constraint=models.UniqueConstraint(
                fields=("user", "permission", "content_object", "emergency"),
                name="user_permission_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="patientuserpermission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("emergency", None), ("ends_at", None)),
                    models.Q(("emergency__isnull", False), ("ends_at__isnull", False)),
                    _connector="OR",
                ),
                name="user_permission_emergency_ends",
            ),
        ),
    ]
