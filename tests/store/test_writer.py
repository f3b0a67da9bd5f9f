"""Transactions on SQLite that share a commit: together quicker, and still each on its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from bot.errors import DatabaseBusy
from bot.store import versions
from bot.store.database import Store
from bot.store.writer import MOST_TOGETHER

PATIENCE = 10.0
Work = Callable[[Connection], None]


class Broken(Exception):
    """Something went wrong in the middle of a transaction."""


class Line:
    """Transactions that come in a known order: each is in the queue before the next one begins."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.may_go_on = threading.Event()
        self.said: list[str] = []
        self._pool = ThreadPoolExecutor(MOST_TOGETHER * 2)
        self._count = 0

    def first(self, work: Work | None = None, *, shares: bool = True) -> Future[None]:
        """One that stays inside until `go` lets it on."""
        inside = threading.Event()

        def stay(conn: Connection) -> None:
            conn.connection.driver_connection.set_trace_callback(self.said.append)  # type: ignore[union-attr]
            inside.set()
            assert self.may_go_on.wait(PATIENCE)
            if work is not None:
                work(conn)

        running = self._pool.submit(self._run, stay, shares)
        assert inside.wait(PATIENCE)
        return running

    def then(self, work: Work, *, shares: bool = True) -> Future[None]:
        """One that waits behind those before it."""
        running = self._pool.submit(self._run, work, shares)
        self._count += 1
        until(lambda: len(self.store._writer._waiting) == self._count)  # type: ignore[union-attr]
        return running

    def go(self) -> None:
        self.may_go_on.set()

    @property
    def commits(self) -> int:
        return self.said.count("COMMIT")

    def close(self) -> None:
        self.may_go_on.set()
        self._pool.shutdown(wait=True)

    def _run(self, work: Work, shares: bool) -> None:
        with self.store.begin(shares=shares) as conn:
            work(conn)


def until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(10_000):
        if is_so():
            return
        pause.wait(0.001)
    raise AssertionError("it did not come to that")


def bump(name: str) -> Work:
    return lambda conn: versions.bump(conn, name)


def bump_and_break(name: str) -> Work:
    def work(conn: Connection) -> None:
        versions.bump(conn, name)
        raise Broken

    return work


def saved(store: Store) -> dict[str, int]:
    with store.read() as conn:
        return versions.all(conn)


@pytest.fixture
def store(tmp_path: Path, migrated_file: Path) -> Iterator[Store]:
    path = tmp_path / "gatepost.db"
    path.write_bytes(migrated_file.read_bytes())
    store = Store(f"sqlite:///{path}")
    yield store
    store.close()


@pytest.fixture
def line(store: Store) -> Iterator[Line]:
    line = Line(store)
    yield line
    line.close()


def test_short_transactions_that_wait_are_saved_by_one_commit(store: Store, line: Line) -> None:
    running = [line.first(bump("a")), line.then(bump("b")), line.then(bump("c"))]
    line.go()
    for one in running:
        one.result(PATIENCE)

    assert saved(store) == {"a": 1, "b": 1, "c": 1}
    assert line.commits == 1


def test_none_is_over_before_the_commit_that_holds_it(store: Store, line: Line) -> None:
    inside, may_end = threading.Event(), threading.Event()

    def stay(conn: Connection) -> None:
        inside.set()
        assert may_end.wait(PATIENCE)

    first, second = line.first(bump("a")), line.then(stay)
    line.go()
    assert inside.wait(PATIENCE)
    assert not first.done()
    assert saved(store) == {}

    may_end.set()
    first.result(PATIENCE)
    second.result(PATIENCE)
    assert saved(store) == {"a": 1}


@pytest.mark.parametrize("broken", range(3))
def test_one_that_fails_is_undone_and_the_others_are_not(store: Store, line: Line, broken: int) -> None:
    work = [bump_and_break(name) if number == broken else bump(name) for number, name in enumerate("abc")]
    running = [line.first(work[0]), line.then(work[1]), line.then(work[2])]
    line.go()
    for number, one in enumerate(running):
        if number == broken:
            with pytest.raises(Broken):
                one.result(PATIENCE)
        else:
            one.result(PATIENCE)

    assert saved(store) == {name: 1 for number, name in enumerate("abc") if number != broken}


