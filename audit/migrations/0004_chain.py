"""The chain of append-only rows, and audit events partitioned by month.

Every row of an append-only table gets a segment, a place in it and a hash over all of its columns and the row before;
audit_chainsegment says how far each segment has come. Only this function, which runs as the owner, can write there.
docs/audit.md has the whole of it.
"""

from typing import ClassVar

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

import audit.events
from audit.guards import append_only, chained

# Where a transaction has written before, its own segment is found by the hint, which is no more than that: a segment
# that another transaction holds is passed over, whatever the hint says. Looking through the index again for each row
# would meet every version of every segment that a long transaction has left behind.
LINK = """
CREATE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET extra_float_digits = 1 AS $$
DECLARE
    full_length CONSTANT integer := 1000;
    segment bigint;
    length integer;
    before bytea;
    place tid;
    part text := '';
    hint text;
    is_site CONSTANT boolean := NOT pg_has_role(session_user, current_user, 'MEMBER');
BEGIN
    IF is_site OR NEW.id IS NULL THEN
        NEW.id := nextval(TG_ARGV[1]::regclass);
    END IF;
    IF is_site AND TG_ARGV[2] <> '' THEN
        -- The column's default, to the microsecond, so that at the turn of a month the row is in its partition already.
        -- A row that was sent with another month's time is refused by PostgreSQL.
        NEW.created_at := statement_timestamp();
    END IF;
    IF TG_ARGV[2] = 'monthly' THEN
        part := to_char(NEW.created_at, 'YYYY_MM');
    END IF;

    hint := 'audit.' || TG_ARGV[0] || part;
    SELECT s.id, s.count, s.head, s.ctid INTO segment, length, before, place
        FROM audit_chainsegment s
        WHERE s.id = nullif(current_setting(hint, true), '')::bigint
            AND s.chain = TG_ARGV[0] AND s.period = part AND s.is_open
        FOR UPDATE SKIP LOCKED;
    IF segment IS NULL AND current_setting('transaction_isolation') = 'read committed' THEN
        SELECT s.id, s.count, s.head, s.ctid INTO segment, length, before, place
            FROM audit_chainsegment s
            WHERE s.chain = TG_ARGV[0] AND s.period = part AND s.is_open
            ORDER BY s.id LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
    IF segment IS NULL OR length >= full_length THEN
        UPDATE audit_chainsegment SET is_open = false WHERE ctid = place;
        before := coalesce(before, decode(repeat('00', 32), 'hex'));
        INSERT INTO audit_chainsegment (chain, period, previous_id, start, count, head, is_open, opened_at)
            VALUES (TG_ARGV[0], part, segment, before, 0, before, true, clock_timestamp())
            RETURNING id, ctid INTO segment, place;
        length := 0;
    END IF;
    PERFORM set_config(hint, segment::text, true);

    NEW.chain_segment := segment;
    NEW.chain_seq := length + 1;
    NEW.chain_hash := NULL;
    -- PostgreSQL's own text of a row can be read back, so that no two rows share one. Columns that a later version
    -- adds come last and are NULL in older rows: trailing commas do not count.
    NEW.chain_hash := sha256(before || sha256(convert_to(rtrim(left(NEW::text, -1), ','), 'UTF8')));
    UPDATE audit_chainsegment SET count = NEW.chain_seq, head = NEW.chain_hash WHERE ctid = place;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION audit_link() FROM PUBLIC;

-- Each row of audit events updates one row here: room on the page keeps that cheap.
ALTER TABLE audit_chainsegment SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- Nobody gets at another table through a temporary one of the same name.
ALTER FUNCTION audit_require_status_history() SET search_path = public, pg_temp;
ALTER FUNCTION audit_number_status_history() SET search_path = public, pg_temp;
ALTER FUNCTION patients_number_status() SET search_path = public, pg_temp;
"""

LINK_REVERSE = "DROP FUNCTION audit_link();"

