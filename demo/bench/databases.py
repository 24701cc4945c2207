"""The bench's own database on the server that the site uses: made, recognised when it is there already, dropped."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

PREFIX = "ot_bench_"
RECIPE = ("clinic.py", "expressions.py", "records.py", "rows.py", "trends.py")


def name_for(patients: int) -> str:
    return f"{PREFIX}{patients}"


def url_for(name: str, url: str) -> str:
    """The URL of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    """A connection of our own: a database is not made in a transaction, and the caller may be in one."""
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as found:
        yield found


def fingerprint(patients: int) -> str:
    """What a loaded database was made from: its size, the migrations and the recipe."""
    digest = hashlib.sha256()
    digest.update(json.dumps(sorted(MigrationLoader(None).disk_migrations or {})).encode())
    for name in RECIPE:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return f"{patients} patients, {digest.hexdigest()[:16]}"


def prepare(name: str, wanted: str) -> bool:
    """Make an empty database of this name; True where it is there and holds what is wanted."""
    with _server() as server:
        row = server.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if row and row[0] == wanted:
            return True
        if row:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    return False


def mark_loaded(name: str, fingerprint: str) -> None:
    """Say in the server what the database holds, so that the next run need not load it."""
    with _server() as server:
        server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(fingerprint)))


def drop(name: str) -> None:
    with _server() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
