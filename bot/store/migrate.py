"""Bring a database to the schema of this release, and tell when it belongs to another one.

The revision a database is at is the one row of `alembic_version`. Reading it takes a millisecond and not
Alembic, which is only loaded when there is something to do: most starts have nothing.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Select, String, column, inspect, select, table

from bot.errors import DatabaseTooNew
from bot.store.database import Store

MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = threading.Lock()  # Alembic keeps what it works on in a global of the process
_VERSION_TABLE = "alembic_version"
_REVISION: Select[str] = select(column("version_num", String)).select_from(table(_VERSION_TABLE))


@cache
def revisions() -> tuple[str, ...]:
    """Every revision this release knows, oldest first: the digits its file's name begins with."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return tuple(sorted(path.name.partition("_")[0] for path in files))


def head() -> str:
    """The revision that the code of this release works with."""
    return revisions()[-1]


def migrate(store: Store) -> None:
    """Bring the database to `head`, from empty or from any earlier release. All of it or nothing.

    Hosts that start at once do it one after the other; those that come later find nothing to do.

    Raises:
        DatabaseTooNew: a newer release has migrated this database; nothing was touched.
    """
    if is_current(store):
        return
    with store.begin() as conn:
        store.serialise(conn, "migrate")
        if _is_at_head(revision(conn)):
            return
        _upgrade(conn)


def is_current(store: Store) -> bool:
    """Whether the database is at `head`; false when it is empty or older.

    Raises:
        DatabaseTooNew: a newer release has migrated it.
    """
    with store.read() as conn:
        return _is_at_head(revision(conn))


def revision(conn: Connection) -> str | None:
    """The revision the database is at; none when it has never been migrated."""
    if not inspect(conn).has_table(_VERSION_TABLE):
        return None
    return conn.execute(_REVISION).scalar()


def refuse_other_schema(conn: Connection) -> None:
    """Stop before writing to a schema that is not this code's: one small read, cheap enough for each job.

    A host that still runs the old release finds out here when another host has migrated the database.

    Raises:
        DatabaseTooNew: the database is not at the revision of this release any more.
    """
    found = conn.execute(_REVISION).scalar()
    if found != head():
        raise _too_new(found)


def _is_at_head(found: str | None) -> bool:
    if found is not None and found not in revisions():
        raise _too_new(found)
    return found == head()


def _too_new(found: str | None) -> DatabaseTooNew:
    return DatabaseTooNew(
        f"the database is at schema {found}, this release knows {head()}: "
        "start the release that migrated it, or put back a backup made before"
    )


def _upgrade(conn: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")
