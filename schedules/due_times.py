"""Every second: questions nobody answered, waits, first nights, check-ins, hand-overs."""

from __future__ import annotations

from bot.deps import Deps
from bot.usecases.fire_timers import fire_due_timers


def run(deps: Deps) -> None:
    """Fire what is due; a clock that is being moved goes first."""
    with deps.tick_lock:
        fire_due_timers(deps, now=deps.clock())
