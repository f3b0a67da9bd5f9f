"""The database: one engine, and transactions that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool


class Store:
    """Gives out connections inside a transaction. The caller owns the transaction; queries take `conn`."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(url)
        # SQLite has one writer; waiting here in turn is fairer and quicker than its own busy loop.
        self._one_writer = threading.RLock() if self.is_sqlite else None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One write transaction: committed at the end, undone on any exception."""
        if self._one_writer is None:
            with self.engine.begin() as conn:
                yield conn
            return
        with self._one_writer, self.engine.connect() as conn:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield conn
            except BaseException:
                conn.exec_driver_sql("ROLLBACK")
                raise
            conn.exec_driver_sql("COMMIT")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads, from one moment."""
        with self.engine.connect() as conn:
            if self.is_sqlite:
                conn.exec_driver_sql("BEGIN")
                try:
                    yield conn
                finally:
                    conn.exec_driver_sql("ROLLBACK")
            else:
                yield conn

    def serialise(self, conn: Connection, key: str) -> None:
        """Wait until no other transaction works on `key` (an address, a person); held to the commit.

        SQLite has one writer at a time, so there is nothing to wait for.
        """
        if not self.is_sqlite:
            conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_size=12, max_overflow=8, pool_pre_ping=False, hide_parameters=True)
    options: dict[str, Any] = {
        "connect_args": {"check_same_thread": False, "timeout": 30, "autocommit": True}
    }
    import sys

    if sys.version_info < (3, 12):
        options["connect_args"].pop("autocommit")
        options["connect_args"]["isolation_level"] = None
    if parsed.database in (None, "", ":memory:"):
        options["poolclass"] = StaticPool
    else:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        options.update(pool_size=16, max_overflow=16)
    # An error of the database must not carry numbers and words of texts into the log.
    engine = create_engine(parsed, hide_parameters=True, **options)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "cache_size=-16000",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin_is_ours(_conn: Any) -> None:
        """Transactions are opened by name in `Store`, so that a writer takes its lock at once."""

    return engine
