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
from bot.store.statements import Statement

MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = threading.Lock()  # Alembic keeps what it works on in a global of the process
_VERSION_TABLE = "alembic_version"
_REVISION: Select[str] = select(column("version_num", String)).select_from(table(_VERSION_TABLE))
_READ = Statement(_REVISION)


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

    Hosts that start at once do it one after the other; those that come later find nothing to do. From then on
    the store begins no write transaction once a newer release has migrated the database.

    Raises:
        DatabaseTooNew: a newer release has migrated this database; nothing was touched.
    """
    if not is_current(store):
        with store.begin() as conn:
            _wait_for_others(store, conn)
            if not _is_at_head(revision(conn)):
                _upgrade(conn)
    store.guard = refuse_other_schema


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
    """Stop before writing to a schema that is not this code's: the first read of each write transaction.

    A host that still runs the old release finds out here when another host has migrated the database. What it
    reads it holds to the commit, so that no migration comes between this look and what is written.

    Raises:
        DatabaseTooNew: the database is not at the revision of this release any more.
    """
    found = _READ.scalar(conn)
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


def _wait_for_others(store: Store, conn: Connection) -> None:
    """Wait, as long as it takes, for hosts that migrate and for every write transaction that is under way."""
    if store.is_sqlite:
        return
    conn.exec_driver_sql("SET LOCAL lock_timeout = 0")
    store.serialise(conn, "migrate")
    if inspect(conn).has_table(_VERSION_TABLE):
        conn.exec_driver_sql(f"LOCK TABLE {_VERSION_TABLE} IN ACCESS EXCLUSIVE MODE")


def _upgrade(conn: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")
