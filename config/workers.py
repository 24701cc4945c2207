"""The thread and the connection that were busy last serve the next request.

gunicorn's pool and psycopg's hand their work round, so that each request meets a thread and a PostgreSQL process of which
the processor holds nothing any more: pages took an eighth longer (docs/adr/0022-last-used-first.md).
"""

import queue
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class LastIdleFirst:
    """A queue as ThreadPoolExecutor uses one: first come, first served, by the thread that began to wait last."""

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._idle: list[threading.Lock] = []
        self._lock = threading.Lock()

    def put(self, item: Any) -> None:
        with self._lock:
            self._items.append(item)
            waiting = self._idle.pop() if self._idle else None
        if waiting:
            waiting.release()

    def get(self, block: bool = True) -> Any:
        """The oldest item. Raises queue.Empty where there is none and `block` is false."""
        while True:
            with self._lock:
                if self._items:
                    return self._items.popleft()
                if not block:
                    raise queue.Empty
                woken = threading.Lock()
                woken.acquire()
                self._idle.append(woken)
            woken.acquire()

    def get_nowait(self) -> Any:
        return self.get(block=False)


class LastUsedFirst(deque[Any]):
    """The free connections of a psycopg pool, which takes from the left and gives back to the right."""

    def append(self, connection: Any) -> None:
        self.appendleft(connection)


class Worker(ThreadWorker):
    """gunicorn's worker with threads, of which as few as possible have something to do."""

    def get_thread_pool(self) -> ThreadPoolExecutor:
        pool: Any = super().get_thread_pool()
        pool._work_queue = LastIdleFirst()
        return pool


def use_last_connection_first(pool: Any) -> None:
    """Have this psycopg pool hand out the connection that came back last. For a pool that is not open yet."""
    pool._pool = LastUsedFirst(pool._pool)
