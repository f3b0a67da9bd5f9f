"""One thing that happens: the open transaction, the one instant it has, and what is answered because of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from bot.deps import Deps
from bot.domain.messages import Channel


@dataclass(frozen=True)
class Answering:
    """The inbound text that is being answered, so that texts to its sender go back as TwiML.

    `sender_id`: the person or worker who sent it, once that is known.
    """

    inbound_id: int
    address: str
    channel: Channel
    sender_id: str | None = None


@dataclass(frozen=True)
class Answer:
    """One text of the webhook's own answer; `outbox_id` ties delivery reports to it."""

    outbox_id: int
    body: str


@dataclass
class Work:
    """What a use case hands to the ones it calls. `words`: what the person wrote, for whoever is paged."""

    deps: Deps
    conn: Connection
    now: datetime
    answering: Answering | None = None
    words: str = ""
    answers: list[Answer] = field(default_factory=list)

    def is_answering(self, sender_id: str) -> bool:
        """Whether a text to this person or worker can go back in the answer to theirs."""
        return self.answering is not None and self.answering.sender_id == sender_id
