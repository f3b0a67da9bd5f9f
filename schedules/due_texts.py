"""Every second: texts that wait in the outbox."""

from __future__ import annotations

from contextlib import nullcontext

from bot.deps import Deps
from bot.usecases.send_due import send_due


def run(deps: Deps) -> None:
    """Hand over what is due. Only a clock that can be moved makes the other jobs wait for the provider."""
    with deps.tick_lock if deps.is_clock_movable else nullcontext():
        send_due(deps, now=deps.clock())
