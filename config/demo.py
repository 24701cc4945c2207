"""`make demo`: the whole site with a demo clinic, on this machine, until Ctrl-C.

The process stays as gunicorn's parent and as a user of the embedded database server; when it ends, both end.
After a kill -9 gunicorn may live on. It holds a lock on gunicorn.lock, so that the next start finds it, and can
tell it from any other process before stopping it.
"""

import atexit
import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import django
import psutil

from config import database

BOOT_SECONDS = 120
STOP_SECONDS = 20  # gunicorn gives open requests 10


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # also where a shell started us with SIGINT ignored
    folder = database.data_dir()
    port = os.environ.setdefault("PORT", "8000")
    running = _lock(folder / "demo.lock")
    if running is None:
        sys.exit(f"The demo of {folder} is already running. Stop it first, or set OT_DATA_DIR to another directory.")
    server_lock = _stop_leftover(folder)
    _check_port(port)

    os.environ.update(DEBUG="0", OT_DEMO="1", HTTPS="0", ALLOWED_HOSTS="127.0.0.1,localhost,[::1]")
    os.environ["OT_AS_OWNER"] = "1"  # for this process, which migrates and loads; gunicorn does not get it
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    database.ensure_secret_key()
    database.ensure_database()
    _prepare_site(folder)
    _serve(port, folder, server_lock)


def _prepare_site(folder: Path) -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    call_command("load_demo")
    _collect_static(folder / "static.stamp")
    connections.close_all()


def _collect_static(stamp: Path) -> None:
    """Run collectstatic, which hashes and compresses every file, only when a file has changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}".encode())
    if not (Path(settings.STATIC_ROOT).exists() and stamp.exists() and stamp.read_text() == digest.hexdigest()):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(digest.hexdigest())


def _serve(port: str, folder: Path, server_lock: IO[str]) -> None:
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
    gunicorn = subprocess.Popen(
        [*command, "--pid", str(folder / "gunicorn.pid"), "--log-level", "warning"],
        cwd=database.ROOT,
        env={**database.site_environment(), "ACCESS_LOG": os.environ.get("ACCESS_LOG", "0")},
        pass_fds=(server_lock.fileno(), *database.lock_descriptors()),
    )
    atexit.register(_stop, gunicorn)
    server_lock.close()  # gunicorn's alone from here on
    _wait_until_up(gunicorn, port)
    print(f"\nOT Tracker: http://127.0.0.1:{port}  (Ctrl-C stops it)", flush=True)
    sys.exit(f"The web server ended by itself, with status {gunicorn.wait()}.")


def _wait_until_up(gunicorn: subprocess.Popen[bytes], port: str) -> None:
    give_up_at = time.monotonic() + BOOT_SECONDS
    while gunicorn.poll() is None and time.monotonic() < give_up_at:
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    sys.exit(f"The web server did not start on port {port}; its messages are above.")


def _stop(gunicorn: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
    if gunicorn.poll() is None:
        gunicorn.terminate()
        try:
            gunicorn.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            gunicorn.kill()


def _lock(path: Path) -> IO[str] | None:
    """The open file with an exclusive lock on it, or None if another process holds that."""
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _stop_leftover(folder: Path) -> IO[str]:
    """Stop the gunicorn of a demo that was killed, and only that: it must have gunicorn.lock open."""
    path = folder / "gunicorn.lock"
    give_up_at = time.monotonic() + STOP_SECONDS
    while (lock := _lock(path)) is None:
        try:
            process = psutil.Process(int((folder / "gunicorn.pid").read_text()))
            if str(path) in [file.path for file in process.open_files()]:
                process.terminate()
        except (OSError, ValueError, psutil.Error):
            pass  # its master is gone already, and the workers follow within a second or two
        if time.monotonic() > give_up_at:
            sys.exit(f"A web server of an earlier demo does not stop; it holds {path}.")
        time.sleep(0.2)
    (folder / "gunicorn.pid").unlink(missing_ok=True)  # gunicorn would take its number for a running server
    return lock


def _check_port(port: str) -> None:
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT={port} is not a port number.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            sys.exit(f"Port {port} is not free ({error.strerror}). Choose another one: make demo PORT=8001")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nStopping.")
