"""The clock that is moved by hand."""

from __future__ import annotations

from datetime import timedelta

from bot.store import clock
from bot.store.clock import ClockState
from tests.store.rows import NOON


def test_a_clock_that_nobody_moved_is_not_there(conn):
    assert clock.read(conn) is None


def test_the_clock_stands_where_it_was_put_last(conn):
    clock.write(conn, ClockState(started=NOON, held_at=NOON))
    clock.write(conn, ClockState(started=NOON, held_at=NOON + timedelta(hours=1)))
    assert clock.read(conn) == ClockState(NOON, NOON + timedelta(hours=1), 0.0)

    clock.write(conn, ClockState(offset_seconds=3600.5))
    assert clock.read(conn) == ClockState(None, None, 3600.5)
