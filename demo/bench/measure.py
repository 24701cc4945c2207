"""Runs the actions against gunicorn and measures: how long people wait, and what the server spends."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

import psutil
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from demo.bench.actions import ACTIONS, Action, Actor, actors
from demo.bench.browser import ActionFailed, Browser, Request
from demo.bench.clinic import PASSWORD

CONCURRENCY = (1, 8)
WARM_UP = 96  # each connection keeps the plan that it makes at the sixth time; there are about a dozen
TURNS = 3  # each action comes round that often: a machine that others share is slow for seconds at a time
LONGEST = 20.0  # seconds for one action at one concurrency
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Result:
    """One action at one concurrency; times in milliseconds. Without figures of the processes: None."""

    action: str
    concurrency: int
    requests: int
    p50: float
    p95: float
    p99: float
    per_second: float
    app_cpu: float | None
    database_cpu: float | None
    queries: int
    statements: int
    kilobytes: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Spending:
    """CPU seconds of the web server's workers and of the database's processes on this machine."""

    server: psutil.Process

    def read(self) -> tuple[dict[int, float], dict[int, float]]:
        return _seconds(child.pid for child in self.server.children()), _seconds(_backends())

    @staticmethod
    def between(before: dict[int, float], after: dict[int, float]) -> float | None:
        return sum(seconds - before.get(pid, 0) for pid, seconds in after.items()) if after else None


def _backends() -> list[int]:
    """Processes that serve this database, if the server runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def _seconds(pids: Any) -> dict[int, float]:
    found = {}
    for pid in pids:
        try:
            process = psutil.Process(pid)
            if process.name().startswith(("postgres", "python", "gunicorn")):
                times = process.cpu_times()
                found[pid] = times.user + times.system
        except psutil.Error:
            continue
    return found


def everything(port: int, server: psutil.Process, requests: int) -> Iterator[Result]:
    """Every action at every concurrency. Raises ActionFailed where the site does not do what is measured."""
    most = max(CONCURRENCY)
    people = {role: actors(role, most) for role in (Role.THERAPIST, Role.LEAD)}
    seats = {role: [_sit_down(port, actor) for actor in found] for role, found in people.items()}
    tallies = []
    for action in ACTIONS:
        counted = _queries(action, people[action.role][0])
        _run(action, seats[action.role], min(WARM_UP, 4 * requests), LONGEST)
        tallies += [Tally(action, seats[action.role][:number], counted) for number in CONCURRENCY]
    for turn in range(TURNS):
        for tally in tallies:
            tally.measure(requests * (turn + 1) // TURNS - requests * turn // TURNS, Spending(server))
    for tally in tallies:
        yield tally.result()


Seat = tuple[Browser, Actor]


def _sit_down(port: int, actor: Actor) -> Seat:
    """Signed in without the password: eight hashes at a time are for the sign-in to measure."""
    client, browser = Client(headers={"host": "127.0.0.1"}), Browser(port)
    client.force_login(actor.user, backend=BACKEND)
    browser.cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    browser.send(Request(reverse("show_account")))  # gives the cookie that forms need
    return browser, actor


@dataclass
class Tally:
    """What has been measured of one action at one concurrency: as many at once as there are seats."""

    action: Action
    seats: Sequence[Seat]
    counted: tuple[int, int]  # queries and statements of one request
    times: list[float] = field(default_factory=list)
    elapsed: float = 0
    bytes_read: int = 0
    app: float | None = 0
    database: float | None = 0

    def measure(self, requests: int, spending: Spending) -> None:
        """One turn of it, after a request for each seat that does not count: connections may have to be made anew."""
        _run(self.action, self.seats, len(self.seats), LONGEST / TURNS)
        app, database = spending.read()
        started = time.perf_counter()
        found = _run(self.action, self.seats, requests, LONGEST / TURNS)
        self.elapsed += time.perf_counter() - started
        self.times += [seconds for seconds, _size in found]
        self.bytes_read = next((size for _seconds, size in found), self.bytes_read)
        app_after, database_after = spending.read()
        self.app = _sum(self.app, spending.between(app, app_after))
        self.database = _sum(self.database, spending.between(database, database_after))

    def result(self) -> Result:
        times = sorted(self.times)

        def each(total: float | None) -> float | None:
            return None if total is None else round(1000 * total / len(times), 1)

        return Result(
            action=self.action.name,
            concurrency=len(self.seats),
            requests=len(times),
            p50=_percentile(times, 50),
            p95=_percentile(times, 95),
            p99=_percentile(times, 99),
            per_second=round(len(times) / self.elapsed, 1),
            app_cpu=each(self.app),
            database_cpu=each(self.database),
            queries=self.counted[0],
            statements=self.counted[1],
            kilobytes=round(self.bytes_read / 1024, 1),
        )


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _percentile(times: Sequence[float], percent: int) -> float:
    """By nearest rank, in milliseconds."""
    rank = -(-len(times) * percent // 100)
    return round(1000 * times[max(rank, 1) - 1], 2)


def _run(action: Action, seats: Sequence[Seat], requests: int, longest: float) -> list[tuple[float, int]]:
    """That many requests, shared out among the seats; less if it takes too long. The first failure ends it.

    Of each the seconds, and the bytes of the answer.
    """
    numbers, give_up_at, failed = itertools.count(), time.monotonic() + longest, threading.Event()

    def work(seat: Seat) -> list[tuple[float, int]]:
        times = []
        try:
            while next(numbers) < requests and time.monotonic() < give_up_at and not failed.is_set():
                times.append(_once(action, seat))
        except BaseException:
            failed.set()
            raise
        return times

    with ThreadPoolExecutor(len(seats)) as pool:
        return list(itertools.chain.from_iterable(pool.map(work, seats)))


def _once(action: Action, seat: Seat) -> tuple[float, int]:
    browser, actor = seat
    if action.request:
        return browser.send(action.request(actor)), browser.bytes_read
    visitor = Browser(browser.port)
    try:
        return visitor.send(visitor.sign_in_form(actor.user.username, PASSWORD)), visitor.bytes_read
    finally:
        visitor.connection.close()


def _queries(action: Action, actor: Actor) -> tuple[int, int]:
    """Queries of one request, and statements with those that begin and end transactions and savepoints."""
    client = Client(headers={"host": "127.0.0.1"})
    if action.request is None:
        login = reverse("account_login")
        form = {"login": actor.user.username, "password": PASSWORD}
        send: Callable[[], Any] = lambda: client.post(login, form)  # noqa: E731
        expected = 302
    else:
        client.force_login(actor.user, backend=BACKEND)
        client.get(reverse("show_account"))  # the first page of a session also writes down how it stands
        request = action.request(actor)
        expected = request.expected
        send = lambda: client.post(request.path, request.form) if request.form else client.get(request.path)  # noqa: E731
    with CaptureQueriesContext(connection) as captured:
        response = send()
    if response.status_code != expected:
        raise ActionFailed(f"{action.name}: {response.status_code} instead of {expected}")
    texts = [query["sql"] for query in captured.captured_queries]
    return sum(not text.startswith(CONTROL) for text in texts), len(texts)
