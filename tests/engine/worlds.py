"""A world that tests of the engine hand in, and small flows to run in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from textwrap import dedent
from typing import Any

from bot.domain.reading import Intent, Reading
from bot.engine import runner
from bot.engine.book import FlowBook, Placeholder
from bot.engine.conversation import Conversation, Turn
from bot.engine.definition import Flow, ServicesQuery
from bot.engine.effects import SendText, SetTimer
from bot.engine.load import load_flow

FRIDAY = datetime(2026, 6, 5, 16, 30, tzinfo=UTC)
NOTHING = Reading()
PLACEHOLDERS = {
    "first_name": Placeholder(about="First name", example="Amina"),
    "on_call_name": Placeholder(about="Who is on call", example="Sam", fallback={"en": "A worker"}),
    "area": Placeholder(about="Area", example="Bolton", fallback={"en": "your area", "pl": "Twoja okolica"}),
}


@dataclass
class FakeWorld:
    """Answers from dictionaries; its clock is UTC."""

    language: str = "en"
    flavour: str | None = None
    facts: Mapping[str, bool | str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    appointment: str | None = None
    opens: datetime | None = None

    def fact(self, name: str) -> bool | str:
        return self.facts.get(name, False)

    def value(self, placeholder: str) -> str | None:
        return self.values.get(placeholder)

    def service_lines(self, query: ServicesQuery) -> list[str]:
        return self.lines[: query.limit]

    def appointment_id(self) -> str | None:
        return self.appointment

    def local(self, at: datetime) -> datetime:
        return at

    def at_wall(self, wall: time, *, after: datetime) -> datetime:
        found = datetime.combine(after.date(), wall, UTC)
        return found if found > after else found + timedelta(days=1)

    def next_open(self, category: str) -> datetime | None:
        return self.opens

    def in_area(self, area: str) -> FakeWorld:
        return replace(self, lines=[f"{line} ({area})" for line in self.lines])


def flow(steps: str, *, id: str = "test", start: str = "first", **more: Any) -> Flow:
    """A flow with these steps, written as in a file."""
    head = f"id: {id}\ntitle: Test\nabout: A test\nstart: {start}\n"
    extra = "".join(f"{key}: {value}\n" for key, value in more.items())
    indented = "".join(f"  {line}\n" for line in dedent(steps).strip().splitlines())
    return load_flow(f"{head}{extra}steps:\n{indented}", f"{id}.yaml")


ASK = """
first:
  ask: Somewhere to stay? 1 yes, 2 no
  save: place
  choices:
    - {number: 1, words: ["yes"], go: good}
    - {number: 2, words: ["no"], intents: [housing_tonight], go: human}
  not_understood: Please text 1 or 2.
  too_many_tries: {say: I will ask someone., go: human}
  no_reply: {after: 2h, say: Are you there?, go: human}
good: {say: Good.}
human:
  escalate: {urgency: today, reason: no place}
  say: "((on_call_name)) will text."
  nobody: We keep trying.
"""


@dataclass
class Talk:
    """A conversation under test, with what it has said so far."""

    book: FlowBook
    world: FakeWorld
    now: datetime
    turn: Turn

    @property
    def conversation(self) -> Conversation:
        return self.turn.conversation

    @property
    def said(self) -> list[str]:
        """The texts of the last turn."""
        return [effect.body for effect in self.turn.effects if isinstance(effect, SendText)]

    @property
    def timers(self) -> list[SetTimer]:
        """The timers that the last turn set."""
        return [effect for effect in self.turn.effects if isinstance(effect, SetTimer)]

    def says(self, text: str, *intents: str) -> Talk:
        """The person texts; `intents` are what the text was read as."""
        reading = Reading(intents=tuple(Intent(name, 0.9) for name in intents))
        self.turn = runner.answer(
            self.conversation, text, reading, book=self.book, world=self.world, now=self.now
        )
        return self

    def passes(self, kind: str, *, seq: int | None = None) -> Turn | None:
        """A timer fires, of this question unless another `seq` is given."""
        found = runner.time_passed(
            self.conversation, kind=kind, seq=self.conversation.seq if seq is None else seq,
            book=self.book, world=self.world, now=self.now,
        )  # fmt: skip
        self.turn = found or self.turn
        return found


def talk(*flows: Flow, world: FakeWorld | None = None, subject: dict[str, str] | None = None) -> Talk:
    """The first of these flows, begun."""
    book = FlowBook([one.published(1) for one in flows], PLACEHOLDERS)
    here = world or FakeWorld()
    turn = runner.start(
        book.current(flows[0].id), book=book, conversation_id="c1", person_id="p1", world=here, now=FRIDAY,
        subject=subject,
    )  # fmt: skip
    return Talk(book, here, FRIDAY, turn)
