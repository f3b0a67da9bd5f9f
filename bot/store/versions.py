"""Version rows that the caches of each process follow."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.store.inserts import InsertOrUpdate
from bot.store.schema import versions
from bot.store.statements import Statement

_ALL = Statement(select(versions.c.name, versions.c.value))
_BUMP = InsertOrUpdate(versions, "name", changes=lambda new: {"value": versions.c.value + new.value})


def all(conn: Connection) -> dict[str, int]:
    """The version of everything that has ever changed, by name."""
    return dict(_ALL.rows(conn))


def bump(conn: Connection, name: str) -> None:
    """Say that `name` has changed, so that every process reloads it."""
    _BUMP(conn, {"name": name, "value": 1})
