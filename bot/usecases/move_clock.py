"""Move a held clock: everything that falls due on the way happens, in order, each at its own time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.deps import Deps
from bot.errors import Conflict
from bot.store import escalations, outbox, reminders, timers
from bot.usecases import escalating
from bot.usecases.clocks import HeldClock, ShiftedClock
from bot.usecases.fire_timers import fire_due_timers
from bot.usecases.send_due import send_due
from bot.usecases.send_reminders import send_due_reminders

# When something due does not get done at its instant (the sender's rate, a batch), time goes on by this.
STEP = timedelta(seconds=1)
ROUNDS_AT_ONE_INSTANT = 20


def next_due(conn: Connection) -> datetime | None:
    """The earliest instant at which anything waits to be done."""
    found = [table.next_due(conn) for table in (timers, reminders, escalations, outbox)]
    return min((at for at in found if at is not None), default=None)


def do_what_is_due(deps: Deps, *, now: datetime) -> None:
    """Run every job once: what causes texts first, then the texts."""
    fire_due_timers(deps, now=now)
    send_due_reminders(deps, now=now)
    escalating.tick(deps, now=now)
    send_due(deps, now=now)


def move_clock(deps: Deps, to: datetime) -> datetime:
    """Move the clock to `to` and give where it stands then.

    Raises:
        Conflict: the clock is the real one, or `to` lies in its past.
    """
    clock = deps.clock
    if not isinstance(clock, HeldClock | ShiftedClock):
        raise Conflict("the clock is the real one; it can't be moved")
    with deps.tick_lock, deps.store.hurry():
        at = clock()
        if to < at:
            raise Conflict(f"the clock shows {at.isoformat()} and only goes forward")
        rounds = 0
        while True:
            with deps.store.read() as conn:
                due = next_due(conn)
            if due is None or due > to:
                break
            rounds = rounds + 1 if due <= at else 0
            due = max(due, at)
            if rounds > ROUNDS_AT_ONE_INSTANT:
                due, rounds = min(at + STEP, to), 0
                if due == at:
                    break
            if due > at:
                clock.set(due)
                at = due
            do_what_is_due(deps, now=at)
        if to > at:
            clock.set(to)
        do_what_is_due(deps, now=to)
        return clock() if isinstance(clock, HeldClock) else to
