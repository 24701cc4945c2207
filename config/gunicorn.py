"""How gunicorn serves the site, in the demo and in production alike."""

import gc
import logging
import os
from typing import Any

from gunicorn.glogging import Logger

from config.logs import JsonFormatter

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"  # a container says --bind 0.0.0.0:8000
worker_class = "config.workers.Worker"  # gthread, with the thread that was busy last
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("THREADS", "4"))  # DATABASE_POOL_SIZE must not be smaller
preload_app = False  # a connection pool does not survive a fork
timeout = 60
graceful_timeout = 10
keepalive = 5
control_socket_disable = True  # it would be made in the home directory, one for all sites of this user
if os.path.isdir("/dev/shm"):  # noqa: S108 (heartbeat files; on a slow disk they would stop a worker)
    worker_tmp_dir = "/dev/shm"  # noqa: S108

# The site logs each request itself, with route and account (logger ot.request; ACCESS_LOG=0 turns that off).
accesslog = None


class ServerLogger(Logger):
    """gunicorn's own messages, as JSON lines like the site's."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())


logger_class = ServerLogger


def post_worker_init(worker: Any) -> None:
    """Have all of the site loaded before the first request; say where its database role could change what has been
    recorded (/readyz fails as well).
    """
    from django.conf import settings
    from django.db import Error, connections
    from django.urls import get_resolver

    from audit import rights

    _ = get_resolver().url_patterns  # every view, and what it imports
    gc.collect()
    gc.freeze()  # 145,000 objects that stay: looking at all of them takes 100 ms, every 200 pages or so
    gc.set_threshold(10_000)  # a page makes thousands and leaves next to none: looking at every 700 was 5% of it
    if settings.DEBUG:
        return
    try:
        for line in rights.shortcomings():
            logging.getLogger("audit").error("%s The audit trail is not safe from the site: docs/audit.md.", line)
    except Error:
        pass  # no database yet, or no migrations: /readyz says so until there are
    finally:
        connections.close_all()