def test_when_the_commit_fails_everybody_hears_it_and_nothing_is_saved(store: Store, line: Line) -> None:
    def break_a_reference(conn: Connection) -> None:
        conn.execute(text("PRAGMA defer_foreign_keys = ON"))
        columns = "escalation_id, worker_id, code, rung, state, paged_at"
        conn.execute(text(f"INSERT INTO pages ({columns}) VALUES ('x', 'y', 'K7', 0, 'paged', 0)"))

    first, last = line.first(bump("a")), line.then(break_a_reference)
    line.go()
    with pytest.raises(DatabaseBusy, match="the commit failed"):
        first.result(PATIENCE)
    with pytest.raises(IntegrityError):
        last.result(PATIENCE)

    assert saved(store) == {}
    with store.begin() as conn:
        versions.bump(conn, "after")
    assert saved(store) == {"after": 1}


def test_when_the_database_undoes_everything_those_before_hear_it(store: Store, line: Line) -> None:
    def undo_all(conn: Connection) -> None:
        for _ in range(2):
            conn.execute(text("INSERT OR ROLLBACK INTO versions (name, value) VALUES ('b', 1)"))

    first, second, third = line.first(bump("a")), line.then(undo_all), line.then(bump("c"))
    line.go()
    with pytest.raises(DatabaseBusy):
        first.result(PATIENCE)
    with pytest.raises(IntegrityError):
        second.result(PATIENCE)
    third.result(PATIENCE)

    assert saved(store) == {"c": 1}


def test_an_undoing_that_is_swallowed_keeps_nothing_and_says_so(store: Store, line: Line) -> None:
    def undo_and_go_on(conn: Connection) -> None:
        for _ in range(2):
            try:
                conn.execute(text("INSERT OR ROLLBACK INTO versions (name, value) VALUES ('b', 1)"))
            except IntegrityError:
                break
        conn.execute(text("INSERT INTO versions (name, value) VALUES ('late', 1)"))

    first, second, third = line.first(bump("a")), line.then(undo_and_go_on), line.then(bump("c"))
    line.go()
    for one in (first, second):
        with pytest.raises(DatabaseBusy):
            one.result(PATIENCE)
    third.result(PATIENCE)

    assert saved(store).get("a") is None
    assert saved(store)["c"] == 1


def test_one_that_may_take_long_is_nobodys_company(store: Store, line: Line) -> None:
    inside, may_end = threading.Event(), threading.Event()

    def stay(conn: Connection) -> None:
        inside.set()
        assert may_end.wait(PATIENCE)

    first, long = line.first(bump("a")), line.then(stay, shares=False)
    after = line.then(bump("b"))
    line.go()
    first.result(PATIENCE)
    assert inside.wait(PATIENCE)
    assert saved(store) == {"a": 1}

    may_end.set()
    long.result(PATIENCE)
    after.result(PATIENCE)
    assert line.commits == 3


def test_only_so_many_wait_for_one_commit(store: Store, line: Line) -> None:
    running = [line.first(), *(line.then(bump("a")) for _ in range(MOST_TOGETHER))]
    line.go()
    for one in running:
        one.result(PATIENCE)

    assert line.commits == 2
    assert saved(store) == {"a": MOST_TOGETHER}


def test_whoever_waits_too_long_gives_up_and_the_others_go_on(tmp_path: Path, migrated_file: Path) -> None:
    path = tmp_path / "impatient.db"
    path.write_bytes(migrated_file.read_bytes())
    store = Store(f"sqlite:///{path}", patience=0)
    line = Line(store)
    first = line.first(bump("a"))
    with pytest.raises(DatabaseBusy), store.begin(shares=True):
        raise AssertionError("its turn has not come")
    line.go()
    first.result(PATIENCE)
    with store.begin() as conn:
        versions.bump(conn, "b")
    line.close()

    assert saved(store) == {"a": 1, "b": 1}
    store.close()


def test_the_schema_is_looked_at_once_a_commit(store: Store, line: Line) -> None:
    looked: list[int] = []
    store.guard = lambda _: looked.append(1)
    running = [line.first(), line.then(bump("a")), line.then(bump("b"))]
    line.go()
    for one in running:
        one.result(PATIENCE)

    assert len(looked) == line.commits == 1


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(work=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=24))
def test_whatever_comes_at_once_what_went_well_is_saved_and_nothing_else(
    store: Store, work: list[tuple[bool, bool]]
) -> None:
    before = saved(store)

    def run(one: tuple[int, tuple[bool, bool]]) -> str | None:
        number, (shares, breaks) = one
        try:
            with store.begin(shares=shares) as conn:
                (bump_and_break if breaks else bump)(f"n{number}")(conn)
        except Broken:
            return None
        # What is over can be read by everybody.
        assert saved(store)[f"n{number}"] == before.get(f"n{number}", 0) + 1
        return f"n{number}"

    with ThreadPoolExecutor(8) as pool:
        went_well = {name for name in pool.map(run, enumerate(work)) if name}

    after = saved(store)
    assert {name for name in after if after[name] != before.get(name, 0)} == went_well