# Months in UTC. Rows that nobody made a partition for are in the default one until somebody does, and move then.
PARTITIONS = """
CREATE SCHEMA audit_partitions;

CREATE FUNCTION audit_add_partition(month date) RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    name CONSTANT text := 'audit_auditevent_' || to_char(month, 'YYYY_MM');
    lower CONSTANT timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    upper CONSTANT timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    is_waiting boolean;
BEGIN
    IF to_regclass('audit_partitions.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- Made apart and attached: CREATE TABLE ... PARTITION OF would lock out everybody who writes.
    EXECUTE format('CREATE TABLE audit_partitions.%I (LIKE public.audit_auditevent INCLUDING ALL)', name);
    SELECT EXISTS (SELECT FROM audit_partitions.audit_auditevent_default WHERE created_at >= lower AND created_at < upper)
        INTO is_waiting;
    IF is_waiting THEN
        SET CONSTRAINTS ALL IMMEDIATE;
        ALTER TABLE audit_partitions.audit_auditevent_default DISABLE TRIGGER USER;
        EXECUTE format('WITH moved AS (DELETE FROM audit_partitions.audit_auditevent_default
            WHERE created_at >= %L AND created_at < %L RETURNING *)
            INSERT INTO audit_partitions.%I SELECT * FROM moved', lower, upper, name);
        ALTER TABLE audit_partitions.audit_auditevent_default ENABLE TRIGGER USER;
    END IF;
    EXECUTE format('ALTER TABLE public.audit_auditevent ATTACH PARTITION audit_partitions.%I FOR VALUES FROM (%L) TO (%L)',
        name, lower, upper);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_partitions.%I
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()', name);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION audit_add_partition(date) FROM PUBLIC;
"""

# The sequence is the table's own, without a default: the trigger draws the number, and draws it once.
EVENTS = """
ALTER TABLE audit_auditevent RENAME TO audit_auditevent_before;
ALTER SEQUENCE audit_auditevent_id_seq RENAME TO audit_auditevent_before_id_seq;
CREATE TABLE audit_auditevent (LIKE audit_auditevent_before) PARTITION BY RANGE (created_at);
ALTER TABLE audit_auditevent
    ALTER created_at SET DEFAULT statement_timestamp(),
    ADD chain_segment bigint, ADD chain_seq integer, ADD chain_hash bytea;
CREATE SEQUENCE audit_auditevent_id_seq AS bigint OWNED BY audit_auditevent.id;
SELECT setval('audit_auditevent_id_seq', coalesce(max(id), 0) + 1, false) FROM audit_auditevent_before;
CREATE TABLE audit_partitions.audit_auditevent_default PARTITION OF audit_auditevent DEFAULT;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_partitions.audit_auditevent_default
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
SELECT audit_add_partition(month::date) FROM generate_series(
    date_trunc('month', (SELECT least(now(), min(created_at)) FROM audit_auditevent_before) AT TIME ZONE 'UTC'),
    date_trunc('month', now() AT TIME ZONE 'UTC') + interval '3 months', interval '1 month') month;
CREATE TRIGGER zz_chain BEFORE INSERT ON audit_auditevent FOR EACH ROW
    EXECUTE FUNCTION audit_link('audit_auditevent', 'audit_auditevent_id_seq', 'monthly');
INSERT INTO audit_auditevent SELECT * FROM audit_auditevent_before ORDER BY id;
DROP TABLE audit_auditevent_before;
ALTER TABLE audit_auditevent
    ADD CONSTRAINT audit_auditevent_pkey PRIMARY KEY (created_at, id),
    ADD CONSTRAINT audit_auditevent_actor_id_fk FOREIGN KEY (actor_id) REFERENCES accounts_user (id)
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT audit_auditevent_patient_id_fk FOREIGN KEY (patient_id) REFERENCES patients_patient (id)
        DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX event_by_patient ON audit_auditevent (patient_id, created_at DESC, id DESC);
CREATE INDEX event_by_actor ON audit_auditevent (actor_id, created_at DESC, id DESC);
CREATE INDEX event_by_type ON audit_auditevent (event_type, created_at DESC, id DESC);
CREATE INDEX event_by_id ON audit_auditevent USING brin (id);
"""

