"""Calls to the provider that are under way at the same time, with room kept for what can't wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

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
        self._under_way: dict[Future[Settle], tuple[OutboxMessage, float, bool]] = {}
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
        return max(0, most - sum(not urgent for _, _, urgent in self._under_way.values()))

    @property
    def urgent_room(self) -> int:
        """How many more calls may be begun now for what can't wait."""
        return 0 if self._alone else self._kept - sum(urgent for _, _, urgent in self._under_way.values())

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

    def ended(self, *, within: float) -> list[Ended]:
        """What has ended, once there is something and half the threads are free, or that many seconds are over."""
        until = time.monotonic() + within
        found, self._ended = self._ended, []
        found += self._take()
        while self._under_way and (not found or len(self._under_way) > self._threads // 2):
            left = until - time.monotonic()
            if left <= 0:
                break
            wait_for(self._under_way, timeout=left, return_when=FIRST_COMPLETED)
            found += self._take()
        return found

    def leave(self, record: Callable[[list[Ended]], None]) -> None:
        """Wait no longer: `record` is called with each call that is still under way, when it ends."""
        for future, (message, _, _) in self._under_way.items():
            future.add_done_callback(lambda done, message=message: record([(message, done.result())]))  # type: ignore[misc]
        self._under_way = {}
        self.close()

    def close(self) -> None:
        """Begin no more."""
        self._ordinary.shutdown(wait=False)
        self._urgent.shutdown(wait=False)

    def _take(self) -> list[Ended]:
        now = time.monotonic()
        done = [future for future in self._under_way if future.done()]
        taken = [(future, self._under_way.pop(future)) for future in done]
        oldest = min((began for _, began, _ in self._under_way.values()), default=now)
        if taken or self._under_way:
            self._is_quick = now - oldest < _QUICK
        return [(message, future.result()) for future, (message, _, _) in taken]
