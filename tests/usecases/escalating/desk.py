"""A desk to test escalations at: workers on a rota, people who text, and a clock that is moved by hand."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from bot.deps import Deps
from bot.domain.escalations import Escalation, Page, Urgency
from bot.domain.messages import Channel, InboundText, OutboxMessage
from bot.domain.people import Person, Worker
from bot.domain.reading import Reading
from bot.store import escalations, inbound, numbers, outbox, pages, people, shifts, workers
from bot.usecases import escalating
from bot.usecases.work import Answering, Work
from tests.fakes import Clock

PHONES = {"sam": 101, "lee": 102, "kay": 103, "max": 104, "cora": 105, "mona": 106, "gail": 107}
CODE = re.compile(r"\b[A-Z][2-9]{1,2}\b")
_sids = itertools.count(1)


class Desk:
    """Says and does what happens, in the words of the field."""

    def __init__(self, deps: Deps, clock: Clock) -> None:
        self.deps = deps
        self.clock = clock

    @property
    def now(self) -> datetime:
        return self.clock.now

    @contextmanager
    def work(self, answering: Answering | None = None) -> Iterator[Work]:
        with self.deps.store.begin() as conn:
            yield Work(self.deps, conn, self.now, answering)

    # Given

    def worker(self, name: str, *, role: str = "peer_mentor", areas: tuple[str, ...] = ("Bolton",)) -> Worker:
        worker = Worker(name, f"{name.capitalize()} Example", phone(name), "", role, areas)
        with self.work() as work:
            workers.add(work.conn, worker, now=self.now)
        return worker

    def on_call(self, *names: str, area: str = "Bolton", hours: float = 48, level: int | None = None) -> None:
        """Put workers on the rota from an hour ago, each a level above the one before."""
        for index, name in enumerate(names, start=1):
            with self.work() as work:
                if workers.get(work.conn, name) is None:
                    workers.add(
                        work.conn,
                        Worker(name, f"{name.capitalize()} Example", phone(name), "", "peer_mentor", (area,)),
                        now=self.now,
                    )
                shifts.add(
                    work.conn, area=area, worker_id=name, starts_at=self.now - timedelta(hours=1),
                    ends_at=self.now + timedelta(hours=hours), level=level or index,
                )  # fmt: skip

    def person(self, name: str = "ash", *, area: str = "Bolton", **fields: object) -> Person:
        person = Person(name, f"ext-{name}", name.capitalize(), "Example", area, consent=True)
        person = replace(person, **fields)  # type: ignore[arg-type]  # fields of Person, written by a test
        with self.work() as work:
            people.add(work.conn, person, now=self.now)
            numbers.link(work.conn, name, phone(name), now=self.now)
        return person

    # When

    def open(
        self, name: str = "ash", *, need: str = "housing", urgency: Urgency = Urgency.TODAY,
        words: str = "nowhere to stay", reason: str = "nowhere to stay tonight", area: str | None = None,
        answering: bool = False,
    ) -> Escalation:  # fmt: skip
        with self.work() as work:
            if answering:
                work.answering = self._inbound(work, phone(name), words, name)
            person = people.get(work.conn, name)
            assert person is not None
            return escalating.open_escalation(
                work, person, urgency=urgency, reason=reason, need=need, words=words, area=area
            )

    def says(self, name: str, body: str) -> list[str]:
        """A worker texts; gives the texts of the answer."""
        with self.work() as work:
            work.answering = self._inbound(work, phone(name), body, name)
            worker = workers.get(work.conn, name)
            assert worker is not None
            handled = escalating.handle_worker_text(work, worker, body, Reading())
            return [answer.body for answer in work.answers] if handled else ["(not handled)"]

    def writes(self, name: str, body: str) -> list[str]:
        """A person texts while somebody may have taken it; gives the texts of the answer."""
        with self.work() as work:
            work.answering = self._inbound(work, phone(name), body, name)
            person = people.get(work.conn, name)
            assert person is not None
            if not escalating.relay_to_worker(work, person, body) and not escalating.add_words(
                work, person, body
            ):
                return ["(not handled)"]
            return [answer.body for answer in work.answers]

    def fails(self, row: OutboxMessage) -> None:
        """The provider says that a text did not arrive."""
        with self.work() as work:
            escalating.page_failed(work, row.id)

    def wait(self, **span: float) -> None:
        """Let time pass, running what falls due on the way at its own time."""
        until = self.now + timedelta(**span)
        for _ in range(1000):
            with self.deps.store.read() as conn:
                due = escalations.next_due(conn)
            if due is None or due > until:
                break
            self.clock.now = max(due, self.now)
            escalating.tick(self.deps, now=self.now)
        else:
            raise AssertionError("escalations fall due without end")
        self.clock.now = until

    # Then

    def escalation(self, escalation_id: str) -> Escalation:
        with self.deps.store.read() as conn:
            found = escalations.get(conn, escalation_id)
        assert found is not None
        return found

    def pages(self, escalation_id: str) -> dict[str, Page]:
        with self.deps.store.read() as conn:
            return {page.worker_id: page for page in pages.of_escalation(conn, escalation_id)}

    def code(self, name: str, escalation: Escalation) -> str:
        return self.pages(escalation.id)[name].code

    def rows(self, name: str) -> list[OutboxMessage]:
        with self.deps.store.read() as conn:
            return outbox.to_address(conn, phone(name))

    def texts(self, name: str) -> list[str]:
        """What one phone has been sent, or was answered."""
        return [row.body for row in self.rows(name)]

    def paged(self) -> list[str]:
        """Who got a page text, in order."""
        with self.deps.store.read() as conn:
            rows = [row for name in PHONES for row in outbox.to_address(conn, phone(name))]
        return [row.worker_id or "" for row in sorted(rows, key=lambda r: r.id) if row.kind.value == "page"]

    def _inbound(self, work: Work, address: str, body: str, sender_id: str) -> Answering:
        text = InboundText(f"SM{next(_sids)}", address, "+447700900999", body)
        inbound_id = inbound.add(work.conn, text, now=self.now)
        assert inbound_id is not None
        return Answering(inbound_id, address, Channel.SMS, sender_id)


def phone(name: str) -> str:
    """The made-up number of a worker or a person."""
    return f"+447700900{PHONES[name]}" if name in PHONES else f"+4477009002{sum(map(ord, name)) % 100:02d}"
