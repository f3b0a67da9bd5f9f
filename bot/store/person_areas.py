"""Which area looks after a person, and which did before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.store.schema import people, person_areas

_a = person_areas.c
_NOW_IN = select(_a.area).where(_a.person_id == bindparam("of_person"), _a.until_at.is_(None))
_LEAVE = (
    update(person_areas)
    .where(_a.person_id == bindparam("of_person"), _a.until_at.is_(None))
    .values(until_at=bindparam("left_at"))
)
_SET = update(people).where(people.c.id == bindparam("of_person")).values(area=bindparam("new_area"))
_HISTORY = (
    select(_a.area, _a.from_at, _a.until_at)
    .where(_a.person_id == bindparam("of_person"))
    .order_by(_a.from_at, _a.id)
)


def move(conn: Connection, person_id: str, area: str, *, now: datetime) -> None:
    """Make this the person's area from now on. The area they are in already changes nothing."""
    if conn.execute(_NOW_IN, {"of_person": person_id}).scalar() != area:
        conn.execute(_LEAVE, {"of_person": person_id, "left_at": now})
        conn.execute(insert(person_areas), {"person_id": person_id, "area": area, "from_at": now})
    conn.execute(_SET, {"of_person": person_id, "new_area": area})


def history(conn: Connection, person_id: str) -> list[tuple[str, datetime, datetime | None]]:
    """Every area with the instants from and until which it had the person, half-open, earliest first."""
    return [(row[0], row[1], row[2]) for row in conn.execute(_HISTORY, {"of_person": person_id})]
