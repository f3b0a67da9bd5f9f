"""When people are let out, and what we were told before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.domain.appointments import Release
from bot.store.schema import releases

_r = releases.c
_COLUMNS = (
    _r.id, _r.person_id, _r.release_date, _r.release_time, _r.prison, _r.met_by_worker_id, _r.address_tonight,
    _r.created_at, _r.superseded_at,
)  # fmt: skip
_OPEN = _r.superseded_at.is_(None)

_GET = select(*_COLUMNS).where(_r.id == bindparam("release_id"))
_CURRENT = (
    select(*_COLUMNS).where(_r.person_id == bindparam("of_person"), _OPEN).order_by(_r.id.desc()).limit(1)
)
_CURRENT_OF = select(*_COLUMNS).where(_r.person_id.in_(bindparam("of_people", expanding=True)), _OPEN)
_HISTORY = select(*_COLUMNS).where(_r.person_id == bindparam("of_person")).order_by(_r.created_at, _r.id)
_SUPERSEDE = (
    update(releases)
    .where(_r.person_id == bindparam("of_person"), _OPEN)
    .values(superseded_at=bindparam("at"))
)


def get(conn: Connection, release_id: str) -> Release | None:
    """The release with this id, also one that was superseded."""
    row = conn.execute(_GET, {"release_id": release_id}).first()
    return None if row is None else Release(*row)


def current(conn: Connection, person_id: str) -> Release | None:
    """The person's release as we last heard of it."""
    row = conn.execute(_CURRENT, {"of_person": person_id}).first()
    return None if row is None else Release(*row)


def current_of(conn: Connection, person_ids: Collection[str]) -> dict[str, Release]:
    """The releases of these people as we last heard of them, by person. For a few hundred at a time."""
    found = [Release(*row) for row in conn.execute(_CURRENT_OF, {"of_people": list(person_ids)})]
    return {release.person_id: release for release in sorted(found, key=lambda r: r.id)}


def history(conn: Connection, person_id: str) -> list[Release]:
    """Everything we were told of a person's release, earliest first; the last one counts."""
    return [Release(*row) for row in conn.execute(_HISTORY, {"of_person": person_id})]


def add(conn: Connection, release: Release, *, now: datetime) -> None:
    """Make this the person's release; the one before is kept as superseded."""
    conn.execute(_SUPERSEDE, {"of_person": release.person_id, "at": now})
    add_many(conn, [release], now=now)


def add_many(conn: Connection, new: Iterable[Release], *, now: datetime) -> None:
    """Write first releases of people who have none, in one statement."""
    rows = [
        {
            "id": r.id, "person_id": r.person_id, "release_date": r.release_date,
            "release_time": r.release_time, "prison": r.prison, "met_by_worker_id": r.met_by_worker_id,
            "address_tonight": r.address_tonight, "created_at": r.created_at or now,
        }
        for r in new
    ]  # fmt: skip
    if rows:
        conn.execute(insert(releases), rows)


def change(conn: Connection, release_id: str, **fields: object) -> None:
    """Set what is not the date or time: these are kept by `add`, which keeps the history."""
    if fields:
        conn.execute(update(releases).where(_r.id == release_id).values(fields))
