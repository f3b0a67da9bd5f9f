"""What use cases are given, and the only place that reads the time."""

from __future__ import annotations

import itertools
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.domain.calendar import Calendar
from bot.domain.reading import Understanding
from bot.engine.book import FlowBook
from bot.engine.phrasebook import Phrasebook
from bot.settings import Settings
from bot.store import people, workers
from bot.store.database import Store
from bot.store.directory import Directory
from bot.transports.base import Transport

_counter = itertools.count(secrets.randbits(16))


def real_now() -> datetime:
    """The instant it is."""
    return datetime.now(UTC)


def new_id() -> str:
    """A fresh id of 26 hex digits that sorts by the time it was made."""
    return f"{time.time_ns() // 1_000_000:012x}{next(_counter) & 0xFFFF:04x}{secrets.token_hex(5)}"


@dataclass
class Deps:
    """Built once, in `create_app`. Tests build it with a held clock and a recording transport.

    `tick_lock` keeps the jobs of this process and a moved clock from running into one another;
    `seen_versions` is what the caches of this process (flows, directory) were loaded from.
    """

    settings: Settings
    store: Store
    transport: Transport
    flows: FlowBook
    phrases: Phrasebook
    understanding: Understanding
    directory: Directory
    calendar: Calendar
    clock: Callable[[], datetime] = real_now
    new_id: Callable[[], str] = new_id
    rng: random.Random = field(default_factory=random.Random)
    tick_lock: threading.RLock = field(default_factory=threading.RLock)
    is_clock_movable: bool = False
    seen_versions: dict[str, int] = field(default_factory=dict)

    def is_empty(self) -> bool:
        """Whether nobody has been loaded yet: no worker, no person."""
        with self.store.read() as conn:
            return not workers.all(conn) and not people.any(conn)
