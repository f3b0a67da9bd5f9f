"""Timers: each a row, claimed once by whichever host comes first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from bot.domain.timers import Timer, TimerStatus
from bot.store.inserts import InsertNew
from bot.store.schema import timers

_t = timers.c
_COLUMNS = (
    _t.id, _t.key, _t.kind, _t.person_id, _t.due_at, _t.conversation_id, _t.subject_id, _t.data, _t.status,
    _t.reason,
)  # fmt: skip
_WAITING = _t.status == TimerStatus.WAITING.value
_THIS = _t.id == bindparam("timer_id")

_ADD = InsertNew(timers, "key")
_GET = select(*_COLUMNS).where(_THIS)
_DUE = (
    select(*_COLUMNS)
    .where(_WAITING, _t.due_at <= bindparam("by"))
    .order_by(_t.due_at, _t.id)
    .limit(bindparam("at_most"))
)
_OF_PERSON = select(*_COLUMNS).where(_t.person_id == bindparam("of_person")).order_by(_t.due_at, _t.id)
_NEXT_DUE = select(func.min(_t.due_at)).where(_WAITING)
_CLAIM = (
    update(timers)
    .where(_THIS, _WAITING, _t.due_at <= bindparam("at"))
    .values(status=TimerStatus.DONE.value, done_at=bindparam("at"))
)
_NOT_TAKEN_BACK = _t.status.in_([TimerStatus.WAITING.value, TimerStatus.DONE.value])
_SKIP = (
    update(timers)
    .where(_THIS, _NOT_TAKEN_BACK)
    .values(status=TimerStatus.SKIPPED.value, reason=bindparam("why"), done_at=bindparam("at"))
)
_POSTPONE = (
    update(timers)
    .where(_THIS, _NOT_TAKEN_BACK)
    .values(status=TimerStatus.WAITING.value, due_at=bindparam("later"), done_at=None)
)
_REPLACE = (
    update(timers)
    .where(_t.subject_id == bindparam("about"), _t.kind.in_(bindparam("kinds", expanding=True)), _WAITING)
    .values(status=TimerStatus.REPLACED.value, done_at=bindparam("at"))
)


def add(
    conn: Connection,
    *,
    key: str,
    kind: str,
    person_id: str,
    due_at: datetime,
    conversation_id: str | None = None,
    subject_id: str | None = None,
    data: Mapping[str, object] | None = None,
) -> bool:
    """Set a timer. False: its key is known, and the timer that has it stays as it is."""
    row = {
        "key": key,
        "kind": kind,
        "person_id": person_id,
        "due_at": due_at,
        "conversation_id": conversation_id,
        "subject_id": subject_id,
        "data": dict(data or {}),
    }
    return _ADD(conn, row) is not None


def get(conn: Connection, timer_id: int) -> Timer | None:
    """The timer with this id, wherever it stands."""
    row = conn.execute(_GET, {"timer_id": timer_id}).first()
    return None if row is None else _from_row(row)


def due(conn: Connection, *, now: datetime, limit: int) -> list[Timer]:
    """Waiting timers that are due at `now`, earliest first. Claim each before acting on it."""
    return [_from_row(row) for row in conn.execute(_DUE, {"by": now, "at_most": limit})]


def of_person(conn: Connection, person_id: str) -> list[Timer]:
    """Every timer of a person, wherever it stands, earliest first."""
    return [_from_row(row) for row in conn.execute(_OF_PERSON, {"of_person": person_id})]


def next_due(conn: Connection) -> datetime | None:
    """When the earliest waiting timer is due; none when nothing waits."""
    return conn.execute(_NEXT_DUE).scalar()


def claim(conn: Connection, timer_id: int, *, now: datetime) -> bool:
    """Mark a waiting timer as ours to act on, in the transaction that saves what it does.

    False: another host has it, it was replaced, or it was put off beyond `now`.
    """
    return conn.execute(_CLAIM, {"timer_id": timer_id, "at": now}).rowcount == 1


def skip(conn: Connection, timer_id: int, *, reason: str, now: datetime) -> None:
    """Record that nothing came of a timer, and why; also of one just claimed."""
    conn.execute(_SKIP, {"timer_id": timer_id, "why": reason, "at": now})


def postpone(conn: Connection, timer_id: int, *, due_at: datetime) -> None:
    """Let a timer wait until `due_at` instead; also one just claimed."""
    conn.execute(_POSTPONE, {"timer_id": timer_id, "later": due_at})


def replace(conn: Connection, *, subject_id: str, kinds: Collection[str], now: datetime) -> int:
    """Take back the waiting timers of these kinds about a subject, and say how many there were."""
    values = {"about": subject_id, "kinds": list(kinds), "at": now}
    return conn.execute(_REPLACE, values).rowcount


def _from_row(row: Sequence[Any]) -> Timer:
    id, key, kind, person_id, due_at, conversation_id, subject_id, data, status, reason = row
    return Timer(
        id, key, kind, person_id, due_at, conversation_id, subject_id, data, TimerStatus(status), reason
    )
