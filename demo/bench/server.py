"""gunicorn as in production, on a free port of this machine, for as long as the measuring takes."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from django.conf import settings

BOOT_SECONDS, STOP_SECONDS = 60, 20


@contextmanager
def running() -> Iterator[tuple[int, psutil.Process]]:
    """The port and the process of gunicorn's parent."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        listener.set_inheritable(True)
        port = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "--log-level", "warning"]
        process = subprocess.Popen(  # noqa: S603
            [*command, "--bind", f"fd://{listener.fileno()}", "config.wsgi"],
            cwd=settings.BASE_DIR,
            env={**_site_environment(), "ACCESS_LOG": "0"},
            pass_fds=(listener.fileno(),),
        )
    try:
        _wait(process, port)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def gate_costs(rounds: int) -> list[dict[str, Any]]:
    """What the gate costs, measured by a process with the rights of the site: see demo/bench/gate.py."""
    with tempfile.NamedTemporaryFile(prefix="ot-gate-", suffix=".json") as figures:
        command = [sys.executable, "-m", "demo.bench.gate", figures.name, str(rounds)]
        subprocess.run(command, cwd=settings.BASE_DIR, env=_site_environment(), check=True)  # noqa: S603
        found: list[dict[str, Any]] = json.load(figures)
    return found


def _site_environment() -> dict[str, str]:
    """Measured is what production runs: the site's role, whose every event the database stamps and chains."""
    return {name: value for name, value in os.environ.items() if name not in {"OT_AS_OWNER", "DATABASE_OWNER_URL"}}


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    give_up_at = time.monotonic() + BOOT_SECONDS
    while process.poll() is None and time.monotonic() < give_up_at:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("gunicorn did not start; its messages are above")
