"""What is open or waits for its time, with the first name of whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.store import schema


@dataclass(frozen=True)
class Waiting:
    at: datetime
    kind: str
    name: str


@dataclass(frozen=True)
class Unclosed:
    """`taken_by`: first name of the worker who has it. `is_red`: the whole ladder was tried in vain."""

    name: str
    area: str
    urgency: str
    reason: str
    taken_by: str | None
    is_red: bool


def timers(conn: Connection, *, limit: int) -> list[Waiting]:
    """The timers that fall due next."""
    t, p = schema.timers.c, schema.people.c
    query = (
        select(t.due_at, t.kind, p.first_name)
        .join(schema.people, p.id == t.person_id)
        .where(t.status == "waiting")
        .order_by(t.due_at)
        .limit(limit)
    )
    return [Waiting(row.due_at, row.kind, row.first_name or "somebody") for row in conn.execute(query)]


def reminders(conn: Connection, *, limit: int) -> list[Waiting]:
    """The reminders that fall due next."""
    r, p = schema.reminders.c, schema.people.c
    query = (
        select(r.due_at, r.kind, p.first_name)
        .join(schema.people, p.id == r.person_id)
        .where(r.status == "waiting")
        .order_by(r.due_at)
        .limit(limit)
    )
    return [Waiting(row.due_at, row.kind, row.first_name or "somebody") for row in conn.execute(query)]


def escalations(conn: Connection, *, limit: int = 20) -> list[Unclosed]:
    """Escalations that are not closed, the oldest first."""
    e, p, w = schema.escalations.c, schema.people.c, schema.workers.c
    query = (
        select(p.first_name, e.area, e.urgency, e.reason, w.name, e.exhausted_at, e.taken_by)
        .join(schema.people, p.id == e.person_id)
        .outerjoin(schema.workers, w.id == e.taken_by)
        .where(e.status != "closed")
        .order_by(e.opened_at)
        .limit(limit)
    )
    return [
        Unclosed(
            row.first_name, row.area, row.urgency, row.reason,
            row.name.split()[0] if row.name else None,
            row.exhausted_at is not None and row.taken_by is None,
        )
        for row in conn.execute(query)
    ]  # fmt: skip
