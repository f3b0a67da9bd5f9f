"""One thing that happens: the open transaction, the one instant it has, and what is answered because of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from bot.deps import Deps
from bot.domain.messages import Channel


@dataclass(frozen=True)
class Answering:
    """The inbound text that is being answered, so that texts to its sender go back as TwiML."""

    inbound_id: int
    address: str
    channel: Channel
    provider_id: str


@dataclass
class Work:
    """What a use case hands to the ones it calls. `answers` are the texts for the webhook's own answer."""

    deps: Deps
    conn: Connection
    now: datetime
    answering: Answering | None = None
    answers: list[str] = field(default_factory=list)
    sender_id: str | None = None  # person or worker who sent the text that is being answered
