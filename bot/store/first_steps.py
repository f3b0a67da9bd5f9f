"""How far somebody who tries Gatepost out has come, read from what has happened."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Select, exists, select

from bot.store.schema import escalations, pages, timers, workers


@dataclass(frozen=True)
class Offer:
    """An escalation that a worker can take or has taken: which worker's phone, and the code to text."""

    phone: str
    name: str
    code: str
    is_taken: bool


@dataclass(frozen=True)
class FirstSteps:
    """What has been seen at least once. `offer`: one that somebody has taken, else the
    newest that is open."""

    first_night: bool
    escalation: bool
    taken: bool
    done: bool
    check_in: bool
    offer: Offer | None


def read(conn: Connection) -> FirstSteps:
    """What has been seen so far, and what a worker could answer to now."""
    t, e = timers.c, escalations.c
    return FirstSteps(
        first_night=_any(conn, select(t.id).where(t.kind == "first_night", t.status == "done")),
        escalation=_any(conn, select(e.id)),
        taken=_any(conn, select(e.id).where(e.taken_at.is_not(None))),
        done=_any(conn, select(e.id).where(e.taken_at.is_not(None), e.status == "closed")),
        check_in=_any(conn, select(t.id).where(t.kind == "check_in", t.status == "done")),
        offer=_offer(conn),
    )


def _any(conn: Connection, query: Select[tuple[int]] | Select[tuple[str]]) -> bool:
    return bool(conn.execute(select(exists(query))).scalar_one())


def _offer(conn: Connection) -> Offer | None:
    e, g, w = escalations.c, pages.c, workers.c
    query = (
        select(w.phone, w.name, g.code, g.state)
        .join_from(pages, escalations, e.id == g.escalation_id)
        .join(workers, w.id == g.worker_id)
        .where(e.status != "closed", g.state.in_(("paged", "taken")))
        .order_by(g.state.desc(), e.opened_at.desc(), g.paged_at.desc(), g.id.desc())
        .limit(1)
    )
    row = conn.execute(query).first()
    return Offer(row.phone, row.name.split()[0], row.code, row.state == "taken") if row else None
