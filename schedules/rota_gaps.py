"""Every quarter of an hour: hours ahead that nobody covers."""

from __future__ import annotations

from bot.deps import Deps
from bot.usecases import escalating


def run(deps: Deps) -> None:
    """Warn the coordinators of each gap, a week and a day ahead, once each."""
    with deps.tick_lock:
        escalating.warn_of_gaps(deps, now=deps.clock())
