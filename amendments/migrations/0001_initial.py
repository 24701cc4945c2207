"""Requests to amend the record, what they are about, and their steps."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import audit.api


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("patients", "0004_access_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AmendmentRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_on", models.DateField(verbose_name="received on")),
                (
                    "asked_by",
                    models.CharField(
                        choices=[("patient", "The patient"), ("representative", "A personal representative")],
                        max_length=20,
                        verbose_name="who asks",
                    ),
                ),
                (
                    "asked_by_name",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="name and capacity of the representative"
                    ),
                ),
                ("wanted", models.TextField(max_length=4000, verbose_name="what is asked for")),
                ("reason", models.TextField(blank=True, max_length=4000, verbose_name="reason given")),
                ("due_on", models.DateField(editable=False, verbose_name="due on")),
                ("extended_to", models.DateField(blank=True, editable=False, null=True, verbose_name="extended to")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("accepted", "Accepted"),
                            ("partly", "Accepted in part"),
                            ("denied", "Denied"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("amended", models.TextField(blank=True, max_length=4000, verbose_name="what was amended, and where")),
                ("notify", models.TextField(blank=True, max_length=2000, verbose_name="who is to be told")),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_created", "Not created by this clinic"),
                            ("not_record", "Not part of the designated record set"),
                            ("not_available", "Would not be available for the patient to inspect"),
                            ("accurate", "Accurate and complete as it is"),
                        ],
                        max_length=20,
                        verbose_name="ground of the denial",
                    ),
                ),
                ("basis", models.TextField(blank=True, max_length=4000, verbose_name="basis in plain language")),
                ("decided_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="decided")),
                (
                    "recorded_at",
                    models.DateTimeField(default=audit.api.stamp, editable=False, verbose_name="recorded at"),
                ),
                ("form_token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                (
                    "decided_by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amendment_requests",
                        to="patients.patient",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "request to amend",
                "verbose_name_plural": "requests to amend",
            },
        ),
        migrations.CreateModel(
            name="AmendmentLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain_segment", models.BigIntegerField(editable=False, null=True)),
                ("chain_seq", models.IntegerField(editable=False, null=True)),
                ("chain_hash", models.BinaryField(null=True)),
                (
                    "role",
                    models.CharField(
                        choices=[("about", "Asked about"), ("amends", "Makes the amendment")],
                        max_length=10,
                        verbose_name="part",
                    ),
                ),
                (
                    "kind",
                    models.CharField(help_text="As the timeline names it", max_length=30, verbose_name="kind of entry"),
                ),
                (
                    "entry",
                    models.BigIntegerField(
                        help_text="0 for particulars and what is missing", verbose_name="key of the entry"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="amendments.amendmentrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of a request to amend",
                "verbose_name_plural": "entries of requests to amend",
            },
        ),
        migrations.CreateModel(
            name="AmendmentStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain_segment", models.BigIntegerField(editable=False, null=True)),
                ("chain_seq", models.IntegerField(editable=False, null=True)),
                ("chain_hash", models.BinaryField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("received", "Request received"),
                            ("extended", "Time extended"),
                            ("decided", "Decided"),
                            ("informed", "The person who asked was informed in writing"),
                            ("told", "Others were told of the amendment"),
                            ("disagreement", "Statement of disagreement"),
                            ("rebuttal", "Rebuttal by the clinic"),
                        ],
                        max_length=20,
                        verbose_name="step",
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="date")),
                ("whom", models.CharField(blank=True, max_length=200, verbose_name="to whom")),
                ("text", models.TextField(blank=True, max_length=8000, verbose_name="text")),
                (
                    "created_at",
                    models.DateTimeField(default=audit.api.stamp, editable=False, verbose_name="recorded at"),
                ),
                ("form_token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="amendments.amendmentrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a request to amend",
                "verbose_name_plural": "steps of requests to amend",
            },
        ),
        migrations.AddIndex(
            model_name="amendmentrequest",
            index=models.Index(models.F("patient"), condition=models.Q(("state", "open")), name="amendment_open"),
        ),
        migrations.AddConstraint(
            model_name="amendmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("wanted", ""), _negated=True), name="amendment_wanted_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="amendmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked_by__in", ["patient", "representative"])), name="amendment_asker_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="amendmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asked_by", "patient"), models.Q(("asked_by_name", ""), _negated=True), _connector="OR"
                ),
                name="amendment_representative_named",
                violation_error_message="Enter who the representative is",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "due_on",
                        django.db.models.expressions.CombinedExpression(
                            models.F("received_on"), "+", models.Value(datetime.timedelta(days=60))
                        ),
                    )
                ),
                name="amendment_due_in_60_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("extended_to", None),
                    models.Q(
                        ("extended_to__gt", models.F("due_on")),
                        (
                            "extended_to__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("due_on"), "+", models.Value(datetime.timedelta(days=30))
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="amendment_extension_is_short",
                violation_error_message="An extension is by 30 days at most",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amended", ""),
                        ("basis", ""),
                        ("decided_at", None),
                        ("decided_by", None),
                        ("ground", ""),
                        ("notify", ""),
                        ("state", "open"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        models.Q(
                            models.Q(
                                ("basis", ""),
                                ("ground", ""),
                                ("state", "accepted"),
                                models.Q(("amended", ""), _negated=True),
                            ),
                            models.Q(
                                ("ground__in", ["not_created", "not_record", "not_available", "accurate"]),
                                ("state", "partly"),
                                models.Q(("amended", ""), _negated=True),
                                models.Q(("basis", ""), _negated=True),
                            ),
                            models.Q(
                                ("amended", ""),
                                ("ground__in", ["not_created", "not_record", "not_available", "accurate"]),
                                ("notify", ""),
                                ("state", "denied"),
                                models.Q(("basis", ""), _negated=True),
                            ),
                            models.Q(
                                ("amended", ""),
                                ("ground", ""),
                                ("notify", ""),
                                ("state", "withdrawn"),
                                models.Q(("basis", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="amendment_decided_whole",
                violation_error_message="The decision is not complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendmentlink",
            constraint=models.UniqueConstraint(fields=("request", "role", "kind", "entry"), name="amendment_link_once"),
        ),
        migrations.AddConstraint(
            model_name="amendmentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["about", "amends"])), name="amendment_link_role_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="amendmentstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["received", "extended", "decided", "informed", "told", "disagreement", "rebuttal"])
                ),
                name="amendment_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendmentstep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ("received", "extended", "decided", "disagreement", "rebuttal"))),
                fields=("request", "kind"),
                name="amendment_step_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendmentstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True), ("kind__in", ["received", "decided"]), _connector="OR"
                ),
                name="amendment_step_has_text",
            ),
        ),
    ]
