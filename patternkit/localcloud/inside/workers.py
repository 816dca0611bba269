"""Bounds the processes that functions run in: as many work at once as the machine has cores for, the others queue.

ministack starts a process for each concurrent call, and an upload of a hundred files starts a hundred interpreters.
"""

from __future__ import annotations

import collections
import os
import threading
import time
from types import ModuleType
from typing import Any

AT_WORK = max(4, 2 * (os.cpu_count() or 1))
"""Calls that run at once."""
STALLED = 5.0
"""Seconds in which no call has ended, after which one more may run: those that run may be waiting for it."""
ALIVE = max(16, 4 * AT_WORK)
"""Processes that are kept, idle ones included."""


class Turns:
    """A queue, first come first served, before a bounded number of places.

    A function that calls another waits for it in its place. So when nothing has ended for a while, one more may work.
    """

    def __init__(self, places: int, stalled: float = STALLED) -> None:
        self._places = places
        self._stalled = stalled
        self._changed = threading.Condition()
        self._waiting: collections.deque[object] = collections.deque()
        self._progress = time.monotonic()
        self.at_work = 0

    def take(self) -> None:
        """Wait for a place, and take it."""
        me = object()
        with self._changed:
            self._waiting.append(me)
            self._changed.wait_for(lambda: self._waiting[0] is me)
            while self.at_work >= self._places:
                left = self._progress + self._stalled - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            self._waiting.popleft()
            self.at_work += 1
            self._progress = time.monotonic()
            self._changed.notify_all()

    def give_back(self) -> None:
        """Leave the place."""
        with self._changed:
            self.at_work -= 1
            self._progress = time.monotonic()
            self._changed.notify_all()


def bound(runtime: ModuleType, functions: ModuleType, turns: Turns | None = None, alive: int = ALIVE) -> None:
    """Have ministack's functions wait for their turn, and end the longest idle process where there are too many.

    Args:
        runtime: ministack's module of function processes.
        functions: ministack's module of functions.
        turns: The queue. Default: a new one.
        alive: Processes that are kept.
    """
    queue = turns or Turns(AT_WORK)
    acquire, release = vars(runtime)["acquire_worker"], vars(runtime)["release_worker"]
    leased: set[int] = set()

    def acquired(*arguments: Any, **named: Any) -> Any:
        queue.take()
        try:
            _end_idle(runtime, alive - 1)
            worker, reason = acquire(*arguments, **named)
        except BaseException:
            queue.give_back()
            raise
        if worker is None:
            queue.give_back()
        else:
            leased.add(threading.get_ident())
        return worker, reason

    def released(worker: Any) -> None:
        release(worker)
        # A worker that failed is dropped and comes back as None: the place is this thread's all the same.
        if threading.get_ident() in leased:
            leased.discard(threading.get_ident())
            queue.give_back()

    for module in (runtime, functions):
        vars(module)["acquire_worker"], vars(module)["release_worker"] = acquired, released


def _end_idle(runtime: ModuleType, keep: int) -> None:
    with runtime._lock:
        every = [(worker.last_used, key, worker) for key, pool in runtime._workers.items() for worker in pool]
        idle = sorted((entry for entry in every if not entry[2].in_use), key=lambda entry: entry[0])
        ended = idle[: max(0, len(every) - keep)]
        for _, key, worker in ended:
            runtime._workers[key].remove(worker)
    runtime.kill_workers([worker for _, _, worker in ended])
