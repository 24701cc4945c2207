"""Pytest plugin, loaded by `-p` before pytest-django reads the settings: gives the tests their environment.

Production's settings apart from what is named here. The database server is DATABASE_URL's or the embedded one, on
which pytest-django makes a database for each worker. The tests themselves are the owner, who may make what a test
needs; requests to the site run with the rights of the site's role (conftest.py).
"""

import os
from urllib.parse import urlsplit

from config.database import ensure_database
from config.embedded import SITE_ROLE

os.environ.update(
    DEBUG="0",
    HTTPS="0",
    SECRET_KEY="tests-only-tests-only-tests-only-tests-only-tests-only",  # noqa: S106
    ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
    DATABASE_POOL="0",  # a pool's threads would keep the test database from being dropped
    EMAIL_URL="memorymail://",
    STATIC_PLAIN="1",  # no collectstatic before a test run
    TIME_ZONE="Europe/London",
)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
for name in (
    "OT_OWNER_ROLE_ALLOWED",
    "OT_DEMO",
    "LOG_LEVEL",
    "CSRF_TRUSTED_ORIGINS",
    "OT_TRUSTED_PROXIES",
    "BEHIND_TLS_PROXY",
):
    os.environ.pop(name, None)
url = urlsplit(ensure_database())
if not os.environ.get("DATABASE_OWNER_URL"):
    os.environ["DATABASE_OWNER_URL"] = url.geturl()
    os.environ["DATABASE_URL"] = url._replace(netloc=f"{SITE_ROLE}@{url.netloc.rpartition('@')[2]}").geturl()
os.environ["OT_AS_OWNER"] = "1"
