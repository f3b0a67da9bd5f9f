"""Every ten seconds: this host is alive."""

from __future__ import annotations

from bot.deps import Deps, real_now
from bot.store import heartbeats
from bot.store.migrate import refuse_other_schema


def run(deps: Deps, host: str, role: str) -> None:
    """Say so in real time, whatever the clock shows: it is about the machine.

    Raises:
        DatabaseTooNew: a newer release has migrated the database; this host is then not healthy any more.
    """
    with deps.store.begin() as conn:
        refuse_other_schema(conn)
        heartbeats.beat(conn, host, role, now=real_now())
