"""The table of the shared cache (settings: CACHES). Unlogged: a crash may empty it, it counts attempts of minutes."""

from django.db import migrations

CREATE = """
CREATE UNLOGGED TABLE ot_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX ot_cache_expires ON ot_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_account_settings")]

    operations = [migrations.RunSQL(CREATE, "DROP TABLE ot_cache")]
