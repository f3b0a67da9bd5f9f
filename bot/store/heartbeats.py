"""When each host's scheduler last ticked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select

from bot.store.inserts import InsertOrUpdate
from bot.store.schema import heartbeats

# A process that ends leaves its last beat; after this long nobody asks for it.
KEPT = timedelta(days=1)
_FORGET = delete(heartbeats).where(heartbeats.c.at < bindparam("before"))
_LATEST = select(func.max(heartbeats.c.at))
_BEAT = InsertOrUpdate(heartbeats, "host", changes=lambda new: {"role": new.role, "at": new.at})


def beat(conn: Connection, host: str, role: str, *, now: datetime) -> None:
    """This host's scheduler has just ticked. What has not for a day is forgotten."""
    conn.execute(_FORGET, {"before": now - KEPT})
    _BEAT(conn, {"host": host, "role": role, "at": now})


def latest(conn: Connection) -> datetime | None:
    """When any host's scheduler last ticked; none if none ever did."""
    return conn.execute(_LATEST).scalar()
