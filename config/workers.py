"""The thread that was busy last serves the next request.

gunicorn's threads take turns, so that each request meets one of which the processor holds nothing any more
(docs/adr/0022-last-busy-thread-first.md).
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
        woken = threading.Lock()
        woken.acquire()
        while True:
            with self._lock:
                if self._items:
                    return self._items.popleft()
                if not block:
                    raise queue.Empty
                self._idle.append(woken)
            woken.acquire()

    def get_nowait(self) -> Any:
        return self.get(block=False)


class Worker(ThreadWorker):
    """gunicorn's worker with threads, of which as few as possible have something to do."""

    def get_thread_pool(self) -> ThreadPoolExecutor:
        pool: Any = super().get_thread_pool()
        pool._work_queue = LastIdleFirst()
        return pool
