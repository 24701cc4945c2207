"""The embedded server's life, what the settings insist on, and `make demo`: real processes in a directory of their own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import psutil
import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
SCRUBBED = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "OT_AS_OWNER",
    "OT_EMBEDDED_URL",
    "PGHOST",
    "DEBUG",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "STATIC_PLAIN",
    "PORT",
)
# Adds a row, says how many there are, and keeps using the server until its standard input closes.
USE = """
import os, sys, psycopg
from config.database import ensure_database
ensure_database()
with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
    connection.execute("SELECT pg_advisory_lock(1)")
    connection.execute("CREATE TABLE IF NOT EXISTS visits (id int)")
    connection.execute("INSERT INTO visits VALUES (1)")
    print(connection.execute("SELECT count(*) FROM visits").fetchone()[0], flush=True)
sys.stdin.read()
"""
# `make demo` without its clinic, which has tests of its own and takes longer.
DEMO = """
import os, config.demo
config.demo._prepare_site = lambda folder: None
try:
    config.demo.main()
except KeyboardInterrupt:
    print("Stopping.")
"""


class Place:
    """A data directory, and the processes that a test starts on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[str]] = []

    def environment(self, **extra: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in SCRUBBED}
        return {**kept, "OT_DATA_DIR": str(self.folder), **extra}

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, program: str, **extra: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=self.environment(**extra),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def visit(self) -> subprocess.Popen[str]:
        return self.start(USE)

    @property
    def pid_file(self) -> Path:
        return self.folder / "pg" / "data" / "postmaster.pid"

    def server(self) -> psutil.Process | None:
        try:
            process = psutil.Process(int(self.pid_file.read_text().split()[0]))
            return process if process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE else None
        except (OSError, psutil.Error):
            return None

    def web_server(self) -> psutil.Process | None:
        try:
            return psutil.Process(int((self.folder / "gunicorn.pid").read_text()))
        except (OSError, psutil.Error):
            return None


@pytest.fixture
def place() -> Iterator[Place]:
    # Not tmp_path: its parents are closed to the user as whom PostgreSQL runs when we are root.
    folder = Path(tempfile.mkdtemp(prefix="ot-platform-"))
    folder.chmod(0o755)
    place = Place(folder)
    yield place
    for process in place.started:
        with process:  # closes the pipes
            process.kill()
    if web_server := place.web_server():
        web_server.kill()
    if server := place.server():
        server.send_signal(signal.SIGQUIT)
        server.wait(20)
    shutil.rmtree(folder)


def visits(user: subprocess.Popen[str]) -> int:
    assert user.stdout is not None
    return int(user.stdout.readline())


def end(user: subprocess.Popen[str]) -> int:
    user.communicate("")
    return user.returncode


def kill(user: subprocess.Popen[str]) -> None:
    user.kill()
    user.wait()  # not communicate(): a web server that lives on keeps the pipe open


def test_two_commands_at_once_share_a_server_and_the_last_one_out_stops_it(place):
    first, second = place.visit(), place.visit()
    assert {visits(first), visits(second)} == {1, 2}
    assert end(first) == 0
    assert place.server() is not None
    assert end(second) == 0
    assert place.server() is None


def test_a_command_ends_without_a_word_about_the_lock_it_held(place):
    done = place.run("-X", "dev", "-c", "from config.database import ensure_database; ensure_database()")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminated_command_stops_the_server_as_well(place):
    user = place.visit()
    visits(user)
    user.terminate()
    user.communicate()
    assert place.server() is None


def test_the_next_command_joins_the_server_of_a_killed_one_and_finds_its_data(place):
    first = place.visit()
    assert visits(first) == 1
    kill(first)
    orphan = place.server()
    assert orphan is not None

    second = place.visit()
    assert visits(second) == 2
    assert place.server() == orphan
    end(second)
    assert place.server() is None


def test_it_recovers_from_a_crash_even_when_another_process_has_the_number_of_the_server(place):
    user = place.visit()
    assert visits(user) == 1
    server = place.server()
    server.kill()
    kill(user)
    server.wait(20)
    stale = place.pid_file.read_text().split("\n", 1)[1]
    place.pid_file.write_text(f"{os.getpid()}\n{stale}")

    survivor = place.visit()
    assert visits(survivor) == 2
    assert end(survivor) == 0


