"""No sequence of texts, times and statuses breaks what must always be true."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import count

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import select

from bot.domain.opt_words import is_opt_in_word, is_opt_out_word
from bot.domain.people import Person, SafeToText
from bot.errors import SendFailed
from bot.store import escalations, numbers, pages, schema
from bot.usecases.loading import load_bytes
from bot.usecases.move_clock import move_clock
from tests.builders import AMINA, BEN, CHRIS, FOOD_DOOR, KAY, LEE, SAM, Town
from tests.usecases.lives import Watch, new_deps

STRANGER = "+447700900109"
STARTS = [
    datetime(2026, 6, 5, 15, 5, tzinfo=UTC),  # a Friday in summer
    datetime(2026, 3, 28, 20, 0, tzinfo=UTC),  # clocks go forward in the night
    datetime(2026, 10, 24, 19, 30, tzinfo=UTC),  # and back
    datetime(2026, 12, 24, 17, 0, tzinfo=UTC),
    datetime(2028, 2, 28, 23, 0, tzinfo=UTC),
]
SENDERS = st.sampled_from([AMINA, AMINA, f"whatsapp:{AMINA}", BEN, CHRIS, STRANGER])
NEEDS = [
    "nowhere to stay", "im hungry", "need my meds", "no money", "i need id", "human", "help", "hello",
    "thanks", "where is my appointment", "cant make it", "running late", "im coming", "wrong number",
    "ive got a new number", "moved to salford", "polski", "i think im being recalled", "he hits me at home",
]  # fmt: skip
ANSWERS = ["1", "2", "3", "4", "5", "7", "yes", "no", "dunno", "Bolton", "other", "friday", "this", "amina"]
STOPS = ["STOP", "stop texting me", "cancel", "unsubscribe", "leave me alone"]
STARTS_AGAIN = ["START", "yes", "unstop", "start texting me again"]
DANGERS = ["i want to die", "hes got a knife", "my mate wont wake up", "stop texting me i want to die"]
GIBBERISH = [
    "the bus was purple",
    "frobozz",
    "😀😀",
    "\x00",
    "",
    "مرحبا كيف حالك",
    "((area))",
    "x" * 1600,
    "?",
]
WORDS = st.one_of(
    *map(st.sampled_from, (NEEDS, NEEDS, ANSWERS, ANSWERS, STOPS, STARTS_AGAIN, DANGERS, GIBBERISH))
)
WORKER_WORDS = st.sampled_from(
    ["{code}", "{code} pass", "{code} done all sorted", "{code} on my way", "{code} call", "ok", "on my way",
     "open", "who", "K9", "hello there", "done", "i want to die", "STOP", "START"]
)  # fmt: skip
REPORTS = st.tuples(
    st.sampled_from(["queued", "sent", "delivered", "undelivered", "failed", "read", "what"]),
    st.sampled_from([None, 30003, 30005, 30006, 30007, 21610]),
)
FAILURES = st.sampled_from(
    [
        (SendFailed("busy", retry=True, code=20429), False),
        (SendFailed("no such number", retry=False, code=21211), False),
        (SendFailed("said stop", retry=False, code=21610), False),
        (SendFailed("wrong token", retry=False, code=20003), False),
        (SendFailed("broke off", retry=True, ambiguous=True), True),
        (SendFailed("broke off", retry=True, ambiguous=True), False),
        (SendFailed("never", retry=False, code=21617), False),
    ]
)
SPANS = st.sampled_from(
    [timedelta(0), timedelta(minutes=1), timedelta(minutes=11), timedelta(minutes=16), timedelta(hours=1),
     timedelta(hours=5), timedelta(hours=13), timedelta(days=1), timedelta(days=3)]
)  # fmt: skip


class Lives(RuleBasedStateMachine):
    """Three people we know, one we do not, two workers on call and a coordinator."""

    def __init__(self) -> None:
        super().__init__()
        self.sids = count(1)
        self.answered: list[tuple[str, str, str, int, list[str]]] = []

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: datetime) -> None:
        self.deps = new_deps(start)
        self.town = Town(self.deps)
        self.town.worker(SAM, "Sam Okoro", days=4)
        self.town.worker(LEE, "Lee Marsh", level=2, days=40)
        self.town.worker(KAY, "Kay Idris", level=None, role="coordinator")
        self.town.service_open(hours="Mo-Su 16:00-23:00")
        self.town.service_open("Food Door", FOOD_DOOR, "food", hours="Mo-Fr 09:00-17:00")
        self.town.person(AMINA, "Amina", external_id="P1")
        self.town.person(
            BEN, "Ben", external_id="P2", safe_to_text=SafeToText.DISCREET,
            contact_from=time(10), contact_until=time(18),
        )  # fmt: skip
        self.town.person(CHRIS, "Chris", external_id="P3", consent=False)
        self.watch = Watch(self.deps, {AMINA, f"whatsapp:{AMINA}", BEN, CHRIS, STRANGER})

    def teardown(self) -> None:
        if hasattr(self, "deps"):
            self.deps.store.close()

    # What happens

    @rule(sender=SENDERS, body=WORDS, pictures=st.sampled_from([0, 0, 0, 1]), arrives=st.booleans())
    def a_person_texts(self, sender: str, body: str, pictures: int, arrives: bool) -> None:
        before = self.who(sender)
        sid = f"SMP{next(self.sids):031d}"
        with self.watch.step():
            answers = self.town.text(sender, body, sid=sid, pictures=pictures, arrives=arrives)
        self.answered.append((sender, body, sid, pictures, answers))
        note(f"{sender} {body[:40]!r} -> {self.town.outcome()}")
        self.is_answered(sender, body, before, answers)

    @rule(phone=st.sampled_from([SAM, SAM, LEE]), words=WORKER_WORDS)
    def a_worker_texts(self, phone: str, words: str) -> None:
        body = words.format(code=self.code_of(phone))
        with self.watch.step():
            answers = self.town.text(phone, body)
        note(f"{phone} {body!r} -> {answers}")

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        with self.watch.step():
            move_clock(self.deps, self.deps.clock() + span)

    @rule(which=st.integers(0, 200), reports=st.lists(REPORTS, min_size=1, max_size=4))
    def the_provider_reports(self, which: int, reports: list[tuple[str, int | None]]) -> None:
        with self.deps.store.read() as conn:
            last = conn.execute(schema.outbox.select().order_by(schema.outbox.c.id.desc())).fetchmany(30)
        told = [row for row in last if row.provider_id or row.via_twiml]
        if not told:
            return
        row = told[which % len(told)]
        for status, code in reports:
            with self.watch.step():
                self.town.report(row.id, row.provider_id, status, code)

    @rule(failure=FAILURES)
    def the_provider_fails(self, failure: tuple[SendFailed, bool]) -> None:
        self.town.transport.fail_next(failure[0], made=failure[1])

    @rule(
        id=st.sampled_from(["A1", "A2"]), person=st.sampled_from(["P1", "P2"]), after=st.integers(1, 200),
        status=st.sampled_from(["booked", "booked", "booked", "cancelled", "missed", "attended"]),
    )  # fmt: skip
    def an_appointment_is_loaded(self, id: str, person: str, after: int, status: str) -> None:
        at = self.deps.calendar.local(self.deps.clock() + timedelta(hours=after)).strftime("%Y-%m-%d %H:00")
        id = f"{id}-{person}"
        self.load(
            "appointments",
            f"external_id,person,kind,starts_at,status\n{id},{person},housing,{at},{status}\n",
        )

    @rule(
        person=st.sampled_from(["P1", "P2", "P3"]),
        days=st.integers(0, 4),
        at=st.sampled_from(["10:00", "16:05", ""]),
    )
    def a_release_is_loaded(self, person: str, days: int, at: str) -> None:
        day = self.deps.calendar.local(self.deps.clock() + timedelta(days=days)).date()
        self.load("releases", f"person,release_date,release_time\n{person},{day},{at}\n")

    @precondition(lambda self: self.answered)
    @rule(which=st.integers(0, 200))
    def a_text_comes_again(self, which: int) -> None:
        sender, body, sid, pictures, answers = self.answered[which % len(self.answered)]
        before = self.town.count("inbound")
        with self.watch.step():
            again = self.town.text(sender, body, sid=sid, pictures=pictures, arrives=False)
        assert self.town.count("inbound") == before
        # What got lost on its way back was sent by us since, so it is not said twice.
        assert [text for text in answers if text in again] == again
        assert all(self.was_sent_since(sid, text) for text in answers if text not in again)

    def was_sent_since(self, sid: str, body: str) -> bool:
        o, i = schema.outbox.c, schema.inbound.c
        answered = select(o.via_twiml).join(schema.inbound, o.reply_to == i.id)
        with self.deps.store.read() as conn:
            found = conn.execute(answered.where(i.provider_id == sid, o.body == body)).scalars().all()
        return bool(found) and not any(found)

    # What must hold

    def is_answered(self, sender: str, body: str, before: Person | None, answers: list[str]) -> None:
        """By an answer, by whoever has taken it, by the provider, or, opted out, by a human who rings."""
        after = self.who(sender)
        assert after is not None
        was_out = before is not None and before.is_opted_out
        if was_out and after.is_opted_out:
            assert answers == [], "a text to somebody who is opted out"
        if answers:
            assert all(text.strip() for text in answers)
            assert not any("((" in text for text in answers if "((" not in body), answers
            return
        by_sms = not sender.startswith("whatsapp:")
        if by_sms and (is_opt_out_word(body) or is_opt_in_word(body, opted_out=was_out)):
            return
        if (was_out and self.deps.understanding.read(body).opt == "out") or is_opt_out_word(body):
            return
        with self.deps.store.read() as conn:
            open_now = escalations.open_of_person(conn, after.id)
        if was_out:
            assert open_now, f"nobody is fetched for {body!r}"
            return
        assert self.town.outcome() == "relay", f"no answer to {body!r}"
        assert any(one.taken_by is not None for one in open_now)

    def who(self, sender: str) -> Person | None:
        with self.deps.store.read() as conn:
            found = numbers.owners(conn, sender) or numbers.owners(conn, sender.removeprefix("whatsapp:"))
        assert len(found) <= 1
        return found[0] if found else None

    def code_of(self, phone: str) -> str:
        with self.deps.store.read() as conn:
            found = pages.open_of_worker(conn, f"worker-{phone[-3:]}")
        return found[-1][0].code if found else "K7"

    def load(self, kind: str, content: str) -> None:
        with self.watch.step():
            load_bytes(self.deps, kind, content.encode(), file=f"{kind}.csv", now=self.deps.clock())


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, derandomize=True, print_blob=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
