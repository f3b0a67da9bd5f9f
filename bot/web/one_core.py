"""Python's threads of one process on one core: only one of them runs at a time, and passing that on between cores
costs more than the second core gives. What runs outside Python (the web server's own threads) goes where it likes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class OneCore:
    """Where the system can't do it, or the process may use one core only, it does nothing."""

    def __init__(self) -> None:
        allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        # By the id of the process, so that two on one machine are not bound to take the same.
        self.core = allowed[os.getpid() % len(allowed)] if len(allowed) > 1 else None
        self._here = threading.local()

    def take(self) -> None:
        """Keep the thread that calls this, and those it starts, on the core from now on."""
        if self.core is not None and not getattr(self._here, "is_kept", False):
            self._here.is_kept = True
            with suppress(OSError):  # taken away from us meanwhile
                os.sched_setaffinity(0, {self.core})

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Threads that are started meanwhile stay on the core; the caller does not."""
        if self.core is None:
            yield
            return
        before = os.sched_getaffinity(0)
        with suppress(OSError):
            os.sched_setaffinity(0, {self.core})
        try:
            yield
        finally:
            with suppress(OSError):
                os.sched_setaffinity(0, before)

    def wrap(self, wsgi: Wsgi) -> Wsgi:
        """The application, each thread of which takes the core with its first request."""

        def kept(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            self.take()
            return wsgi(environ, start_response)

        return kept