def test_search_knows_letters_outside_ascii(place):
    # With LC_CTYPE=C, initdb's choice on a bare machine, pg_trgm drops these letters and search finds nobody.
    query = (
        "CREATE EXTENSION pg_trgm; SELECT upper('é'), cardinality(show_trgm('王小明')) > 2, current_setting('TimeZone')"
    )
    result = place.run("-m", "config.database", "psql", "-qtAc", query, LC_ALL="C")
    assert result.stdout.strip() == "É|t|UTC", result.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_with_debug_off_what_is_missing_is_named_and_nothing_is_started(place, missing):
    given = {"SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "example.org", "DATABASE_URL": "postgres://u@localhost/x"}
    del given[missing]
    result = place.run("manage.py", "migrate", DEBUG="0", **given)
    assert result.returncode != 0
    assert f"Set {missing} in the environment" in result.stderr
    assert list(place.folder.iterdir()) == []


def test_a_bare_checkout_gets_a_secret_key_that_lasts_and_nobody_else_can_read(place):
    ask = ("manage.py", "shell", "--no-imports", "-c", "from django.conf import settings; print(settings.SECRET_KEY)")
    first, second = place.run(*ask), place.run(*ask)
    assert len(first.stdout.strip()) > 50, first.stderr
    assert first.stdout == second.stdout
    assert (place.folder / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_failed_start_shows_the_servers_own_words(place):
    (place.folder / "pg" / "data").mkdir(parents=True)
    (place.folder / "pg" / "data" / "PG_VERSION").write_text("9.4\n")
    result = place.run("manage.py", "migrate")
    assert result.returncode == 1
    assert "The embedded PostgreSQL did not start" in result.stderr
    assert "Traceback" not in result.stderr


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def wait_until_up(demo: subprocess.Popen[str], port: str) -> None:
    assert demo.stdout is not None
    assert any(f"http://127.0.0.1:{port} " in line for line in demo.stdout)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        assert answer.status == HTTPStatus.OK


def test_stopping_the_demo_stops_all_of_it(place):
    port = free_port()
    demo = place.start(DEMO, PORT=port, WEB_CONCURRENCY="1")
    wait_until_up(demo, port)
    second = place.run("-m", "config.demo", PORT=free_port())
    assert (second.returncode, "already running" in second.stderr) == (1, True)

    demo.send_signal(signal.SIGTERM)
    assert demo.communicate()[0].strip() == "Stopping."
    assert demo.returncode == 0
    assert place.server() is None
    assert place.web_server() is None
    socket.create_server(("127.0.0.1", int(port))).close()


def test_the_demo_takes_over_what_a_killed_one_left_behind(place):
    port = free_port()
    killed = place.start(DEMO, PORT=port, WEB_CONCURRENCY="1")
    wait_until_up(killed, port)
    kill(killed)
    orphan = place.web_server()
    assert orphan is not None

    demo = place.start(DEMO, PORT=port, WEB_CONCURRENCY="1")
    wait_until_up(demo, port)
    # Its parent is gone, so that it stays a zombie until the machine's first process takes note of it.
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE
    demo.send_signal(signal.SIGINT)
    demo.communicate()
    assert place.server() is None


def test_the_demo_says_so_when_the_port_is_taken_and_leaves_nothing_behind(place):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = place.run("-m", "config.demo", PORT=port)
    assert result.returncode == 1
    assert f"Port {port} is not free" in result.stderr
    assert not (place.folder / "pg").exists()


def test_every_application_is_copied_into_the_container_image():
    copied = (ROOT / ".dockerignore").read_text().split()
    ours = {Path(app.path).relative_to(ROOT).parts[0] for app in apps.get_app_configs() if _is_ours(app.path)}
    assert {f"!{name}" for name in ours} <= set(copied)


def _is_ours(path: str) -> bool:
    return Path(path).is_relative_to(ROOT) and "site-packages" not in path


@pytest.mark.parametrize("lock", ["app", "dev", "uv", "sbom"])
def test_locks_pin_and_hash_everything_and_name_no_registry(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    assert "://" not in text
    assert "index" not in text
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert "==" in requirement
        assert "--hash=sha256:" in requirement
