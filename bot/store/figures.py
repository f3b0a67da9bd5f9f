"""Counts over the tables, for metrics and checks. Each looks only at what is not over yet, by its index."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select, text

from bot.store.schema import escalations, outbox

# Spelled as in the partial indexes, so that a million rows that are done with cost nothing.
_DUE = text("status = 'due'")
_IN_HAND = text("status IN ('claimed', 'handed_over')")
_NOT_CLOSED = text("status <> 'closed'")

_e = escalations.c
_COUNT_DUE = select(func.count()).select_from(outbox).where(_DUE)
_COUNT_IN_HAND = (
    select(outbox.c.status, func.count()).where(_IN_HAND, ~outbox.c.via_twiml).group_by(outbox.c.status)
)
_OLDEST_DUE = select(func.min(outbox.c.due_at)).where(_DUE)
_BY_STATE = select(_e.status, _e.urgency, func.count()).where(_NOT_CLOSED).group_by(_e.status, _e.urgency)
_RED = select(func.count()).where(_NOT_CLOSED, _e.status == "open", _e.exhausted_at.is_not(None))


def outbox_in_hand(conn: Connection) -> dict[str, int]:
    """How many texts are due, claimed or handed over, but for those that went back as a webhook's own answer."""
    counts = {"due": int(conn.execute(_COUNT_DUE).scalar_one()), "claimed": 0, "handed_over": 0}
    for status, count in conn.execute(_COUNT_IN_HAND):
        counts[status] = count
    return counts


def oldest_due(conn: Connection) -> datetime | None:
    """When the text that has waited longest fell due."""
    return conn.execute(_OLDEST_DUE).scalar()


def escalations_by_state(conn: Connection) -> dict[tuple[str, str], int]:
    """How many escalations are open or taken, by urgency."""
    return {(state, urgency): count for state, urgency, count in conn.execute(_BY_STATE)}


def escalations_red(conn: Connection) -> int:
    """How many open escalations nobody has answered although everybody was paged."""
    return int(conn.execute(_RED).scalar_one())
