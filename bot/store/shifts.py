"""The rota: who covers which area when. Intervals are half-open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from bot.domain.escalations import Shift
from bot.store.inserts import InsertNew
from bot.store.schema import shifts
from bot.store.statements import Statement

_s = shifts.c
# In the order of the fields of `Shift`.
_SELECT = select(_s.id, _s.area, _s.worker_id, _s.starts_at, _s.ends_at, _s.level)
_IN_AREAS = _s.area.in_(bindparam("areas", expanding=True))
_COVERING = Statement(
    _SELECT.where(_IN_AREAS, _s.starts_at <= bindparam("at"), _s.ends_at > bindparam("at")).order_by(
        _s.level, _s.starts_at, _s.id
    )
)
_BETWEEN = _SELECT.where(
    _IN_AREAS, _s.starts_at < bindparam("until"), _s.ends_at > bindparam("since")
).order_by(_s.starts_at, _s.id)
_AHEAD_OF = (
    _SELECT.where(_s.worker_id == bindparam("of_worker"), _s.ends_at > bindparam("at"))
    .order_by(_s.starts_at, _s.id)
    .limit(bindparam("at_most"))
)
_AREAS = select(_s.area).where(_s.ends_at > bindparam("since")).distinct().order_by(_s.area)
_ADD = InsertNew(shifts, "area", "worker_id", "starts_at", "level", returning="id")
_FIND = select(_s.id, _s.ends_at).where(
    _s.area == bindparam("in_area"), _s.worker_id == bindparam("of_worker"),
    _s.starts_at == bindparam("from_at"), _s.level == bindparam("at_level"),
)  # fmt: skip


def covering(conn: Connection, areas: Collection[str], *, at: datetime) -> list[Shift]:
    """The shifts of these areas that are on at that instant, level 1 first, longest on shift first."""
    rows = _COVERING.rows(conn, {"areas": sorted(areas), "at": at})
    return [Shift(*row) for row in rows]


def between(conn: Connection, areas: Collection[str], *, since: datetime, until: datetime) -> list[Shift]:
    """The shifts of these areas that touch `[since, until)`, earliest first."""
    rows = conn.execute(_BETWEEN, {"areas": sorted(areas), "since": since, "until": until})
    return [Shift(*row) for row in rows]


def ahead_of(conn: Connection, worker_id: str, *, at: datetime, limit: int = 1) -> list[Shift]:
    """The shifts a worker is on or still has to come, earliest first."""
    rows = conn.execute(_AHEAD_OF, {"of_worker": worker_id, "at": at, "at_most": limit})
    return [Shift(*row) for row in rows]


def areas_on_rota(conn: Connection, *, since: datetime) -> list[str]:
    """Every area that has a shift ending after `since`."""
    return list(conn.execute(_AREAS, {"since": since}).scalars())


def add(
    conn: Connection, *, area: str, worker_id: str, starts_at: datetime, ends_at: datetime, level: int = 1
) -> bool:
    """Write one shift. False: it was there already, with this end; another end is a change of that shift."""
    row = {"area": area, "worker_id": worker_id, "starts_at": starts_at, "ends_at": ends_at, "level": level}
    if _ADD(conn, row) is not None:
        return True
    found = conn.execute(
        _FIND, {"in_area": area, "of_worker": worker_id, "from_at": starts_at, "at_level": level}
    ).one()
    if found.ends_at == ends_at:
        return False
    conn.execute(shifts.update().where(_s.id == found.id).values(ends_at=ends_at))
    return True


def remove(conn: Connection, shift_id: int) -> None:
    """Take one shift off the rota."""
    conn.execute(delete(shifts).where(_s.id == shift_id))
