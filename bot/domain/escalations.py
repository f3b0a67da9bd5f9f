"""Needs that a human must see, until someone takes them and says they are done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Urgency(StrEnum):
    DANGER = "danger"
    TODAY = "today"
    WHENEVER = "whenever"


class EscalationStatus(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class PageState(StrEnum):
    PAGED = "paged"
    TAKEN = "taken"
    PASSED = "passed"
    FAILED = "failed"
    STOOD_DOWN = "stood_down"
    CLOSED = "closed"


@dataclass(frozen=True)
class Escalation:
    """One need. `ladder` is a snapshot of worker ids, a tuple a rung; empty until paging begins.

    `rung` is the rung that was paged last (-1: none yet). `next_due` is when something must happen next,
    none when it waits for nobody. `exhausted_at`: when the end of the ladder was first reached (red).
    `rounds`: how often the whole ladder has been walked.
    """

    id: str
    person_id: str
    area: str
    urgency: Urgency
    reason: str
    need: str
    words: str
    status: EscalationStatus
    opened_at: datetime
    ladder: tuple[tuple[str, ...], ...] = ()
    rung: int = -1
    rounds: int = 0
    next_due: datetime | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    last_activity_at: datetime | None = None
    nudged_at: datetime | None = None
    exhausted_at: datetime | None = None
    closed_at: datetime | None = None
    close_note: str = ""
    repeats: int = 0


@dataclass(frozen=True)
class Page:
    """One worker called out for one escalation, with the code they answer by."""

    id: int
    escalation_id: str
    worker_id: str
    code: str
    rung: int
    state: PageState
    paged_at: datetime
    outbox_id: int | None = None


@dataclass(frozen=True)
class Shift:
    """A stretch of the rota, half-open. Level 1 is rung first."""

    id: int
    area: str
    worker_id: str
    starts_at: datetime
    ends_at: datetime
    level: int = 1


@dataclass(frozen=True)
class Event:
    """One line of the append-only record: what happened, to whom, by whom. `data` holds ids and words."""

    at: datetime
    kind: str
    person_id: str | None = None
    worker_id: str | None = None
    escalation_id: str | None = None
    data: dict[str, object] = field(default_factory=dict)
