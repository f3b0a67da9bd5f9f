"""The append-only record of what happened."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select

from bot.domain.escalations import Event
from bot.store.schema import events
from bot.store.statements import Statement

_e = events.c
_COLUMNS = (_e.at, _e.kind, _e.person_id, _e.worker_id, _e.escalation_id, _e.data)
_ADD = Statement(insert(events))
_OF_PERSON = select(*_COLUMNS).where(_e.person_id == bindparam("of_person")).order_by(_e.at, _e.id)
_OF_ESCALATION = (
    select(*_COLUMNS).where(_e.escalation_id == bindparam("of_escalation")).order_by(_e.at, _e.id)
)


def add(conn: Connection, event: Event) -> None:
    """Record that something happened."""
    _ADD.run(
        conn,
        {
            "at": event.at,
            "kind": event.kind,
            "person_id": event.person_id,
            "worker_id": event.worker_id,
            "escalation_id": event.escalation_id,
            "data": event.data,
        },
    )


def of_person(conn: Connection, person_id: str) -> list[Event]:
    """What happened to a person, earliest first."""
    return [Event(*row) for row in conn.execute(_OF_PERSON, {"of_person": person_id})]


def of_escalation(conn: Connection, escalation_id: str) -> list[Event]:
    """What happened to an escalation, earliest first."""
    return [Event(*row) for row in conn.execute(_OF_ESCALATION, {"of_escalation": escalation_id})]
