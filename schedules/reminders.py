"""Every second: reminders of appointments."""

from __future__ import annotations

from bot.deps import Deps
from bot.usecases.send_reminders import send_due_reminders


def run(deps: Deps) -> None:
    """Write the reminders that are due."""
    with deps.tick_lock:
        send_due_reminders(deps, now=deps.clock())
