"""The workers who take escalations on their own phones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, func, insert, select, update

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


def _who_work_in(unnest: Any) -> Select[Any]:
    names = unnest(_w.areas).table_valued("value")
    there = select(1).select_from(names).where(names.c.value.in_(bindparam("areas", expanding=True)))
    return select(*_COLUMNS).where(exists(there)).order_by(_w.id)


_WHO = {
    "sqlite": _who_work_in(func.json_each),
    "postgresql": _who_work_in(func.jsonb_array_elements_text),
}
_IN_AREAS = {dialect: Statement(who) for dialect, who in _WHO.items()}
_IN_ROLES = {
    dialect: Statement(who.where(_w.role.in_(bindparam("roles", expanding=True))))
    for dialect, who in _WHO.items()
}


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
    there = {"areas": sorted(areas)}
    if roles:
        rows = _IN_ROLES[conn.dialect.name].rows(conn, {**there, "roles": sorted(roles)})
    else:
        rows = _IN_AREAS[conn.dialect.name].rows(conn, there)
    return [_from_row(row) for row in rows]


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
