"""Every ten seconds: this host is alive."""

from __future__ import annotations

from bot.deps import Deps, real_now
from bot.store import heartbeats


def run(deps: Deps, host: str, role: str) -> None:
    """Say so in real time, whatever the clock shows: it is about the machine."""
    with deps.store.begin() as conn:
        heartbeats.beat(conn, host, role, now=real_now())
