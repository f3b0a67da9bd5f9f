"""Things of ours that fall due later and are not a reminder, a ladder or a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TimerStatus(StrEnum):
    """Where a timer stands. Only a waiting one moves, and it moves once."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Timer:
    """One thing to do at `due_at`. `key` is unique, so setting the same timer twice is one timer.

    `conversation_id` for the timers of a conversation (`no_reply`, `wait`); `subject_id` is what the others
    are about, for instance a release. `reason`: why it was skipped.
    """

    id: int
    key: str
    kind: str
    person_id: str
    due_at: datetime
    conversation_id: str | None = None
    subject_id: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    status: TimerStatus = TimerStatus.WAITING
    reason: str | None = None
