"""Planned texts ahead of appointments: each a row, claimed once by whichever host comes first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from bot.domain.reminders import Planned, Reminder, ReminderStatus
from bot.store.schema import conversations, inbound, reminders

_r = reminders.c
_COLUMNS = (_r.id, _r.appointment_id, _r.person_id, _r.kind, _r.starts_at, _r.due_at, _r.status, _r.reason)
_WAITING = _r.status == ReminderStatus.WAITING.value
_THIS = _r.id == bindparam("row_id")

_NEXT_DUE = select(func.min(_r.due_at)).where(_WAITING)
_OF_APPOINTMENT = select(*_COLUMNS).where(_r.appointment_id == bindparam("about")).order_by(_r.due_at, _r.id)
_OF_PERSON = select(*_COLUMNS).where(_r.person_id == bindparam("of_person")).order_by(_r.due_at, _r.id)
_WAITING_OF = (
    select(*_COLUMNS)
    .where(_r.person_id.in_(bindparam("of_people", expanding=True)), _WAITING, _r.due_at <= bindparam("by"))
    .order_by(_r.due_at, _r.id)
    .with_for_update(skip_locked=True)
)
_DUE = (
    select(*_COLUMNS)
    .where(_WAITING, _r.due_at <= bindparam("by"))
    .order_by(_r.due_at, _r.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_SETTLE = (
    update(reminders)
    .where(_THIS, _WAITING)
    .values(status=bindparam("became"), reason=bindparam("why"), done_at=bindparam("at"))
)
_POSTPONE = update(reminders).where(_THIS, _WAITING).values(due_at=bindparam("later"))
_WAIT_AGAIN = (
    update(reminders)
    .where(_THIS)
    .values(status=ReminderStatus.WAITING.value, due_at=bindparam("later"), reason=None, done_at=None)
)
_WROTE_LATELY = (
    select(inbound.c.id)
    .where(
        inbound.c.person_id == conversations.c.person_id,
        inbound.c.received_at > bindparam("since"),
        inbound.c.received_at <= bindparam("until"),
    )
    .exists()
)
_WAS_ASKED_LATELY = and_(
    conversations.c.flow_id != bindparam("but_in"), conversations.c.updated_at > bindparam("since")
)
_TALKING = select(conversations.c.person_id).where(
    conversations.c.is_asking,
    conversations.c.person_id.in_(bindparam("people", expanding=True)),
    or_(_WROTE_LATELY, _WAS_ASKED_LATELY),
)


def next_due(conn: Connection) -> datetime | None:
    """When the earliest waiting reminder is due; none when nothing waits."""
    return conn.execute(_NEXT_DUE).scalar()


def of_appointment(conn: Connection, appointment_id: str) -> list[Reminder]:
    """Every reminder of an appointment, wherever it stands, earliest first."""
    return [_from_row(row) for row in conn.execute(_OF_APPOINTMENT, {"about": appointment_id})]


def of_person(conn: Connection, person_id: str) -> list[Reminder]:
    """Every reminder of a person, wherever it stands, earliest first."""
    return [_from_row(row) for row in conn.execute(_OF_PERSON, {"of_person": person_id})]


def take_due(conn: Connection, *, now: datetime, limit: int) -> list[Reminder]:
    """Waiting reminders that are due, earliest first, held until this transaction ends.

    Another host skips what is held here. Each must be settled or postponed in the same transaction.
    """
    return [_from_row(row) for row in conn.execute(_DUE, {"by": now, "at_most": limit})]


def take_waiting_of(conn: Connection, person_ids: Collection[str], *, until: datetime) -> list[Reminder]:
    """Every waiting reminder of these people due by `until`, earliest first, held as by `take_due`."""
    found = conn.execute(_WAITING_OF, {"of_people": list(person_ids), "by": until})
    return [_from_row(row) for row in found]


def settle(
    conn: Connection, outcomes: Iterable[tuple[int, ReminderStatus, str | None]], *, now: datetime
) -> None:
    """Record what became of waiting reminders: id, status, reason."""
    rows = [{"row_id": id, "became": status.value, "why": why, "at": now} for id, status, why in outcomes]
    if rows:
        conn.execute(_SETTLE, rows)


def postpone(conn: Connection, later: Iterable[tuple[int, datetime]]) -> None:
    """Let waiting reminders wait until another instant."""
    rows = [{"row_id": id, "later": due_at} for id, due_at in later]
    if rows:
        conn.execute(_POSTPONE, rows)


def plan(
    conn: Connection,
    appointment_id: str,
    person_id: str,
    starts_at: datetime,
    planned: Sequence[Planned],
    *,
    now: datetime,
) -> int:
    """Make these the waiting reminders of an appointment, and say how many rows that changed.

    What was sent or skipped under the same kind and start stays so. What waits and is overdue for this very
    start is left for whoever sends it. Everything else that waits is replaced.
    """
    known = {(r.kind, r.starts_at): r for r in of_appointment(conn, appointment_id)}
    fresh: list[dict[str, object]] = []
    again: list[dict[str, object]] = []
    for text in planned:
        there = known.pop((text.kind, starts_at), None)
        if there is None:
            fresh.append({"appointment_id": appointment_id, "person_id": person_id, "kind": text.kind,
                          "starts_at": starts_at, "due_at": text.due_at})  # fmt: skip
        elif there.status is ReminderStatus.REPLACED or (
            there.status is ReminderStatus.WAITING and there.due_at > now and there.due_at != text.due_at
        ):
            again.append({"row_id": there.id, "later": text.due_at})
    dropped = [
        (r.id, ReminderStatus.REPLACED, None)
        for r in known.values()
        if r.status is ReminderStatus.WAITING
        and not (planned and r.starts_at == starts_at and r.due_at <= now)
    ]
    if fresh:
        conn.execute(insert(reminders), fresh)
    if again:
        conn.execute(_WAIT_AGAIN, again)
    settle(conn, dropped, now=now)
    return len(fresh) + len(again) + len(dropped)


def add_many(conn: Connection, rows: Iterable[tuple[str, str, datetime, Planned]]) -> None:
    """Plan texts of appointments that have none yet: appointment id, person id, start, text."""
    values = [
        {"appointment_id": appointment_id, "person_id": person_id, "kind": text.kind, "starts_at": starts_at,
         "due_at": text.due_at}
        for appointment_id, person_id, starts_at, text in rows
    ]  # fmt: skip
    if values:
        conn.execute(insert(reminders), values)


def in_conversation(
    conn: Connection, person_ids: Collection[str], *, since: datetime, until: datetime, but_in: str
) -> set[str]:
    """Which of these people have a question open and were in the conversation after `since`, by `until`.

    They texted, or we asked them; a question of the flow `but_in` that we asked does not count.
    """
    values = {"people": list(person_ids), "since": since, "until": until, "but_in": but_in}
    return set(conn.execute(_TALKING, values).scalars())


def _from_row(row: Sequence[Any]) -> Reminder:
    id, appointment_id, person_id, kind, starts_at, due_at, status, reason = row
    return Reminder(id, appointment_id, person_id, kind, starts_at, due_at, ReminderStatus(status), reason)
