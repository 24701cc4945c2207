"""The site's database role, for tests that are connected as the owner, a superuser."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.signals import connection_created

from audit import rights

_local = threading.local()


@contextlib.contextmanager
def as_site() -> Iterator[None]:
    """What happens in this block happens with the rights of the site's role. Not seen by counts of queries."""
    is_outermost = not getattr(_local, "is_site", False)
    _local.is_site = True
    if is_outermost and connection.connection is not None:
        become_site(connection)
    try:
        yield
    finally:
        if is_outermost:
            _local.is_site = False
            if connection.connection is not None and not connection.connection.closed:
                # A transaction that has failed takes the role with it when it is rolled back.
                with contextlib.suppress(psycopg.errors.InFailedSqlTransaction):
                    connection.connection.execute("RESET SESSION AUTHORIZATION")


def become_site(wrapper: Any) -> None:
    wrapper.connection.execute(f"SET SESSION AUTHORIZATION {rights.site_role()}")


def _connected(connection: Any, **kwargs: Any) -> None:
    if getattr(_local, "is_site", False):
        become_site(connection)


connection_created.connect(_connected, dispatch_uid="tests.as_site")
