"""Where the entry points (manage.py, make's targets, the tests) get their database; the settings never call this.

DATABASE_URL names it, with the role as which the site runs; DATABASE_OWNER_URL names the same database with the role
that owns the tables, for migrations and the like. Without them, the embedded PostgreSQL of OT_DATA_DIR is started, or
joined if it runs; it has both roles.

Every process that uses the server holds a shared flock on users.lock for as long as it lives, so the last one out
can tell that it is the last, and stops the server. A killed process loses its lock without a word, and a server that
nobody stopped is joined by the next command.
"""

import atexit
import fcntl
import os
import secrets
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType
from urllib.parse import quote

from config.embedded import NAME, SITE_ROLE, DatabaseUnavailable, Server, wheel_programs

ROOT = Path(__file__).resolve().parent.parent
TRUE = {"1", "true", "on", "ok", "y", "yes"}  # as django-environ reads them

# Commands that work as the owner of the tables. All others, the site itself included, have the rights of the site.
OWNER_COMMANDS = {
    "migrate", "flush", "sqlflush", "test", "load_demo", "bench",
    "grant_rights", "maintain_audit", "verify_audit", "bench_audit",
}  # fmt: skip

# A bare descriptor, held until the process is gone: a file object would be closed, and warned of, a little before.
_users_lock: int | None = None


def data_dir() -> Path:
    """OT_DATA_DIR, made absolute in the environment too: the settings and child processes read it there."""
    path = Path(os.environ.get("OT_DATA_DIR") or ROOT / "var").expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(f"Cannot create {path} ({error.strerror}): set OT_DATA_DIR.") from error
    os.environ["OT_DATA_DIR"] = str(path)
    return path


def ensure_database() -> str:
    """Give DATABASE_URL; without one, start or join the embedded server and set it."""
    url = os.environ.get("DATABASE_URL", "")
    if url and url != os.environ.get("OT_EMBEDDED_URL"):
        return url
    # A URL that a parent process got from here: this process is a user of the server like any other.
    if _users_lock is None:
        socket_dir = quote(_join_embedded(data_dir()), safe="")
        url = f"postgres://{SITE_ROLE}@/{NAME}?host={socket_dir}"
        os.environ["DATABASE_URL"] = os.environ["OT_EMBEDDED_URL"] = url
        os.environ["DATABASE_OWNER_URL"] = f"postgres://{NAME}@/{NAME}?host={socket_dir}"
    return url


def choose_role(command: str) -> None:
    """Have the settings connect as the owner where the command needs that."""
    if command in OWNER_COMMANDS:
        os.environ.setdefault("OT_AS_OWNER", "1")


def site_environment() -> dict[str, str]:
    """The environment for the site, started from here: it knows nothing of the owner."""
    return {name: value for name, value in os.environ.items() if name not in {"OT_AS_OWNER", "DATABASE_OWNER_URL"}}


def prepare_local_run() -> None:
    """Make `manage.py` work in a bare checkout: debug on, embedded database, a secret key that lasts.

    With DEBUG explicitly off nothing is started: the settings say which variable is missing.
    """
    if not os.environ.get("DATABASE_URL") and os.environ.setdefault("DEBUG", "1").lower() not in TRUE:
        return
    url = ensure_database()
    if url == os.environ.get("OT_EMBEDDED_URL"):
        ensure_secret_key()


def ensure_secret_key() -> None:
    """Set SECRET_KEY from OT_DATA_DIR/secret_key, so that sign-ins outlive a restart."""
    if os.environ.get("SECRET_KEY"):
        return
    path = data_dir() / "secret_key"
    if not path.exists():
        draft = path.with_name(f"secret_key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # refuses to overwrite the one of a process that was faster
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    os.environ["SECRET_KEY"] = path.read_text().strip()


def lock_descriptors() -> tuple[int, ...]:
    """For a child that may outlive us (gunicorn): while it holds these, nobody stops the server under it."""
    return () if _users_lock is None else (_users_lock,)


def exit_on_signals() -> None:
    """Let SIGTERM and SIGHUP end this process as sys.exit does; by default neither runs what atexit registered."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _exit)


def _exit(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _join_embedded(folder: Path) -> str:
    global _users_lock
    server = Server(folder)
    exit_on_signals()
    try:
        with (folder / "start.lock").open("a") as start_lock:
            fcntl.flock(start_lock, fcntl.LOCK_EX)
            users_lock = os.open(folder / "users.lock", os.O_WRONLY | os.O_CREAT, 0o666)
            fcntl.flock(users_lock, fcntl.LOCK_SH)  # waits while the last one out is stopping the server
            _users_lock = users_lock
            atexit.register(_leave, server, os.getpid())
            socket_dir = server.ensure_running()
    except PermissionError as error:
        raise DatabaseUnavailable(f"{error.filename}: permission denied. Who made it? Or set OT_DATA_DIR.") from error
    os.environ["PGHOST"] = socket_dir  # for `manage.py dbshell`: Django hands psql no host from a URL like this one
    os.environ["PATH"] = f"{wheel_programs()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return socket_dir


def _leave(server: Server, owner: int) -> None:
    if os.getpid() != owner or _users_lock is None:
        return  # a forked child shares the lock of its parent and must not drop it
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave the server behind
    fcntl.flock(_users_lock, fcntl.LOCK_UN)
    try:
        fcntl.flock(_users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    server.stop()


def main() -> int:
    """`python -m config.database psql|pg_dump|pg_restore …`: the bundled client, connected to our database, as owner."""
    if len(sys.argv) < 2:
        sys.exit(main.__doc__)
    url = ensure_database()
    url = os.environ.get("DATABASE_OWNER_URL") or url
    return subprocess.call([str(wheel_programs() / sys.argv[1]), "-d", url, *sys.argv[2:]])


if __name__ == "__main__":
    sys.exit(main())
