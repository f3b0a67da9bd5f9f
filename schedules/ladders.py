"""Every second: escalations nobody has taken yet, and taken ones that went quiet."""

from __future__ import annotations

from bot.deps import Deps
from bot.usecases import escalating


def run(deps: Deps) -> None:
    """Page the next rung where it is time."""
    with deps.tick_lock:
        escalating.tick(deps, now=deps.clock())
