"""Clocks that are moved by hand, for tests and the simulator. They are kept in the database, so that every
process and a restart see the same time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.deps import real_now
from bot.domain.held_clock import ClockState
from bot.errors import Conflict
from bot.store import clock as clock_rows
from bot.store.database import Store


class HeldClock:
    """Stands still until it is moved. `start` is the CLOCK setting: the same start again goes on where the
    clock stood, another one begins anew."""

    def __init__(self, store: Store, start: datetime) -> None:
        self._store = store
        with store.begin() as conn:
            state = clock_rows.read(conn)
            if state is None or state.started != start or state.held_at is None:
                clock_rows.write(conn, ClockState(started=start, held_at=start))

    def __call__(self) -> datetime:
        with self._store.read() as conn:
            state = clock_rows.read(conn)
        assert state is not None
        assert state.held_at is not None
        return state.held_at

    def set(self, to: datetime) -> None:
        """Stand at `to`.

        Raises:
            Conflict: that is before where the clock stands.
        """
        with self._store.begin() as conn:
            state = clock_rows.read(conn)
            assert state is not None
            assert state.held_at is not None
            if to < state.held_at:
                raise Conflict(f"the clock stands at {state.held_at.isoformat()} and only goes forward")
            clock_rows.write(conn, replace(state, held_at=to))


class ShiftedClock:
    """Runs on like the real one, so much later: the simulator's, which can jump ahead."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self) -> datetime:
        with self._store.read() as conn:
            state = clock_rows.read(conn)
        return real_now() + timedelta(seconds=state.offset_seconds if state else 0.0)

    def set(self, to: datetime) -> None:
        """Show `to` now, and run on from there.

        Raises:
            Conflict: that is before what the clock shows.
        """
        offset = (to - real_now()).total_seconds()
        with self._store.begin() as conn:
            state = clock_rows.read(conn) or ClockState()
            if offset < state.offset_seconds - 1:
                raise Conflict("the clock only goes forward")
            clock_rows.write(conn, replace(state, offset_seconds=max(offset, state.offset_seconds)))
