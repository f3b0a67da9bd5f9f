"""Whatever three workers, a person and the clock do, in whatever order: nothing is lost or said to two."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from bot.deps import Deps
from bot.domain.calendar import Calendar, load_areas
from bot.domain.escalations import Escalation, EscalationStatus, Page, PageState, Urgency
from bot.domain.reading import Reading
from bot.engine.book import FlowBook
from bot.engine.phrasebook import Phrasebook
from bot.settings import Settings
from bot.store import escalations, workers
from bot.store.database import Store
from bot.store.directory import Directory
from bot.store.schema import escalations as escalation_table
from bot.store.schema import metadata, outbox
from bot.transports.recording import RecordingTransport
from bot.usecases import escalating
from tests.conftest import FLOWS, FRIDAY
from tests.fakes import Clock, Ids
from tests.usecases.escalating.desk import Desk

CALENDAR = Calendar(Settings().zone, load_areas(FLOWS / "areas.yaml"))
PHRASES = Phrasebook.load(FLOWS / "texts")
TEAM = ("sam", "lee", "kay")
WORDS = ("", " pass", " done", " done sorted", " on my way", " call", " yes")


class Nothing:
    """Reads nothing into any text."""

    def read(self, text: str) -> Reading:
        return Reading()


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        store = Store("sqlite://")
        with store.begin() as conn:
            metadata.create_all(conn)
        clock = Clock(FRIDAY)
        deps = Deps(
            settings=Settings(), store=store, transport=RecordingTransport(), flows=FlowBook(),
            phrases=PHRASES, understanding=Nothing(), directory=Directory(CALENDAR), calendar=CALENDAR,
            clock=clock, new_id=Ids(), rng=random.Random(3),
        )  # fmt: skip
        self.desk = Desk(deps, clock)
        self.desk.on_call(*TEAM, hours=6)
        self.desk.worker("cora", role="coordinator")
        self.desk.person("ash")
        self.paged_when_closed: dict[str, int] = {}

    def teardown(self) -> None:
        self.desk.deps.store.close()

    @rule(need=st.sampled_from(["housing", "food"]), urgency=st.sampled_from(list(Urgency)))
    def the_person_needs_somebody(self, need: str, urgency: Urgency) -> None:
        self.desk.open("ash", need=need, urgency=urgency, words="help")

    @rule(body=st.sampled_from(["hello", "help", ""]))
    def the_person_writes(self, body: str) -> None:
        self.desk.writes("ash", body)

    @precondition(lambda self: self.pages())
    @rule(data=st.data(), words=st.sampled_from(WORDS))
    def a_worker_texts_a_code(self, data: st.DataObject, words: str) -> None:
        page = data.draw(st.sampled_from(self.pages()))
        self.desk.says(page.worker_id, page.code + words)

    @rule(name=st.sampled_from(TEAM), body=st.sampled_from(["ok", "open", "who", "done", "I am outside"]))
    def a_worker_texts_without_a_code(self, name: str, body: str) -> None:
        self.desk.says(name, body)

    @precondition(lambda self: self.pages())
    @rule(data=st.data())
    def a_page_fails(self, data: st.DataObject) -> None:
        page = data.draw(st.sampled_from(self.pages()))
        if page.outbox_id is not None:
            with self.desk.work() as work:
                escalating.page_failed(work, page.outbox_id)

    @rule(name=st.sampled_from(TEAM), out=st.booleans())
    def a_worker_stops_or_starts(self, name: str, out: bool) -> None:
        with self.desk.work() as work:
            workers.change(work.conn, name, opted_out_at=work.now if out else None)
            worker = workers.get(work.conn, name)
            assert worker is not None
            if out:
                escalating.worker_unreachable(work, worker, "opted out")

    @rule(minutes=st.sampled_from([1, 3, 15, 16, 60, 76, 300, 4000]))
    def time_passes(self, minutes: int) -> None:
        self.desk.wait(minutes=minutes)

    def all(self) -> list[Escalation]:
        with self.desk.deps.store.read() as conn:
            rows = conn.execute(select(*escalations.COLUMNS).order_by(escalation_table.c.id))
            return [escalations.from_row(row) for row in rows]

    def pages(self) -> list[Page]:
        return [page for one in self.all() for page in self.desk.pages(one.id).values()]

    @invariant()
    def at_most_one_worker_has_it_and_the_pages_say_so(self) -> None:
        for one in self.all():
            having = [
                page.worker_id for page in self.desk.pages(one.id).values() if page.state is PageState.TAKEN
            ]
            expected = [one.taken_by] if one.status is EscalationStatus.TAKEN else []
            assert having == expected
            assert (one.taken_by is not None) or one.status is not EscalationStatus.TAKEN
            assert one.taken_by is None or one.status is not EscalationStatus.OPEN

    @invariant()
    def whatever_is_not_closed_falls_due_again(self) -> None:
        for one in self.all():
            if one.status is EscalationStatus.CLOSED:
                assert one.next_due is None
            else:
                assert one.next_due is not None
                assert self.desk.now < one.next_due <= self.desk.now + timedelta(days=4)

    @invariant()
    def what_is_closed_pages_nobody(self) -> None:
        for one in self.all():
            if one.status is not EscalationStatus.CLOSED:
                continue
            states = {page.state for page in self.desk.pages(one.id).values()}
            assert PageState.PAGED not in states
            paged = self.count(one.id, "page")
            assert self.paged_when_closed.setdefault(one.id, paged) == paged

    @invariant()
    def a_code_means_one_open_escalation(self) -> None:
        codes = Counter(
            (page.worker_id, page.code)
            for one in self.all()
            if one.status is not EscalationStatus.CLOSED
            for page in self.desk.pages(one.id).values()
        )
        assert all(times == 1 for times in codes.values())

    @invariant()
    def the_truth_is_told_once_each_time_nobody_has_it(self) -> None:
        for one in self.all():
            with self.desk.deps.store.read() as conn:
                told = conn.execute(
                    select(outbox.c.id).where(
                        outbox.c.key.like(f"nobody:{one.id}:%"), outbox.c.person_id == "ash"
                    )
                ).all()
                signs = conn.execute(
                    select(outbox.c.id).where(outbox.c.escalation_id == one.id, outbox.c.body.like("Sam %")
                                              | outbox.c.body.like("Lee %") | outbox.c.body.like("Kay %")
                                              | outbox.c.body.like("Cora %"), outbox.c.person_id == "ash")
                ).all()  # fmt: skip
            assert len(told) <= 1 + len(signs)

    def count(self, escalation_id: str, kind: str) -> int:
        with self.desk.deps.store.read() as conn:
            found = conn.execute(
                select(outbox.c.id).where(outbox.c.escalation_id == escalation_id, outbox.c.kind == kind)
            )
            return len(found.all())


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
