"""One engine step with loading and storing its state: pure Python, no database. Goal: at most 100 µs.

Each reply is matched, the flow goes on to its next question, and the conversation is written as JSON again.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from statistics import quantiles

from bench.figures import Figure
from bench.town import Towns
from bot.domain.reading import Reading
from bot.engine import runner
from bot.engine.book import FlowBook
from bot.engine.conversation import Conversation
from bot.engine.definition import ServicesQuery

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 6, 5, 16, 30, tzinfo=UTC)
ROUNDS = 2000
REPLIES = {
    "help": ("1", "food", "someone pls", "gjhgj kjh", "i need a place to stay tonight pls help me"),
    "missed_appointment": ("1", "zzz"),
    "welcome": ("yes", "nah mate"),
}


class EverythingKnown:
    """A world that answers at once, so that only the engine is measured."""

    language = "en"
    flavour: str | None = None

    def fact(self, name: str) -> bool | str:
        return name == "on_call"

    def value(self, placeholder: str) -> str | None:
        return "Amina"

    def service_lines(self, query: ServicesQuery) -> list[str]:
        return ["Example Shelter 0161 496 0001, open until 10pm"] * query.limit

    def appointment_id(self) -> str | None:
        return "a1"

    def local(self, at: datetime) -> datetime:
        return at

    def at_wall(self, wall: wall_time, *, after: datetime) -> datetime:
        return after + timedelta(hours=1)

    def next_open(self, category: str) -> datetime | None:
        return None

    def in_area(self, area: str) -> EverythingKnown:
        return self


def measure() -> list[float]:
    """Seconds of each step, over every reply."""
    book, world, taken = FlowBook.load(ROOT / "flows"), EverythingKnown(), []
    for flow_id, replies in REPLIES.items():
        begun = runner.start(
            book.current(flow_id), book=book, conversation_id="c", person_id="p", world=world, now=NOW
        ).conversation
        stored = json.dumps(begun.to_doc())
        for reply in replies:
            for _ in range(ROUNDS):
                start = time.perf_counter()
                conversation = Conversation.from_doc(
                    json.loads(stored), id="c", person_id="p", flow_id=begun.flow_id, revision=begun.revision,
                    asking=True, finished=False,
                )  # fmt: skip
                turn = runner.answer(conversation, reply, Reading(), book=book, world=world, now=NOW)
                json.dumps(turn.conversation.to_doc())
                taken.append(time.perf_counter() - start)
    return taken


def one_step(towns: Towns) -> list[Figure]:
    """(c) The median over every reply."""
    found = sorted(measure())
    median, p99 = found[len(found) // 2], quantiles(found, n=100)[-1]
    return [
        Figure("c", "an engine step, state loaded and stored", median * 1e6, "µs", 100,
               beside=f"p99 {p99 * 1e6:.0f} µs")
    ]  # fmt: skip
