"""A database from before the chain: its rows stay, are chained, and the site's role gets its rights."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.test_architecture import ROOT

EARLIER = ("audit 0003_guards", "sessions_notes 0002_guards")


@pytest.fixture
def database():
    """An empty database beside that of the tests, and the environment for it."""
    owner = urlsplit(os.environ["DATABASE_OWNER_URL"])
    name = f"ot_upgrade_{os.getpid()}"
    with psycopg.connect(owner.geturl(), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        urls = {
            key: urlsplit(os.environ[key])._replace(path=f"/{name}").geturl()
            for key in ("DATABASE_URL", "DATABASE_OWNER_URL")
        }
        yield {**os.environ, **urls, "DEBUG": "1"}
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def manage(database, *arguments):
    return run_python(database, "manage.py", *arguments)


def run_python(environment, *arguments):
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def migrate_to(database, states):
    """In one process: starting one takes longer than most of its migrations."""
    code = "import django; django.setup(); from django.core.management import call_command\n"
    code += "".join(f"call_command('migrate', *{state.split()}, verbosity=0)\n" for state in states)
    run_python({**database, "OT_AS_OWNER": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}, "-c", code)


def test_rows_from_before_are_kept_and_chained(database):
    migrate_to(database, EARLIER)
    with psycopg.connect(database["DATABASE_OWNER_URL"]) as owner:
        owner.execute(
            """INSERT INTO audit_auditevent (event_type, target_type, target_id, route, method, details, user_agent,
                created_at) SELECT 'list.viewed', '', '', '', 'GET', '{}', '', now() - i * interval '20 days'
                FROM generate_series(1, 30) i"""
        )
        before = owner.execute("SELECT id, event_type, created_at FROM audit_auditevent ORDER BY id").fetchall()
    manage(database, "migrate", "--verbosity=0")
    with psycopg.connect(database["DATABASE_URL"]) as site:
        after = site.execute("SELECT id, event_type, created_at FROM audit_auditevent ORDER BY id").fetchall()
        assert after == before
        site.execute(
            """INSERT INTO audit_auditevent (event_type, target_type, target_id, route, method, details, user_agent)
                VALUES ('list.viewed', '', '', '', 'GET', '{}', '')"""
        )
        assert site.execute("SELECT max(id) FROM audit_auditevent").fetchone() == (31,)
    with psycopg.connect(database["DATABASE_OWNER_URL"]) as owner:
        assert owner.execute("SELECT count(*) FROM audit_partitions.audit_auditevent_default").fetchone() == (0,)
    assert "Nothing has been changed" in manage(database, "verify_audit")
    manage({**database, "OT_AS_OWNER": "0"}, "check", "--database", "default", "--fail-level", "ERROR")
