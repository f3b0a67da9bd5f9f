"""What went to and fro between us and one phone, for pages that show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from bot.domain.messages import DeliveryStatus
from bot.store.schema import inbound, numbers, outbox, people, simulator_phones, workers


@dataclass(frozen=True)
class Line:
    """One text of a thread. `status` is none for what came in; `reason` says why one was refused."""

    key: str
    from_us: bool
    body: str
    at: datetime
    status: DeliveryStatus | None = None
    reason: str | None = None
    outcome: str | None = None


@dataclass(frozen=True)
class Phone:
    """A phone to show. `holder`: `person`, `worker` or `other`."""

    address: str
    label: str
    holder: str
    detail: str = ""


def thread(conn: Connection, address: str, *, now: datetime, limit: int = 40) -> list[Line]:
    """The last texts of a phone, oldest first. What is not due yet at `now` is left out."""
    i, o = inbound.c, outbox.c
    came = select(i.id, i.body, i.received_at, i.outcome).where(i.address == address)
    went = select(o.id, o.body, o.created_at, o.due_at, o.status, o.reason, o.via_twiml).where(
        o.address == address, o.due_at <= now
    )
    lines = [
        (row.received_at, 0, row.id, Line(f"i{row.id}", False, row.body, row.received_at, outcome=row.outcome))
        for row in conn.execute(came.order_by(i.id.desc()).limit(limit))
    ]
    for row in conn.execute(went.order_by(o.id.desc()).limit(limit)):
        at = max(row.created_at, row.due_at)
        line = Line(f"o{row.id}", True, row.body, at, DeliveryStatus(row.status), row.reason)
        lines.append((at, 1, row.id, line))
    return [line for *_, line in sorted(lines, key=lambda entry: entry[:3])][-limit:]


def phones(conn: Connection, *, limit: int = 4) -> list[Phone]:
    """Phones worth showing: the first people and workers on record, then the ones somebody added."""
    p, n, w = people.c, numbers.c, workers.c
    holders = (
        select(p.first_name, p.area, n.address)
        .join(numbers, n.person_id == p.id)
        .where(n.until_at.is_(None), p.is_known)
        .order_by(p.created_at, p.id)
        .limit(limit)
    )
    found = [Phone(row.address, row.first_name, "person", row.area) for row in conn.execute(holders)]
    staff = select(w.name, w.role, w.phone).order_by(w.created_at, w.id).limit(limit)
    found += [
        Phone(row.phone, row.name.split()[0], "worker", row.role.replace("_", " "))
        for row in conn.execute(staff)
    ]
    known = {phone.address for phone in found}
    s = simulator_phones.c
    added = conn.execute(select(s.address, s.label).order_by(s.created_at))
    found += [Phone(row.address, row.label, "other", "added") for row in added if row.address not in known]
    return found


def add_phone(conn: Connection, address: str, label: str, *, now: datetime) -> bool:
    """Show one more phone; false when it was there."""
    try:
        with conn.begin_nested():
            conn.execute(insert(simulator_phones).values(address=address, label=label, created_at=now))
    except IntegrityError:
        return False
    return True
