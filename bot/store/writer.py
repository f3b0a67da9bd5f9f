"""SQLite's one writer: transactions take turns on one connection, and short ones that wait share a commit.

A commit waits for the disk, and everybody waits for it. So a transaction that ends while another one waits leaves
its work open, and the next goes on behind it; the last commits for all. Each is undone alone when it fails, and
none is over before the commit that holds it. Source: docs/decisions/0013-commits-shared.md
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from bot.errors import DatabaseBusy
from bot.store.statements import Statement

# So many may wait for one commit: the first of them waits for the others' work too.
MOST_TOGETHER = 8
_BEGIN, _COMMIT, _ROLLBACK, _MARK, _BACK, _FORGET = (
    Statement(text(sql))
    for sql in (
        "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "SAVEPOINT one", "ROLLBACK TO one", "RELEASE one",
    )
)  # fmt: skip


class OneWriter:
    """`patience`: seconds that a transaction waits for its turn. `check` looks at what is about to be written to.

    Once for all that share a commit: nobody else can have changed it in between.
    """

    def __init__(
        self, connect: Callable[[], Connection], check: Callable[[Connection], None], *, patience: float
    ) -> None:
        self._connect = connect
        self._check = check
        self._patience = patience
        self._conn: Connection | None = None
        self._mutex = threading.Lock()
        self._is_taken = False
        self._waiting: deque[_Waiting] = deque()
        # What has been done and not committed. Only whoever's turn it is touches it.
        self._open: _Together | None = None

    @contextmanager
    def transaction(self, *, shares: bool) -> Iterator[Connection]:
        """One transaction, committed at the end; `shares`: perhaps together with others that are as short.

        Raises:
            DatabaseBusy: its turn did not come in time, or the commit failed that held others' work too.
        """
        self._take_turn(shares)
        try:
            together = self._begin()
            try:
                if not together.count:
                    self._check(self.connection)
                yield self.connection
                if not self._in_transaction:
                    raise DatabaseBusy("the database undid this while it was being done")
                if together.count:
                    _FORGET.run(self.connection)
            except BaseException:
                self._undo(together)
                raise
            together.count += 1
        finally:
            is_last = self._end_turn(shares)
        if not is_last:
            together.wait()

    @property
    def connection(self) -> Connection:
        """Always the same one: what it has read is still true, since nobody else writes here."""
        if self._conn is None:
            self._conn = self._connect()
        return self._conn

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """The connection, with no transaction open on it and nobody beside."""
        self._take_turn(False)
        try:
            yield self.connection
        finally:
            self._end_turn(False)

    def close(self) -> None:
        """Give the connection back."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _begin(self) -> _Together:
        if self._open is not None and not self._in_transaction:
            self._lose(self._open)
        if self._open is None:
            if self._in_transaction:
                _ROLLBACK.run(self.connection)
            _BEGIN.run(self.connection)
            self._open = _Together()
        else:
            _MARK.run(self.connection)
        return self._open

    def _undo(self, together: _Together) -> None:
        """Take back what this one did, or everybody's when that can't be told apart any more."""
        try:
            if together.count and self._in_transaction:
                _BACK.run(self.connection)
                _FORGET.run(self.connection)
                return
        except BaseException:
            self._lose(together)
            raise
        self._lose(together)

    def _lose(self, together: _Together) -> None:
        """Nothing of what was to be committed together is kept, and whoever waits hears it."""
        self._open = None
        try:
            if self._in_transaction:
                _ROLLBACK.run(self.connection)
        finally:
            together.end(DatabaseBusy("the database undid what was to be committed together"))

    def _commit(self) -> None:
        together, self._open = self._open, None
        if together is None:
            return
        error: BaseException | None = None
        try:
            _COMMIT.run(self.connection)
        except BaseException as failed:
            error = failed
            raise
        finally:
            try:
                if error is not None and self._in_transaction:
                    _ROLLBACK.run(self.connection)
            finally:
                together.end(error)

    @property
    def _in_transaction(self) -> bool:
        driver: Any = self.connection.connection.driver_connection
        return bool(driver.in_transaction)

    def _take_turn(self, shares: bool) -> None:
        with self._mutex:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = _Waiting(shares)
            self._waiting.append(mine)
        try:
            came = mine.turn.acquire(timeout=self._patience)
        except BaseException:
            if not self._is_withdrawn(mine):
                self._end_turn(False)
            raise
        if not came and self._is_withdrawn(mine):
            raise DatabaseBusy("the database is busy: no other transaction ended in time")

    def _is_withdrawn(self, one: _Waiting) -> bool:
        """False: its turn has come in the last moment, so it must take it."""
        with self._mutex:
            if one not in self._waiting:
                return False
            self._waiting.remove(one)
            return True

    def _end_turn(self, shares: bool) -> bool:
        """Let the next one go on; True when what was open is committed (or there was nothing)."""
        together = self._open
        with self._mutex:
            if shares and together is not None and together.count < MOST_TOGETHER and self._next_shares:
                self._waiting.popleft().turn.release()
                return False
        try:
            self._commit()
        finally:
            with self._mutex:
                if self._waiting:
                    self._waiting.popleft().turn.release()
                else:
                    self._is_taken = False
        return True

    @property
    def _next_shares(self) -> bool:
        return bool(self._waiting) and self._waiting[0].shares


class _Waiting:
    def __init__(self, shares: bool) -> None:
        self.shares = shares
        self.turn = threading.Lock()
        self.turn.acquire()


class _Together:
    """Transactions that one commit holds, and how it went."""

    def __init__(self) -> None:
        self.count = 0
        self._is_over = threading.Event()
        self._error: BaseException | None = None

    def end(self, error: BaseException | None) -> None:
        """Tell everybody who waits."""
        self._error = error
        self._is_over.set()

    def wait(self) -> None:
        """Until the commit.

        Raises:
            DatabaseBusy: it failed; nothing was done.
        """
        self._is_over.wait()
        if self._error is not None:
            raise DatabaseBusy("the commit failed that was to hold this too") from self._error
