"""The workers who take escalations on their own phones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, func, insert, select, update

from bot.domain.people import Worker
from bot.store.schema import workers
from bot.store.statements import Statement

_w = workers.c
# In the order of the fields of `Worker`, so that a row becomes one by position.
_COLUMNS: Sequence[ColumnElement[Any]] = (
    _w.id, _w.name, _w.phone, _w.email, _w.role, _w.areas, _w.opted_out_at, _w.phone_is_bad,
)  # fmt: skip
_GET = Statement(select(*_COLUMNS).where(_w.id == bindparam("worker_id")))
_BY_PHONE = Statement(select(*_COLUMNS).where(_w.phone == bindparam("of_phone")))
_BY_IDS = Statement(select(*_COLUMNS).where(_w.id.in_(bindparam("ids", expanding=True))))


def get(conn: Connection, worker_id: str) -> Worker | None:
    """The worker with this id."""
    row = _GET.first(conn, {"worker_id": worker_id})
    return None if row is None else _from_row(row)


def by_phone(conn: Connection, phone: str) -> Worker | None:
    """The worker whose phone this is (E.164)."""
    row = _BY_PHONE.first(conn, {"of_phone": phone})
    return None if row is None else _from_row(row)


def by_ids(conn: Connection, ids: Iterable[str]) -> dict[str, Worker]:
    """These workers by id; ids nobody has are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = (_from_row(row) for row in _BY_IDS.rows(conn, {"ids": wanted}))
    return {worker.id: worker for worker in found}


def by_areas(conn: Connection, areas: Collection[str], *, roles: Collection[str] = ()) -> list[Worker]:
    """Everyone who works in at least one of these areas, in the order of their ids; `roles`: only those."""
    if not areas:
        return []
    unnest = func.json_each if conn.dialect.name == "sqlite" else func.jsonb_array_elements_text
    names = unnest(_w.areas).table_valued("value")
    works_there = exists(select(1).select_from(names).where(names.c.value.in_(sorted(areas))))
    statement = select(*_COLUMNS).where(works_there).order_by(_w.id)
    if roles:
        statement = statement.where(_w.role.in_(sorted(roles)))
    return [_from_row(row) for row in conn.execute(statement)]


def all(conn: Connection) -> list[Worker]:
    """Every worker, in the order of their ids."""
    return [_from_row(row) for row in conn.execute(select(*_COLUMNS).order_by(_w.id))]


def add(conn: Connection, worker: Worker, *, now: datetime) -> None:
    """Write a new worker."""
    conn.execute(
        insert(workers),
        {
            "id": worker.id,
            "name": worker.name,
            "phone": worker.phone,
            "email": worker.email,
            "role": worker.role,
            "areas": list(worker.areas),
            "opted_out_at": worker.opted_out_at,
            "phone_is_bad": worker.phone_is_bad,
            "created_at": now,
        },
    )


def change(conn: Connection, worker_id: str, **columns: object) -> None:
    """Set these columns of a worker; tuples are taken as they are."""
    if columns:
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in columns.items()}
        conn.execute(update(workers).where(_w.id == worker_id).values(values))


def _from_row(row: Sequence[Any]) -> Worker:
    id, name, phone, email, role, areas, opted_out_at, phone_is_bad = row
    return Worker(id, name, phone, email, role, tuple(areas), opted_out_at, phone_is_bad)
