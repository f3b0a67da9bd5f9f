"""Escalations: each step is one conditional update, so that two hosts or two workers never both win."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.domain.escalations import Escalation, EscalationStatus, Urgency
from bot.domain.messages import DeliveryStatus, Kind
from bot.store.schema import escalations, outbox
from bot.store.statements import Statement

_e = escalations.c
# In the order of the fields of `Escalation`.
COLUMNS = (
    _e.id, _e.person_id, _e.area, _e.urgency, _e.reason, _e.need, _e.words, _e.status, _e.opened_at,
    _e.ladder, _e.rung, _e.rounds, _e.next_due, _e.taken_by, _e.taken_at, _e.last_activity_at,
    _e.nudged_at, _e.exhausted_at, _e.closed_at, _e.close_note, _e.repeats,
)  # fmt: skip
_CLOSED = EscalationStatus.CLOSED.value
_NOT_CLOSED = _e.status != _CLOSED
_UNDER_WAY = _e.status.in_([EscalationStatus.OPEN.value, EscalationStatus.TAKEN.value])
_GET = Statement(select(*COLUMNS).where(_e.id == bindparam("escalation_id")))
_ADD = Statement(insert(escalations))
# Sets the columns it is given values for.
_CHANGE = Statement(update(escalations).where(_e.id == bindparam("escalation_id")))
_OF_PERSON = Statement(
    select(*COLUMNS).where(_e.person_id == bindparam("of_person"), _UNDER_WAY).order_by(_e.opened_at, _e.id)
)
_TAKEN_BY = (
    select(*COLUMNS)
    .where(_e.taken_by == bindparam("of_worker"), _e.status == EscalationStatus.TAKEN.value)
    .order_by(_e.taken_at, _e.id)
)
_DUE = (
    select(_e.id, _e.person_id, _e.next_due)
    .where(_NOT_CLOSED, _e.next_due <= bindparam("by"))
    .order_by(_e.next_due, _e.id)
    .limit(bindparam("at_most"))
)
_NEXT_DUE = select(func.min(_e.next_due)).where(_NOT_CLOSED)
_RELAYED = select(func.max(outbox.c.created_at)).where(
    outbox.c.escalation_id == bindparam("of_escalation"), outbox.c.kind == Kind.RELAY.value
)
_TO_PERSON = _RELAYED.where(
    outbox.c.person_id == bindparam("of_person"),
    outbox.c.worker_id.is_(None),
    outbox.c.status != DeliveryStatus.REFUSED.value,
)
_TO_WORKER = _RELAYED.where(outbox.c.address == bindparam("phone"), outbox.c.worker_id.is_not(None))


def get(conn: Connection, escalation_id: str) -> Escalation | None:
    """The escalation with this id."""
    row = _GET.first(conn, {"escalation_id": escalation_id})
    return None if row is None else from_row(row)


def open_of_person(conn: Connection, person_id: str) -> list[Escalation]:
    """What a person waits for or has somebody for (open or taken), earliest first."""
    return [from_row(row) for row in _OF_PERSON.rows(conn, {"of_person": person_id})]


def taken_by(conn: Connection, worker_id: str) -> list[Escalation]:
    """What a worker has in hand, taken first first."""
    return [from_row(row) for row in conn.execute(_TAKEN_BY, {"of_worker": worker_id})]


def due(conn: Connection, *, now: datetime, limit: int = 200) -> list[tuple[str, str, datetime]]:
    """Id, person and instant of what falls due by `now`, earliest first."""
    return [(row[0], row[1], row[2]) for row in conn.execute(_DUE, {"by": now, "at_most": limit})]


def next_due(conn: Connection) -> datetime | None:
    """When the next escalation falls due."""
    found: datetime | None = conn.execute(_NEXT_DUE).scalar()
    return found


def add(conn: Connection, escalation: Escalation) -> None:
    """Write a new escalation."""
    _ADD.run(conn, {column.name: _plain(getattr(escalation, column.name)) for column in COLUMNS})


def change(conn: Connection, escalation_id: str, **columns: object) -> None:
    """Set these columns; enums and tuples are taken as they are."""
    values = {name: _plain(value) for name, value in columns.items()}
    _CHANGE.run(conn, {"escalation_id": escalation_id, **values})


def claim(conn: Connection, escalation_id: str, *, seen: datetime, until: datetime) -> bool:
    """Take hold of an escalation that fell due at `seen`. False: another host has it, or it has moved on.

    Until the transaction says otherwise it falls due again at `until`.
    """
    statement = (
        update(escalations)
        .where(_e.id == escalation_id, _e.next_due == seen, _NOT_CLOSED)
        .values(next_due=until)
    )
    return conn.execute(statement).rowcount == 1


def take(
    conn: Connection, escalation_id: str, worker_id: str, *, instead_of: str | None, now: datetime,
    next_due: datetime,
) -> bool:  # fmt: skip
    """Give an escalation to a worker. False: somebody else was first, or it is closed.

    `instead_of`: the worker who has it and went quiet; none takes one that nobody has.
    """
    free = (
        (_e.status == EscalationStatus.OPEN.value)
        if instead_of is None
        else (_e.status == EscalationStatus.TAKEN.value) & (_e.taken_by == instead_of)
    )
    statement = (
        update(escalations)
        .where(_e.id == escalation_id, free)
        .values(
            status=EscalationStatus.TAKEN.value, taken_by=worker_id, taken_at=now, last_activity_at=now,
            nudged_at=None, exhausted_at=None, next_due=next_due,
        )
    )  # fmt: skip
    return conn.execute(statement).rowcount == 1


def give_back(conn: Connection, escalation_id: str, worker_id: str, *, next_due: datetime) -> bool:
    """Open an escalation again that this worker has. False: they do not have it."""
    statement = (
        update(escalations)
        .where(
            _e.id == escalation_id, _e.status == EscalationStatus.TAKEN.value, _e.taken_by == worker_id
        )
        .values(
            status=EscalationStatus.OPEN.value, taken_by=None, taken_at=None, nudged_at=None,
            next_due=next_due,
        )
    )  # fmt: skip
    return conn.execute(statement).rowcount == 1


def close(conn: Connection, escalation_id: str, *, worker_id: str | None, note: str, now: datetime) -> bool:
    """Close an escalation that nobody else has. False: another worker has it, or it is closed.

    `worker_id` none closes it whoever has it.
    """
    statement = update(escalations).where(_e.id == escalation_id, _NOT_CLOSED)
    values: dict[str, object] = {
        "status": _CLOSED, "closed_at": now, "close_note": note, "next_due": None, "nudged_at": None,
    }  # fmt: skip
    if worker_id is not None:
        statement = statement.where(_e.taken_by.is_(None) | (_e.taken_by == worker_id))
        values["taken_by"] = worker_id
    return conn.execute(statement.values(values)).rowcount == 1


def last_relay_to_person(conn: Connection, escalation: Escalation) -> datetime | None:
    """When a worker last wrote to the person in this escalation; what was refused does not count."""
    values = {"of_escalation": escalation.id, "of_person": escalation.person_id}
    found: datetime | None = conn.execute(_TO_PERSON, values).scalar()
    return found


def last_relay_to_worker(conn: Connection, escalation: Escalation, phone: str) -> datetime | None:
    """When the person last wrote to the worker who has this escalation, on this phone."""
    values = {"of_escalation": escalation.id, "phone": phone}
    found: datetime | None = conn.execute(_TO_WORKER, values).scalar()
    return found


def from_row(row: Sequence[Any]) -> Escalation:
    """The escalation in a row of `COLUMNS`."""
    id, person_id, area, urgency, reason, need, words, status, opened_at, ladder, *rest = row
    return Escalation(
        id, person_id, area, Urgency(urgency), reason, need, words, EscalationStatus(status), opened_at,
        tuple(tuple(rung) for rung in ladder), *rest,
    )  # fmt: skip


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value
