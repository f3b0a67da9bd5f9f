"""Where the clock that is moved by hand stands, the same for every process."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.domain.held_clock import ClockState
from bot.store.inserts import InsertOrUpdate
from bot.store.schema import clock

__all__ = ["ClockState", "read", "write"]

_READ = select(clock.c.started, clock.c.held_at, clock.c.offset_seconds)
_WRITE = InsertOrUpdate(
    clock,
    "id",
    changes=lambda new: {
        "started": new.started,
        "held_at": new.held_at,
        "offset_seconds": new.offset_seconds,
    },
)


def read(conn: Connection) -> ClockState | None:
    """Where the clock stands; none when nobody has ever moved it."""
    row = conn.execute(_READ).first()
    return None if row is None else ClockState(*row)


def write(conn: Connection, state: ClockState) -> None:
    """Put the clock there."""
    _WRITE(
        conn,
        {
            "id": 1,
            "started": state.started,
            "held_at": state.held_at,
            "offset_seconds": state.offset_seconds,
        },
    )
