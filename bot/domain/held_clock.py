"""A clock that is moved by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ClockState:
    """`started`: the time the clock was started with. `held_at`: where it stands, none when it runs on.

    `offset_seconds` is added to the real time by a clock that runs on.
    """

    started: datetime | None = None
    held_at: datetime | None = None
    offset_seconds: float = 0.0
