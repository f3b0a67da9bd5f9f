"""Calls to the provider that are under way at the same time, with room kept for what can't wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue

from bot.domain.messages import OutboxMessage, Priority
from bot.usecases.work import Work

# What to do, in the transaction that records it, about one call; True when the provider took the text.
Settle = Callable[[Work], bool]
Call = Callable[[OutboxMessage], Settle]
Ended = tuple[OutboxMessage, Settle]

# A quarter of the threads is kept for danger, answers and pages, whatever the others wait for.
_KEPT = 4
# While calls take less than this many seconds, more of them may queue for a thread.
_QUICK = 0.25


class CallsUnderWay:
    """Makes calls in threads and gives back what came of them. With one thread each call is made at once.

    `queue`: how many may be under way while the provider is quick.
    """

    def __init__(self, threads: int, *, queue: int) -> None:
        self._queue = queue
        self._alone = threads == 1
        self._kept = max(1, threads // _KEPT)
        self._threads = threads - self._kept
        self._ordinary, self._urgent = (
            ThreadPoolExecutor(max(1, self._threads)),
            ThreadPoolExecutor(self._kept),
        )
        # Oldest first, with whether it has a thread of the urgent ones.
        self._under_way: dict[Future[Settle], tuple[OutboxMessage, float, bool]] = {}
        self._urgent_count = 0
        self._done: SimpleQueue[Future[Settle]] = SimpleQueue()
        self._ended: list[Ended] = []
        self._is_quick = True

    def __len__(self) -> int:
        return len(self._under_way) + len(self._ended)

    @property
    def room(self) -> int:
        """How many calls of any kind may be begun now."""
        if self._alone:
            return self._queue
        most = self._queue if self._is_quick else self._threads
        return max(0, most - (len(self._under_way) - self._urgent_count))

    @property
    def urgent_room(self) -> int:
        """How many more calls may be begun now for what can't wait."""
        return 0 if self._alone else self._kept - self._urgent_count

    def begin(self, message: OutboxMessage, call: Call) -> None:
        """Make a call for this text.

        Raises:
            RuntimeError: this process is ending; the call was not made.
        """
        if self._alone:
            self._ended.append((message, call(message)))
            return
        urgent = message.priority <= Priority.PAGE and self.urgent_room > 0
        future = (self._urgent if urgent else self._ordinary).submit(call, message)
        self._under_way[future] = (message, time.monotonic(), urgent)
        self._urgent_count += urgent
        future.add_done_callback(self._done.put)

    def ended(self, *, within: float) -> list[Ended]:
        """What has ended, once there is something and half the threads are free, or that many seconds are over."""
        until = time.monotonic() + within
        found, self._ended = self._ended, []
        found += self._take(0.0)
        while self._under_way and (not found or len(self._under_way) > self._threads // 2):
            left = until - time.monotonic()
            if left <= 0:
                break
            found += self._take(left)
        return found

    def leave(self, record: Callable[[list[Ended]], None]) -> None:
        """Wait no longer: `record` is called with each call that is still under way, when it ends."""
        if self._ended:
            record(self._ended)
            self._ended = []
        for future, (message, _, _) in self._under_way.items():
            future.add_done_callback(lambda done, message=message: record([(message, done.result())]))  # type: ignore[misc]
        self._under_way = {}
        self.close()

    def close(self) -> None:
        """Begin no more."""
        self._ordinary.shutdown(wait=False)
        self._urgent.shutdown(wait=False)

    def _take(self, within: float) -> list[Ended]:
        """What has ended, waiting that many seconds at most for the first."""
        found: list[Ended] = []
        try:
            while True:
                future = self._done.get(timeout=within) if within > 0 else self._done.get_nowait()
                message, _, urgent = self._under_way.pop(future)
                self._urgent_count -= urgent
                found.append((message, future.result()))
                within = 0.0
        except Empty:
            pass
        if found or self._under_way:
            _, began, _ = next(iter(self._under_way.values()), (None, time.monotonic(), False))
            self._is_quick = time.monotonic() - began < _QUICK
        return found