EVENTS_STATE = [
    migrations.RemoveIndex("auditevent", "event_by_patient"),
    migrations.RemoveIndex("auditevent", "event_by_actor"),
    migrations.AlterField(
        "auditevent",
        "event_type",
        models.CharField(choices=audit.events.event_choices, max_length=60, verbose_name="event"),
    ),
    migrations.AlterField(
        "auditevent",
        "actor",
        models.ForeignKey(
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to=settings.AUTH_USER_MODEL,
            verbose_name="who",
        ),
    ),
    migrations.AlterField(
        "auditevent",
        "patient",
        models.ForeignKey(
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="patients.patient",
        ),
    ),
    migrations.AlterField(
        "auditevent", "created_at", models.DateTimeField(db_default=Now(), editable=False, verbose_name="when")
    ),
    migrations.AddField("auditevent", "chain_segment", models.BigIntegerField(editable=False, null=True)),
    migrations.AddField("auditevent", "chain_seq", models.IntegerField(editable=False, null=True)),
    migrations.AddField("auditevent", "chain_hash", models.BinaryField(null=True)),
    migrations.AddIndex(
        "auditevent",
        models.Index(
            models.F("patient"),
            models.OrderBy(models.F("created_at"), descending=True),
            models.OrderBy(models.F("id"), descending=True),
            name="event_by_patient",
        ),
    ),
    migrations.AddIndex(
        "auditevent",
        models.Index(
            models.F("actor"),
            models.OrderBy(models.F("created_at"), descending=True),
            models.OrderBy(models.F("id"), descending=True),
            name="event_by_actor",
        ),
    ),
    migrations.AddIndex(
        "auditevent",
        models.Index(
            models.F("event_type"),
            models.OrderBy(models.F("created_at"), descending=True),
            models.OrderBy(models.F("id"), descending=True),
            name="event_by_type",
        ),
    ),
    migrations.AddIndex("auditevent", django.contrib.postgres.indexes.BrinIndex(fields=["id"], name="event_by_id")),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0003_guards")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ChainSegment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(help_text="Table whose rows these are", max_length=63)),
                (
                    "period",
                    models.CharField(
                        blank=True, help_text="Month (2026_11) of a table partitioned by month", max_length=7
                    ),
                ),
                ("start", models.BinaryField(help_text="Hash that the first row follows")),
                ("count", models.IntegerField()),
                ("head", models.BinaryField(help_text="Hash of the last row")),
                ("is_open", models.BooleanField()),
                ("opened_at", models.DateTimeField()),
                (
                    "expired_at",
                    models.DateTimeField(help_text="When its rows were dropped, their retention over", null=True),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="audit.chainsegment",
                    ),
                ),
            ],
            options={"verbose_name": "segment of the chain", "verbose_name_plural": "segments of the chain"},
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("heads", "Heads of segments"), ("expiry", "Rows dropped, their retention over")],
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("details", models.JSONField(default=dict)),
                ("digest", models.BinaryField()),
            ],
            options={"verbose_name": "checkpoint", "verbose_name_plural": "checkpoints"},
        ),
        migrations.CreateModel(
            name="CheckpointHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("segment", models.BigIntegerField()),
                ("count", models.IntegerField()),
                ("head", models.BinaryField()),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="heads", to="audit.checkpoint"
                    ),
                ),
            ],
            options={
                "verbose_name": "segment in a checkpoint",
                "verbose_name_plural": "segments in checkpoints",
            },
        ),
        migrations.AddIndex(
            "chainsegment",
            models.Index(
                models.F("chain"),
                models.F("period"),
                models.F("id"),
                condition=models.Q(("is_open", True)),
                name="segment_open",
            ),
        ),
        migrations.AddConstraint(
            "checkpointhead",
            models.UniqueConstraint(fields=("segment", "count", "checkpoint"), name="checkpoint_head_once"),
        ),
        append_only("audit_checkpoint"),
        append_only("audit_checkpointhead"),
        migrations.RunSQL(LINK, LINK_REVERSE),
        migrations.RunSQL(PARTITIONS, "DROP FUNCTION audit_add_partition(date); DROP SCHEMA audit_partitions;"),
        # Irreversible: what has been chained and partitioned does not go back.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(EVENTS), append_only("audit_auditevent")],
            state_operations=EVENTS_STATE,
        ),
        migrations.AddField("statushistory", "chain_segment", models.BigIntegerField(editable=False, null=True)),
        migrations.AddField("statushistory", "chain_seq", models.IntegerField(editable=False, null=True)),
        migrations.AddField("statushistory", "chain_hash", models.BinaryField(null=True)),
        chained("audit_statushistory", time="created_at"),
    ]
