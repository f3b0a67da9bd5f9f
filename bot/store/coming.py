"""What is open or waits for its time, with the first name of whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, exists, or_, select

from bot.store import schema


@dataclass(frozen=True)
class Waiting:
    """`kind` is that of a timer, or `reminder`."""

    at: datetime
    kind: str
    name: str


@dataclass(frozen=True)
class Unclosed:
    """`taken_by` and `asked`: first names of the workers who have it, who were paged last and may yet answer.

    `is_red`: the whole ladder was tried in vain. `next_due`: when the next step is taken.
    """

    id: str
    name: str
    area: str
    urgency: str
    reason: str
    taken_by: str | None
    asked: str | None
    is_red: bool
    next_due: datetime | None


def timers(conn: Connection, *, limit: int) -> list[Waiting]:
    """The timers that fall due next; of a conversation only that of the question which is open."""
    t, p, c = schema.timers.c, schema.people.c, schema.conversations.c
    newer = schema.timers.alias()
    is_past = exists().where(
        newer.c.conversation_id == t.conversation_id, newer.c.kind == t.kind, newer.c.id > t.id
    )
    query = (
        select(t.due_at, t.kind, p.first_name)
        .join(schema.people, p.id == t.person_id)
        .outerjoin(schema.conversations, c.id == t.conversation_id)
        .where(t.status == "waiting", or_(t.kind != "no_reply", and_(c.is_asking, ~is_past)))
        .order_by(t.due_at, t.id)
        .limit(limit)
    )
    return [Waiting(row.due_at, row.kind, row.first_name) for row in conn.execute(query)]


def reminders(conn: Connection, *, limit: int) -> list[Waiting]:
    """The reminders that fall due next."""
    r, p = schema.reminders.c, schema.people.c
    query = (
        select(r.due_at, p.first_name)
        .join(schema.people, p.id == r.person_id)
        .where(r.status == "waiting")
        .order_by(r.due_at, r.id)
        .limit(limit)
    )
    return [Waiting(row.due_at, "reminder", row.first_name) for row in conn.execute(query)]


def escalations(conn: Connection, *, limit: int = 20) -> list[Unclosed]:
    """Escalations that are not closed, the newest first."""
    e, p, w, g = schema.escalations.c, schema.people.c, schema.workers.c, schema.pages.c
    paged = schema.workers.alias()
    asked = (
        select(paged.c.name)
        .join(schema.pages, g.worker_id == paged.c.id)
        .where(g.escalation_id == e.id, g.state == "paged")
        .order_by(g.paged_at.desc(), g.id.desc())
        .limit(1)
        .correlate(schema.escalations)
        .scalar_subquery()
    )
    query = (
        select(
            e.id, p.first_name, e.area, e.urgency, e.reason, w.name, e.exhausted_at, e.taken_by, e.next_due,
            asked.label("asked"),
        )
        .join(schema.people, p.id == e.person_id)
        .outerjoin(schema.workers, w.id == e.taken_by)
        .where(e.status != "closed")
        .order_by(e.opened_at.desc(), e.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        Unclosed(
            row.id, row.first_name, row.area, row.urgency, row.reason, _first(row.name), _first(row.asked),
            row.exhausted_at is not None and row.taken_by is None, row.next_due,
        )
        for row in conn.execute(query)
    ]  # fmt: skip


def _first(name: str | None) -> str | None:
    return name.split()[0] if name and name.strip() else None
