"""Whole lives at random: what people, workers, the provider and time do, and what must hold all the while."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import structlog
from sqlalchemy import func, select

from bot.deps import Deps
from bot.domain.calendar import Calendar, load_areas
from bot.domain.messages import DeliveryStatus, Kind, OutgoingMessage, may_follow
from bot.domain.quiet_hours import next_allowed, quiet_hours_of
from bot.domain.understanding import Reader
from bot.engine.book import FlowBook
from bot.engine.phrasebook import Phrasebook
from bot.settings import Settings
from bot.store import outbox, people, schema
from bot.store.database import Store
from bot.store.directory import Directory
from bot.store.schema import metadata
from bot.transports.base import Accepted
from bot.transports.recording import RecordingTransport
from bot.usecases.clocks import HeldClock
from bot.usecases.texting import STARTED_BY_US
from tests.fakes import Ids

FLOWS = Path(__file__).resolve().parents[2] / "flows"
# What the provider has had never comes back to us; what it has not may be claimed and due again.
HAD_BY_PROVIDER = frozenset(DeliveryStatus) - {
    DeliveryStatus.DUE, DeliveryStatus.CLAIMED, DeliveryStatus.HANDED_OVER,
}  # fmt: skip
MOST_MOVES = 5_000
# In one step, of three days at most: workers are asked again every hour while nobody answers.
MOST_TEXTS_TO_A_PERSON = 30
MOST_TEXTS = 2_000


@lru_cache(maxsize=1)
def content() -> tuple[FlowBook, Phrasebook, Reader, Calendar]:
    return (
        FlowBook.load(FLOWS),
        Phrasebook.load(FLOWS / "texts"),
        Reader.load(FLOWS / "understanding"),
        Calendar(Settings().zone, load_areas(FLOWS / "areas.yaml")),
    )


class CountedClock(HeldClock):
    """A held clock that notices when time is moved without end."""

    moves = 0

    def set(self, to: datetime) -> None:
        self.moves += 1
        assert self.moves < MOST_MOVES, "what falls due never ends"
        super().set(to)


class WatchedTransport(RecordingTransport):
    """Looks at each text at the moment it is handed over."""

    def __init__(self) -> None:
        super().__init__()
        self.watch: Callable[[OutgoingMessage], None] = lambda message: None

    def send(self, message: OutgoingMessage) -> Accepted:
        self.watch(message)
        return super().send(message)


def new_deps(start: datetime) -> Deps:
    """A database in memory, the shipped content, a clock held at `start`."""
    store = Store("sqlite://")
    with store.begin() as conn:
        metadata.create_all(conn)
    book, phrases, reader, calendar = content()
    return Deps(
        settings=Settings(), store=store, transport=WatchedTransport(), flows=book, phrases=phrases,
        understanding=reader, directory=Directory(calendar), calendar=calendar,
        clock=CountedClock(store, start), new_id=Ids(), rng=random.Random(7), is_clock_movable=True,
    )  # fmt: skip


class Watch:
    """What must hold at every hand-over and after every step."""

    def __init__(self, deps: Deps, people: Collection[str]) -> None:
        self.deps = deps
        self.people = people
        self.statuses: dict[int, DeliveryStatus] = {}
        transport = deps.transport
        assert isinstance(transport, WatchedTransport)
        transport.watch = self.handed_over
        self.transport = transport

    def handed_over(self, message: OutgoingMessage) -> None:
        """Nothing we start goes in quiet hours; nothing to a person goes after they stopped."""
        with self.deps.store.read() as conn:
            row = outbox.get(conn, message.outbox_id)
            assert row is not None
            person = people.get(conn, row.person_id) if row.person_id else None
        assert row.status is DeliveryStatus.HANDED_OVER
        if person is None or row.worker_id is not None:
            return
        now = self.deps.clock()
        if row.kind in STARTED_BY_US:
            quiet = quiet_hours_of(person, self.deps.calendar.zone)
            assert next_allowed(quiet, now) == now, (
                f"{row.kind} at {self.deps.calendar.local(now)}: {row.body}"
            )
        if person.opted_out_at is not None:
            same_turn = row.kind in (Kind.ANSWER, Kind.DANGER) and row.created_at >= person.opted_out_at
            assert same_turn, f"{row.kind} after the opt-out: {row.body}"

    @contextmanager
    def step(self) -> Iterator[None]:
        """One thing that happens. Nothing of ours breaks in it, and what must hold holds after it."""
        clock = self.deps.clock
        assert isinstance(clock, CountedClock)
        clock.moves = 0
        before = len(self.transport.sent)
        with structlog.testing.capture_logs() as logs:
            yield
        broken = [
            line for line in logs if line["log_level"] == "error" and line["event"] != "sending_stopped"
        ]
        assert not broken, broken
        new = self.transport.sent[before:]
        assert len(new) < MOST_TEXTS, "texts without end"
        to_people = Counter(message.address for message in new if message.address in self.people)
        assert all(times < MOST_TEXTS_TO_A_PERSON for times in to_people.values()), to_people
        self._one_question()
        self._statuses_go_forward()

    def _one_question(self) -> None:
        c = schema.conversations.c
        asking = select(c.person_id, func.count()).where(c.is_asking).group_by(c.person_id)
        with self.deps.store.read() as conn:
            many = [row for row in conn.execute(asking) if row[1] > 1]
        assert not many, "two questions are open"

    def _statuses_go_forward(self) -> None:
        o = schema.outbox.c
        with self.deps.store.read() as conn:
            now = {id: DeliveryStatus(status) for id, status in conn.execute(select(o.id, o.status))}
        for outbox_id, old in self.statuses.items():
            new = now[outbox_id]
            if new is not old and old in HAD_BY_PROVIDER:
                assert may_follow(old, new), f"{outbox_id} went from {old} to {new}"
        self.statuses = now
