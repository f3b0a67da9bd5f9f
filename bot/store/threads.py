"""What went to and fro between us and one phone, for pages that show it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.domain.messages import DeliveryStatus
from bot.store.schema import inbound, numbers, outbox, people, shifts, simulator_phones, workers


@dataclass(frozen=True)
class Line:
    """One text of a thread. `status` is none for what came in; `reason` says why one was refused.

    `times`: how often the same words went out in a row, the last time at `last_at`.
    """

    key: str
    from_us: bool
    body: str
    at: datetime
    last_at: datetime
    status: DeliveryStatus | None = None
    reason: str | None = None
    outcome: str | None = None
    times: int = 1


@dataclass(frozen=True)
class Phone:
    """A phone to show. `holder`: `person`, `worker` or `other`.

    `detail` is a person's area or a worker's role; `level` says where on the rota a worker is now.
    """

    address: str
    label: str
    holder: str
    detail: str = ""
    level: int | None = None
    is_opted_out: bool = False


def thread(conn: Connection, address: str, *, now: datetime, limit: int = 40) -> list[Line]:
    """The last texts of a phone, oldest first; the same words sent over and over are one line.

    What is not due yet at `now` is left out. Where a clock stands still and many texts have one instant, what
    came in comes after the texts that had gone before it: see `provider_id_of_next`.
    """
    i, o = inbound.c, outbox.c
    came = select(i.id, i.provider_id, i.body, i.received_at, i.outcome).where(i.address == address)
    went = select(o.id, o.body, o.created_at, o.due_at, o.status, o.reason).where(
        o.address == address, o.due_at <= now
    )
    lines = [
        (row.received_at, _gone_before(row.provider_id), 1, row.id,
         Line(f"i{row.id}", False, row.body, row.received_at, row.received_at, outcome=row.outcome))
        for row in conn.execute(came.order_by(i.id.desc()).limit(limit * 4))
    ]  # fmt: skip
    for row in conn.execute(went.order_by(o.id.desc()).limit(limit * 4)):
        at = max(row.created_at, row.due_at)
        line = Line(f"o{row.id}", True, row.body, at, at, DeliveryStatus(row.status), row.reason)
        lines.append((at, row.id, 0, row.id, line))
    return _merged([line for *_, line in sorted(lines, key=lambda entry: entry[:4])])[-limit:]


def provider_id_of_next(conn: Connection, unique: str) -> str:
    """An id for a text that comes in now, which tells what had gone out before it."""
    newest = conn.execute(select(func.max(outbox.c.id))).scalar_one() or 0
    return f"SM{unique}.{newest}"


def _gone_before(provider_id: str) -> int:
    """The id of the newest text that had gone out before; -1 when the provider's id does not tell."""
    tail = provider_id.rpartition(".")[2]
    return int(tail) if tail.isdecimal() and "." in provider_id else -1


def _merged(lines: list[Line]) -> list[Line]:
    found: list[Line] = []
    for line in lines:
        last = found[-1] if found else None
        if last and last.from_us and line.from_us and last.body == line.body and last.status is line.status:
            found[-1] = replace(last, last_at=line.at, times=last.times + 1)
        else:
            found.append(line)
    return found


def phones(conn: Connection, *, now: datetime, limit: int = 3) -> list[Phone]:
    """Phones worth showing: the first person and two workers, the others on record, those somebody added.

    At most `limit` people and as many workers, the first ones on record. Who is on call is said for the area
    of the first person.
    """
    holders = list(_people(conn, limit))
    staff = list(_workers(conn, now, limit, area=holders[0].detail if holders else None))
    found = [*holders[:1], *staff[:2], *holders[1:], *staff[2:]]
    shown = {phone.address for phone in found}
    s = simulator_phones.c
    for row in conn.execute(select(s.address, s.label).order_by(s.created_at, s.address)):
        if row.address not in shown:
            found.append(_on_record(conn, row.address, now) or Phone(row.address, row.label, "other"))
    return found


def _people(conn: Connection, limit: int, address: str | None = None) -> list[Phone]:
    p, n = people.c, numbers.c
    query = (
        select(p.first_name, p.area, p.opted_out_at, n.address)
        .join(numbers, n.person_id == p.id)
        .where(n.until_at.is_(None), p.is_known)
        .order_by(p.created_at, p.id)
        .limit(limit)
    )
    if address is not None:
        query = query.where(n.address == address)
    return [
        Phone(
            row.address, row.first_name or "Somebody", "person", row.area,
            is_opted_out=row.opted_out_at is not None,
        )
        for row in conn.execute(query)
    ]  # fmt: skip


def _workers(
    conn: Connection, now: datetime, limit: int, address: str | None = None, area: str | None = None
) -> list[Phone]:
    w, h = workers.c, shifts.c
    on = and_(h.worker_id == w.id, h.starts_at <= now, h.ends_at > now)
    if area is not None:
        on = and_(on, h.area == area)
    query = (
        select(w.name, w.role, w.phone, w.opted_out_at, func.min(h.level).label("level"))
        .outerjoin(shifts, on)
        .group_by(w.id, w.name, w.role, w.phone, w.opted_out_at, w.created_at)
        .order_by(w.created_at, w.id)
        .limit(limit)
    )
    if address is not None:
        query = query.where(w.phone == address)
    return [
        Phone(
            row.phone, row.name.split()[0], "worker", row.role.replace("_", " "), row.level,
            row.opted_out_at is not None,
        )
        for row in conn.execute(query)
    ]  # fmt: skip


def _on_record(conn: Connection, address: str, now: datetime) -> Phone | None:
    """Whose number it is, when it is one that we know."""
    found = _workers(conn, now, 1, address) or _people(conn, 1, address)
    return found[0] if found else None


def add_phone(conn: Connection, address: str, label: str, *, now: datetime) -> bool:
    """Show one more phone; false when it was there."""
    try:
        with conn.begin_nested():
            conn.execute(insert(simulator_phones).values(address=address, label=label, created_at=now))
    except IntegrityError:
        return False
    return True
