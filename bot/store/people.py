"""The people we write to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from bot.domain.people import Person, SafeToText
from bot.store.schema import people, person_areas
from bot.store.statements import Statement

_p = people.c
# In the order of the fields of `Person`, so that a row becomes one by position.
COLUMNS: Sequence[ColumnElement[Any]] = (
    _p.id, _p.external_id, _p.first_name, _p.last_name, _p.area, _p.language, _p.safe_to_text,
    _p.contact_from, _p.contact_until, _p.needs, _p.consent, _p.opted_out_at, _p.opt_out_source,
    _p.is_known, _p.responsible_worker_id, _p.misses, _p.created_at,
)  # fmt: skip

_BY_ID = select(*COLUMNS).where(_p.id == bindparam("person_id"))
_GET = Statement(_BY_ID)
# NO KEY UPDATE: two turns of one person wait for each other, rows that only point at the person do not.
_LOCK = Statement(_BY_ID.with_for_update(key_share=True))
# Sets the columns it is given values for.
_CHANGE = Statement(update(people).where(_p.id == bindparam("person_id")))
_BY_EXTERNAL_ID = select(*COLUMNS).where(_p.external_id == bindparam("external_id"))


def from_row(row: Sequence[Any]) -> Person:
    """The person in a row of `COLUMNS`."""
    (
        id,
        external_id,
        first_name,
        last_name,
        area,
        language,
        safe,
        contact_from,
        contact_until,
        needs,
        *rest,
    ) = row
    return Person(
        id, external_id, first_name, last_name, area, language, SafeToText(safe), contact_from, contact_until,
        tuple(needs), *rest,
    )  # fmt: skip


def get(conn: Connection, person_id: str) -> Person | None:
    """The person with this id."""
    row = _GET.first(conn, {"person_id": person_id})
    return None if row is None else from_row(row)


def lock(conn: Connection, person_id: str) -> Person | None:
    """The person, and nobody else's turn with them until this transaction ends.

    SQLite has one writer at a time, so there it is a plain read.
    """
    row = _LOCK.first(conn, {"person_id": person_id})
    return None if row is None else from_row(row)


def hold(conn: Connection, person_id: str) -> None:
    """Let nobody else's turn with the person go on until this transaction ends, as `lock` does."""
    if conn.dialect.name != "sqlite":
        _LOCK.first(conn, {"person_id": person_id})


def held(conn: Connection, person: Person) -> Person:
    """The person just read in this transaction, locked, as they now are."""
    return person if conn.dialect.name == "sqlite" else lock(conn, person.id) or person


def by_external_id(conn: Connection, external_id: str) -> Person | None:
    """The person another system knows by this id."""
    row = conn.execute(_BY_EXTERNAL_ID, {"external_id": external_id}).first()
    return None if row is None else from_row(row)


def add(conn: Connection, person: Person, *, now: datetime) -> None:
    """Write a new person, and begin the history of their areas."""
    conn.execute(
        insert(people),
        {
            "id": person.id,
            "external_id": person.external_id,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "area": person.area,
            "language": person.language,
            "safe_to_text": person.safe_to_text.value,
            "contact_from": person.contact_from,
            "contact_until": person.contact_until,
            "needs": list(person.needs),
            "consent": person.consent,
            "opted_out_at": person.opted_out_at,
            "opt_out_source": person.opt_out_source,
            "is_known": person.is_known,
            "responsible_worker_id": person.responsible_worker_id,
            "misses": person.misses,
            "created_at": person.created_at or now,
        },
    )
    conn.execute(insert(person_areas), {"person_id": person.id, "area": person.area, "from_at": now})


def change(conn: Connection, person_id: str, **columns: object) -> None:
    """Set these columns of a person; enums and tuples are taken as they are.

    A new `area` goes through `person_areas.move`, which keeps the history.

    Raises:
        ValueError: people have no such column.
    """
    if unknown := columns.keys() - _p.keys():
        raise ValueError(f"people have no column {', '.join(sorted(unknown))}")
    if columns:
        values = {name: _plain(value) for name, value in columns.items()}
        _CHANGE.run(conn, {"person_id": person_id, **values})


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def any(conn: Connection) -> bool:
    """Whether there is anybody on record at all."""
    return conn.execute(select(people.c.id).limit(1)).first() is not None
