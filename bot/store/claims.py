"""Taking texts out of the outbox to hand them over: each is one host's at a time, whoever crashes.

A claim carries a token of its own. What was claimed and not handed over can go back; what was handed over
is looked up at the provider first. Source: docs/decisions/0003-hand-over-once.md
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, select, text, update

from bot.domain.messages import DeliveryStatus, OutboxMessage, Priority
from bot.domain.people import Person
from bot.store import outbox as outbox_rows
from bot.store import people as people_rows
from bot.store.outbox import CLAIM_LEASE, HAND_OVER_LEASE
from bot.store.schema import appointments, outbox, people, workers
from bot.store.statements import Statement
from bot.store.types import UtcDateTime

_o = outbox.c
_IN_HAND = text("status IN ('claimed', 'handed_over')")  # spelled as in the partial index
_OURS = _o.claimed_by == bindparam("token")
_BEFORE = bindparam("before", type_=UtcDateTime)
_THESE = _o.id.in_(bindparam("ids", expanding=True))


@dataclass(frozen=True)
class Claimed:
    """A text that is ours to hand over, with what may have changed since it was written."""

    message: OutboxMessage
    person: Person | None
    worker_opted_out_at: datetime | None
    appointment_starts_at: datetime | None


def _claim_statement(dialect: str, lowest: Priority) -> TextClause:
    """The first `:most` texts that may go, by priority, then instant, then id; one branch a priority.

    A text waits while one before it to the same address is on its way, waits for another try, or could go
    itself. So each claim takes at most one text an address, and no two hosts have two of one address.
    """
    lock = " FOR UPDATE SKIP LOCKED" if dialect == "postgresql" else ""
    branches = " UNION ALL ".join(
        f"""SELECT * FROM (
            SELECT o.id, o.priority, o.due_at FROM outbox AS o
             WHERE o.status = 'due' AND o.priority = {priority:d} AND o.due_at <= :at
               AND NOT EXISTS (
                 SELECT 1 FROM outbox AS e WHERE e.address = o.address
                    AND e.status IN ('due', 'claimed', 'handed_over') AND NOT e.via_twiml
                    AND (e.priority < o.priority OR (e.priority = o.priority AND e.id < o.id))
                    AND (e.status <> 'due' OR e.due_at <= :at OR e.attempts > 0))
             ORDER BY o.due_at, o.id LIMIT :most{lock}) AS of_{priority:d}"""
        for priority in Priority
        if priority <= lowest
    )
    first = f"SELECT id FROM ({branches}) AS every ORDER BY priority, due_at, id LIMIT :most"
    change = "UPDATE outbox SET status = 'claimed', claimed_at = :at, claimed_by = :token"
    statement = (
        f"WITH first AS MATERIALIZED ({first}) {change} FROM first WHERE outbox.id = first.id"
        if dialect == "postgresql"
        else f"{change} WHERE id IN ({first})"
    )
    return text(f"{statement} RETURNING outbox.id").bindparams(bindparam("at", type_=UtcDateTime))


_CLAIM = {
    (dialect, lowest): Statement(_claim_statement(dialect, lowest))
    for dialect in ("sqlite", "postgresql")
    for lowest in (Priority.PAGE, Priority.BULK)
}
_CLAIMED = Statement(
    select(
        *outbox_rows.COLUMNS,
        workers.c.opted_out_at,
        appointments.c.starts_at,
        *people_rows.COLUMNS,
    )
    .select_from(
        outbox.outerjoin(people, people.c.id == _o.person_id)
        .outerjoin(workers, workers.c.id == _o.worker_id)
        .outerjoin(appointments, appointments.c.id == _o.appointment_id)
    )
    .where(_THESE)
    .order_by(_o.priority, _o.due_at, _o.id)
)
_ROWS = Statement(select(*outbox_rows.COLUMNS).where(_THESE).order_by(_o.id))
_HAND_OVER = Statement(
    update(outbox)
    .where(_THESE, _o.status == DeliveryStatus.CLAIMED.value, _OURS)
    .values(
        status=DeliveryStatus.HANDED_OVER.value,
        handed_at=bindparam("at", type_=UtcDateTime),
        claimed_at=bindparam("at", type_=UtcDateTime),
        attempts=_o.attempts + 1,
    )
    .returning(_o.id)
)
_BACK = {"status": DeliveryStatus.DUE.value, "claimed_at": None, "claimed_by": None}
_WAIT = Statement(
    update(outbox)
    .where(_o.id == bindparam("outbox_id"), _o.status == DeliveryStatus.CLAIMED.value, _OURS)
    .values(**_BACK, due_at=bindparam("until", type_=UtcDateTime))
)
_NOT_TRIED = Statement(
    update(outbox)
    .where(_THESE, _o.status == DeliveryStatus.HANDED_OVER.value, _OURS)
    .values(**_BACK, attempts=_o.attempts - 1)
)
_TRY_AGAIN = Statement(
    update(outbox)
    .where(_o.id == bindparam("outbox_id"), _o.status == DeliveryStatus.HANDED_OVER.value)
    .values(
        **_BACK,
        via_twiml=False,
        due_at=bindparam("at", type_=UtcDateTime),
        error_code=bindparam("code", type_=_o.error_code.type),
        reason=bindparam("why", type_=_o.reason.type),
    )
)
_LOOK_UP_FROM = Statement(
    update(outbox)
    .where(_o.id == bindparam("outbox_id"), _o.status == DeliveryStatus.HANDED_OVER.value)
    .values(
        claimed_at=bindparam("from_at", type_=UtcDateTime),
        error_code=bindparam("code", type_=_o.error_code.type),
        reason=bindparam("why", type_=_o.reason.type),
    )
)
_LEFT_BEHIND = Statement(
    update(outbox)
    .where(_IN_HAND, _o.status == DeliveryStatus.CLAIMED.value, _o.claimed_at <= _BEFORE)
    .values(**_BACK)
)
_UNANSWERED = (
    select(_o.id)
    .where(_IN_HAND, _o.status == DeliveryStatus.HANDED_OVER.value, _o.claimed_at <= _BEFORE)
    .order_by(_o.claimed_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE_UNANSWERED = Statement(
    update(outbox)
    .where(_o.id.in_(_UNANSWERED))
    .values(claimed_at=bindparam("at", type_=UtcDateTime), claimed_by=bindparam("token"))
    .returning(_o.id)
)


def claim(
    conn: Connection, *, token: str, most: int, now: datetime, only_urgent: bool = False
) -> list[Claimed]:
    """Up to `most` due texts, ours from here on, in the order in which they should go.

    `only_urgent`: danger, answers and pages.
    """
    lowest = Priority.PAGE if only_urgent else Priority.BULK
    found = _CLAIM[conn.dialect.name, lowest].rows(conn, {"at": now, "token": token, "most": most})
    if not found:
        return []
    return [_claimed(row) for row in _CLAIMED.rows(conn, {"ids": [id for (id,) in found]})]


def wait(conn: Connection, outbox_id: int, *, token: str, until: datetime) -> None:
    """Give a claimed text back; it is due at `until`."""
    _WAIT.run(conn, {"outbox_id": outbox_id, "token": token, "until": until})


def hand_over(conn: Connection, ids: Collection[int], *, token: str, now: datetime) -> set[int]:
    """Record, before the provider is called, that it is about to be; the ids that are still ours."""
    if not ids:
        return set()
    return {id for (id,) in _HAND_OVER.rows(conn, {"ids": list(ids), "token": token, "at": now})}


def give_back(conn: Connection, ids: Collection[int], *, token: str) -> None:
    """These were not tried after all, or could not have been: they are due as before."""
    if ids:
        _NOT_TRIED.run(conn, {"ids": list(ids), "token": token})


def try_again(
    conn: Connection, outbox_id: int, *, at: datetime, code: int | None = None, reason: str | None = None
) -> bool:
    """The provider does not have this one: it is due again at `at`. False: a report came in the meantime."""
    values = {"outbox_id": outbox_id, "at": at, "code": code, "why": reason}
    return _TRY_AGAIN.run(conn, values) == 1


def look_up(
    conn: Connection, outbox_id: int, *, at: datetime, code: int | None = None, reason: str | None = None
) -> None:
    """It is not known whether the provider has this one: `unanswered` gives it from `at` on."""
    values = {"outbox_id": outbox_id, "from_at": at - HAND_OVER_LEASE, "code": code, "why": reason}
    _LOOK_UP_FROM.run(conn, values)


def recover(conn: Connection, *, now: datetime) -> int:
    """Make due again what was claimed and never handed over, and say how many."""
    return _LEFT_BEHIND.run(conn, {"before": now - CLAIM_LEASE})


def unanswered(conn: Connection, *, token: str, most: int, now: datetime) -> list[OutboxMessage]:
    """Texts handed over too long ago without an answer, ours to look up for as long again."""
    values = {"before": now - HAND_OVER_LEASE, "most": most, "at": now, "token": token}
    found = _TAKE_UNANSWERED.rows(conn, values)
    if not found:
        return []
    return [outbox_rows.from_row(row) for row in _ROWS.rows(conn, {"ids": [id for (id,) in found]})]


def _claimed(row: Sequence[Any]) -> Claimed:
    width = len(outbox_rows.COLUMNS)
    opted_out_at, starts_at, *person = row[width:]
    return Claimed(
        outbox_rows.from_row(row[:width]),
        None if person[0] is None else people_rows.from_row(person),
        opted_out_at,
        starts_at,
    )
