"""Counts over the tables, for metrics and checks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.store.schema import escalations, outbox

_IN_HAND = ("due", "claimed", "handed_over")


def outbox_in_hand(conn: Connection) -> dict[str, int]:
    """How many texts are due, claimed or handed over."""
    counts = dict.fromkeys(_IN_HAND, 0)
    for status in _IN_HAND:
        waiting = select(func.count()).where(outbox.c.status == status, ~outbox.c.via_twiml)
        counts[status] = conn.execute(waiting).scalar_one()
    return counts


def oldest_due(conn: Connection) -> datetime | None:
    """When the text that has waited longest fell due."""
    return conn.execute(select(func.min(outbox.c.due_at)).where(outbox.c.status == "due")).scalar()


def escalations_by_state(conn: Connection) -> dict[tuple[str, str], int]:
    """How many escalations are open or taken, by urgency."""
    e = escalations.c
    query = (
        select(e.status, e.urgency, func.count()).where(e.status != "closed").group_by(e.status, e.urgency)
    )
    return {(row[0], row[1]): row[2] for row in conn.execute(query)}


def escalations_red(conn: Connection) -> int:
    """How many open escalations nobody has answered although everybody was paged."""
    e = escalations.c
    query = select(func.count()).where(e.status == "open", e.exhausted_at.is_not(None))
    return int(conn.execute(query).scalar_one())
