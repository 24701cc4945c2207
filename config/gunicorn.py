"""How gunicorn serves the site, in the demo and in production alike."""

import logging
import os
from typing import Any

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"  # a container says --bind 0.0.0.0:8000
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("THREADS", "4"))  # DATABASE_POOL_SIZE must not be smaller
preload_app = False  # a connection pool does not survive a fork
timeout = 60
graceful_timeout = 10
keepalive = 5
control_socket_disable = True  # it would be made in the home directory, one for all sites of this user
if os.path.isdir("/dev/shm"):  # noqa: S108 (heartbeat files; on a slow disk they would stop a worker)
    worker_tmp_dir = "/dev/shm"  # noqa: S108

# The path alone: a query string holds what people searched for. No patient's name is ever part of a path.
accesslog = "-" if os.environ.get("ACCESS_LOG", "1") == "1" else None
access_log_format = "%(t)s %(h)s %(m)s %(U)s %(s)s %(B)s %(D)sus %({x-request-id}o)s"


def post_worker_init(worker: Any) -> None:
    """Say at the start where the site's database role could change what has been recorded; /readyz fails as well."""
    from django.conf import settings
    from django.db import Error, connections

    from audit import rights

    if settings.DEBUG:
        return
    try:
        for line in rights.shortcomings():
            logging.getLogger("audit").error("%s The audit trail is not safe from the site: docs/audit.md.", line)
    except Error:
        pass  # no database yet, or no migrations: /readyz says so until there are
    finally:
        connections.close_all()
