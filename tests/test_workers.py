"""The thread that was busy last serves next, and nothing is lost on the way (config/workers.py)."""

import logging
import os
import queue
import threading
import time
from concurrent.futures import CancelledError

import pytest
from gunicorn.config import Config

from config.workers import LastIdleFirst, Worker

THREADS = 4


@pytest.fixture
def threads():
    config = Config()
    config.set("threads", THREADS)
    worker = Worker(1, os.getpid(), [], None, 30, config, logging.getLogger())
    with worker.get_thread_pool() as pool:
        yield pool
    worker.tmp.close()


def until(reached):
    give_up_at = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < give_up_at
        os.sched_yield()


def all_idle(threads):
    until(lambda: len(threads._work_queue._idle) == THREADS)


def busy_at_once(threads):
    """The names of all threads, each of which has had something to do."""
    together = threading.Barrier(THREADS)
    found = [threads.submit(lambda: (together.wait(20), threading.current_thread().name)[1]) for _ in range(THREADS)]
    names = {one.result(20) for one in found}
    assert len(names) == THREADS
    return names


def test_one_thread_serves_what_comes_one_by_one(threads):
    busy_at_once(threads)
    served_by = set()
    for _ in range(25):
        all_idle(threads)
        served_by.add(threads.submit(lambda: threading.current_thread().name).result(20))
    assert len(served_by) == 1


def test_all_threads_serve_what_comes_at_once(threads):
    busy_at_once(threads)
    all_idle(threads)
    assert len(busy_at_once(threads)) == THREADS


def test_what_waits_is_served_in_the_order_that_it_came(threads):
    first, others, served = threading.Event(), threading.Event(), []
    held = [threads.submit(event.wait, 20) for event in [first] + [others] * (THREADS - 1)]
    until(lambda: all(one.running() for one in held))
    waiting = [threads.submit(served.append, number) for number in range(50)]
    first.set()  # one thread for all of them
    for one in waiting:
        one.result(20)
    assert served == list(range(50))
    others.set()


def test_nothing_is_lost_or_served_twice():
    served, items = queue.SimpleQueue(), LastIdleFirst()

    def serve():
        while (item := items.get()) is not None:
            served.put(item)

    def ask(who):
        for number in range(2000):
            items.put((who, number))

    servers = [threading.Thread(target=serve) for _ in range(THREADS)]
    askers = [threading.Thread(target=ask, args=(who,)) for who in range(THREADS)]
    for thread in servers + askers:
        thread.start()
    for thread in askers:
        thread.join(60)
    for _ in servers:
        items.put(None)
    for thread in servers:
        thread.join(60)
        assert not thread.is_alive()
    found = [served.get_nowait() for _ in range(served.qsize())]
    assert sorted(found) == [(who, number) for who in range(THREADS) for number in range(2000)]
    with pytest.raises(queue.Empty):
        items.get_nowait()


def test_closing_ends_every_thread_and_drops_what_waits_where_that_is_asked(threads):
    busy_at_once(threads)
    holding = threading.Event()
    held = [threads.submit(holding.wait, 20) for _ in range(THREADS)]
    until(lambda: all(one.running() for one in held))
    waiting = threads.submit(len, "never")
    threads.shutdown(wait=False, cancel_futures=True)
    holding.set()
    threads.shutdown(wait=True)
    assert all(one.result(20) for one in held)
    with pytest.raises(CancelledError):
        waiting.result(20)
    assert not any(thread.is_alive() for thread in threads._threads)
