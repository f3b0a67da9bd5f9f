"""One person's way through one flow, as the engine keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bot.engine.effects import Effect

HISTORY_LIMIT = 60


@dataclass(frozen=True)
class Frame:
    """Where to come back to when a sub-flow ends."""

    flow_id: str
    revision: int
    step: str


@dataclass(frozen=True)
class Conversation:
    """`step` is the question or wait the conversation stands at. `seq` grows each time a question or a wait
    begins, and timers carry it. `asking`: a question is open. `parked`: a newer question overtook it; its
    timers still run. `subject`: what it is about, for instance {"appointment": id}. `history` is bounded."""

    id: str
    person_id: str
    flow_id: str
    revision: int
    step: str
    seq: int = 0
    asking: bool = False
    finished: bool = False
    tries: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    stack: tuple[Frame, ...] = ()
    subject: dict[str, str] = field(default_factory=dict)
    history: tuple[str, ...] = ()

    def noted(self, *entries: str) -> Conversation:
        """With these `flow.step>exit` entries on its history, the oldest dropped."""
        return replace(self, history=(*self.history, *entries)[-HISTORY_LIMIT:])

    def parked(self) -> Conversation:
        """With its question closed because a newer one took over; timers of this `seq` still run."""
        return replace(self, asking=False)

    def to_doc(self) -> dict[str, Any]:
        """As JSON-ready data; `from_doc` gives it back equal."""
        return {
            "step": self.step, "seq": self.seq, "tries": self.tries, "answers": self.answers,
            "stack": [[f.flow_id, f.revision, f.step] for f in self.stack],
            "subject": self.subject, "history": list(self.history),
        }  # fmt: skip

    @classmethod
    def from_doc(
        cls, doc: dict[str, Any], *, id: str, person_id: str, flow_id: str, revision: int,
        asking: bool, finished: bool,
    ) -> Conversation:  # fmt: skip
        """The conversation that `to_doc` and its columns describe."""
        return cls(
            id=id, person_id=person_id, flow_id=flow_id, revision=revision, asking=asking, finished=finished,
            step=doc["step"], seq=doc["seq"], tries=doc["tries"], answers=dict(doc["answers"]),
            stack=tuple(Frame(*frame) for frame in doc["stack"]),
            subject=dict(doc["subject"]), history=tuple(doc["history"]),
        )  # fmt: skip


@dataclass(frozen=True)
class Turn:
    """Where the conversation now stands, and what must happen because of it.

    `understood`: the text answered the question. `trail`: the steps and exits taken, `flow.step>exit`.
    """

    conversation: Conversation
    effects: tuple[Effect, ...] = ()
    understood: bool = True
    trail: tuple[str, ...] = ()
