"""The database: one engine, and transactions that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from bot.errors import DatabaseBusy, SettingsInvalid
from bot.store.statements import Statement
from bot.store.writer import OneWriter

# How long a transaction waits for another one. The provider gives up on a text after 15 seconds, and a turn may
# wait twice: for its turn in this process, and for a writer in another.
PATIENCE = 6
# The database could not do it now, and undid it: two that wait for one another, a restart, no room on the disk.
UNAVAILABLE = (OperationalError, DatabaseBusy)
_BEGIN, _ROLLBACK, _CHECKPOINT = (
    Statement(text(sql)) for sql in ("BEGIN", "ROLLBACK", "PRAGMA wal_checkpoint(PASSIVE)")
)
_HURRY, _TAKE_CARE = (Statement(text(f"PRAGMA synchronous={how}")) for how in ("NORMAL", "FULL"))


class Store:
    """Gives out connections inside a transaction. The caller owns the transaction; queries take `conn`.

    `guard` looks at each write transaction first, and stops it by raising.
    """

    def __init__(self, url: str, *, patience: int = PATIENCE) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._patience = patience
        self.engine = _engine(url, patience)
        self.guard: Callable[[Connection], None] | None = None
        # SQLite has one writer; waiting here in turn is fairer and quicker than its own busy loop.
        self._writer = OneWriter(self._connect, self.check, patience=patience) if self.is_sqlite else None

    @contextmanager
    def begin(self, *, shares: bool = False) -> Iterator[Connection]:
        """One write transaction: committed at the end, undone on any exception.

        `shares`: a short one of many. On SQLite it may be committed together with others that wait beside it;
        it is over when that commit is.

        Raises:
            DatabaseBusy: others did not make room in time; nothing was done.
            DatabaseTooNew: another release has migrated the database; nothing was done.
        """
        if self._writer is None:
            with self._connect() as conn, conn.begin():
                self.check(conn)
                yield conn
        else:
            with self._writer.transaction(shares=shares) as conn:
                yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads, from one moment."""
        with self._connect() as conn:
            if self.is_sqlite:
                _BEGIN.run(conn)
                try:
                    yield conn
                finally:
                    _ROLLBACK.run(conn)
            else:
                yield conn

    @contextmanager
    def hurry(self) -> Iterator[None]:
        """Meanwhile SQLite's commits do not wait for the disk: for days of a made-up clock, run through at once.

        What is committed outlives a crash of this process, but not of the machine.
        """
        if self._writer is None:
            yield
            return
        with self._writer.alone() as conn:
            _HURRY.run(conn)
        try:
            yield
        finally:
            with self._writer.alone() as conn:
                _TAKE_CARE.run(conn)

    def serialise(self, conn: Connection, key: str) -> None:
        """Wait until no other transaction works on `key` (an address, a person); held to the commit.

        SQLite has one writer at a time, so there is nothing to wait for.
        """
        if not self.is_sqlite:
            conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": key})

    def checkpoint(self) -> None:
        """Bring what SQLite's log holds into the database file, beside the transactions and not in them.

        Otherwise every thirtieth turn or so would do it before it is answered. Writers go on meanwhile; the log
        begins anew in the next quiet moment, or at its limit, where little is left to do then.
        """
        if self.is_sqlite and not isinstance(self.engine.pool, StaticPool):
            with self.engine.connect() as conn:
                _CHECKPOINT.rows(conn)

    def close(self) -> None:
        """Give back every connection."""
        if self._writer is not None:
            self._writer.close()
        self.engine.dispose()

    def _connect(self) -> Connection:
        try:
            return self.engine.connect()
        except PoolTimeout as error:
            raise DatabaseBusy("the database is busy: no connection was given back in time") from error

    def check(self, conn: Connection) -> None:
        """Stop here when the guard says so.

        Raises:
            DatabaseTooNew: another release has migrated the database.
        """
        if self.guard is not None:
            self.guard(conn)


def _engine(url: str, patience: int) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed, pool_size=16, max_overflow=16, pool_timeout=patience, hide_parameters=True,
            connect_args=_postgresql_options(parsed, patience),
        )  # fmt: skip
    options: dict[str, Any] = {
        "connect_args": {
            "check_same_thread": False, "timeout": patience, "autocommit": True, "cached_statements": 512,
        }
    }  # fmt: skip
    import sys

    if sys.version_info < (3, 12):
        options["connect_args"].pop("autocommit")
        options["connect_args"]["isolation_level"] = None
    if parsed.database in (None, "", ":memory:"):
        options["poolclass"] = StaticPool
    else:
        _make_private(parsed)
        options.update(pool_size=16, max_overflow=16, pool_timeout=patience)
    # An error of the database must not carry numbers and words of texts into the log.
    engine = create_engine(parsed, hide_parameters=True, **options)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={patience * 1000}",
            "cache_size=-16000",
            # `checkpoint` does this; where no jobs run, the writer does at 80 MB.
            "wal_autocheckpoint=20000",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin_is_ours(_conn: Any) -> None:
        """Transactions are opened by name in `Store`, so that a writer takes its lock at once."""

    return engine


def _postgresql_options(url: URL, patience: int) -> dict[str, Any]:
    """A host that vanishes must not keep its locks, and a server that vanishes must not keep ours waiting.

    What the address of the database says itself stands.
    """
    options: dict[str, Any] = {
        "connect_timeout": 5,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "options": (
            f"-c lock_timeout={patience}s -c idle_in_transaction_session_timeout=60s "
            "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
        ),
    }
    return {name: value for name, value in options.items() if name not in url.query}


def missing_file(url: str) -> Path | None:
    """The file of an SQLite database that is not there yet, for those who only look; none with any other."""
    path = _file_of(make_url(url))
    return None if path is None or path.exists() else path.absolute()


def _file_of(url: URL) -> Path | None:
    """The file an SQLite database is in; none when it is in memory, on a server, or named by a URI of SQLite's."""
    name = url.database
    is_file = url.get_backend_name() == "sqlite" and name not in (None, "", ":memory:")
    return Path(str(name)) if is_file and not str(name).startswith("file:") else None


def _make_private(url: URL) -> None:
    """Make the file, for us alone: that somebody is in it says enough. SQLite's own files beside it follow it.

    Raises:
        SettingsInvalid: it can't be made there.
    """
    path = _file_of(url)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise SettingsInvalid(f"settings: DATABASE_URL: {path} can't be made: {error.strerror}") from error
