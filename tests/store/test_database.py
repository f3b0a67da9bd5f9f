"""Transactions that behave the same on both engines."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy.exc import OperationalError

from bot.errors import DatabaseBusy
from bot.store import people, versions
from bot.store.database import Store
from bot.store.schema import metadata
from tests.store.rows import a_person

THREADS = 8
ROOT = Path(__file__).resolve().parents[2]


class Broken(Exception):
    """Something went wrong in the middle of a transaction."""


def write_and_break(store: Store) -> None:
    with store.begin() as conn:
        a_person(conn)
        versions.bump(conn, "flows")
        raise Broken


def test_many_threads_that_write_at_once_lose_nothing(store):
    def bump_ten_times(_: int) -> None:
        for _ in range(10):
            with store.begin() as conn:
                versions.bump(conn, "flows")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(bump_ten_times, range(THREADS)))

    with store.read() as conn:
        assert versions.all(conn) == {"flows": THREADS * 10}


def test_turns_of_one_person_that_read_and_then_write_come_one_after_the_other(store):
    with store.begin() as conn:
        a_person(conn)

    def miss(_: int) -> None:
        with store.begin() as conn:
            person = people.lock(conn, "amina")
            people.change(conn, "amina", misses=person.misses + 1)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(miss, range(40)))

    with store.read() as conn:
        assert people.get(conn, "amina").misses == 40


def test_texts_of_one_address_are_serialised_before_its_person_is_there(store):
    """The second text from an unknown number finds the person that the first one made."""

    def text_in(_: int) -> str:
        with store.begin() as conn:
            store.serialise(conn, "+447700900001")
            known = people.by_external_id(conn, "from +447700900001")
            if known is None:
                known = a_person(conn, "new", external_id="from +447700900001", is_known=False)
            people.change(conn, known.id, misses=known.misses + 1)
            return known.id

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(text_in, range(24))) == {"new"}

    with store.read() as conn:
        assert people.get(conn, "new").misses == 24


def test_serialise_waits_for_the_same_key_only(store):
    holds = threading.Event()
    may_end = threading.Event()
    order: list[str] = []

    def first() -> None:
        with store.begin() as conn:
            store.serialise(conn, "amina")
            holds.set()
            may_end.wait(10)
            order.append("first")

    def second() -> None:
        with store.begin() as conn:
            store.serialise(conn, "amina")
            order.append("second")

    def somebody_else() -> None:
        with store.begin() as conn:
            store.serialise(conn, "sam")
            order.append("other")

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(first)]
        assert holds.wait(10)
        running.append(pool.submit(second))
        if not store.is_sqlite:  # SQLite has one writer, whatever the key
            pool.submit(somebody_else).result(10)
        may_end.set()
        for done in running:
            done.result(10)

    assert order == (["first", "second"] if store.is_sqlite else ["other", "first", "second"])


def test_an_error_undoes_the_whole_transaction(store):
    with pytest.raises(Broken):
        write_and_break(store)

    with store.read() as conn:
        assert people.get(conn, "amina") is None
        assert versions.all(conn) == {}


def test_the_store_goes_on_after_an_error(store):
    for _ in range(40):  # more often than there are connections
        with pytest.raises(Broken):
            write_and_break(store)

    with store.begin() as conn:
        versions.bump(conn, "flows")
    with store.read() as conn:
        assert versions.all(conn) == {"flows": 1}


def test_a_process_that_is_killed_leaves_nothing_half_saved(store, url):
    """Killed after the first of two transactions and in the middle of the second, without a goodbye."""
    code = f"""
import os, signal
from bot.store import versions
from bot.store.database import Store
store = Store({url!r})
with store.begin() as conn:
    versions.bump(conn, "saved")
    versions.bump(conn, "saved")
with store.begin() as conn:
    versions.bump(conn, "saved")
    versions.bump(conn, "lost")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr

    with store.read() as conn:
        assert versions.all(conn) == {"saved": 2}
    with store.begin() as conn:  # and nothing of it holds a lock
        versions.bump(conn, "lost")


def test_a_reader_sees_one_moment_while_others_write(store):
    with store.read() as reader:
        before = versions.all(reader)
        with store.begin() as conn:
            versions.bump(conn, "flows")
        assert before == {}

    with store.read() as reader:
        assert versions.all(reader) == {"flows": 1}


def test_two_stores_on_one_database_take_turns(url):
    """Two processes on one machine: the lock of the engine holds, not only ours."""
    hosts = [Store(url), Store(url)]

    def bump(number: int) -> None:
        with hosts[number % 2].begin() as conn:
            known = versions.all(conn).get("flows", 0) if hosts[0].is_sqlite else None
            versions.bump(conn, "flows")
            if known is not None:
                assert versions.all(conn)["flows"] == known + 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bump, range(40)))

    with hosts[0].read() as conn:
        assert versions.all(conn) == {"flows": 40}
    for host in hosts:
        host.close()


def test_a_database_in_memory_is_one_database_for_all_threads():
    store = Store("sqlite://")
    with store.begin() as conn:
        metadata.create_all(conn)

    def bump(_: int) -> None:
        with store.begin() as conn:
            versions.bump(conn, "flows")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(bump, range(40)))

    with store.read() as conn:
        assert versions.all(conn) == {"flows": 40}
    store.close()


def test_a_writer_gives_up_in_time_when_another_process_writes_on(url):
    held, other = Store(url), Store(url, patience=1)
    with held.begin() as conn:
        held.serialise(conn, "amina")
        began = monotonic()
        with pytest.raises((DatabaseBusy, OperationalError)), other.begin() as waits:
            other.serialise(waits, "amina")
        assert monotonic() - began < 5
    for store in (held, other):
        store.close()


def test_threads_that_wait_for_one_another_give_up_in_time(url):
    store = Store(url, patience=1)

    def write() -> None:
        with store.begin() as conn:
            store.serialise(conn, "amina")

    with ThreadPoolExecutor(4) as pool, store.begin() as conn:
        store.serialise(conn, "amina")
        waiting = [pool.submit(write) for _ in range(4)]
        assert {type(one.exception(5)) for one in waiting} <= {DatabaseBusy, OperationalError}
    write()
    store.close()


def test_the_file_of_the_database_is_for_its_owner_alone(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/data/gatepost.db")
    with store.begin() as conn:
        metadata.create_all(conn)

    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    store.close()

    assert modes == dict.fromkeys(("gatepost.db", "gatepost.db-wal", "gatepost.db-shm"), 0o600)


def test_only_while_in_a_hurry_a_commit_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/g.db")

    def waits_for_the_disk() -> bool:
        with store.begin() as conn:
            return bool(conn.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2)

    assert waits_for_the_disk()
    with store.hurry():
        assert not waits_for_the_disk()
    with pytest.raises(Broken), store.hurry():
        raise Broken
    assert waits_for_the_disk()
    store.close()


def test_hurry_changes_nothing_for_whoever_writes(store):
    with store.hurry(), store.begin() as conn:
        versions.bump(conn, "flows")

    with store.read() as conn:
        assert versions.all(conn)["flows"] == 1
