"""The fallback addresses are answered while everything else waits for the database."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from bot.web.room import Room
from tests.server import GatepostServer
from tests.standin import StandInProvider
from tests.usecases.sending import AMINA


def test_whoever_finds_no_seat_waits_for_one() -> None:
    room = Room(1)
    first = room.enter()
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(room.enter)
        room.leave(first)
        assert second.result(5) is not None


def test_nobody_waits_behind_one_that_is_stuck() -> None:
    room = Room(1, stuck_after=0.05)
    first = room.enter()

    assert [room.enter() for _ in range(3)] == [None] * 3

    room.leave(first)
    assert room.enter() is not None


def test_many_at_once_all_get_their_seat() -> None:
    room = Room(3)
    inside, most = 0, 0
    lock = threading.Lock()

    def visit(_: int) -> bool:
        nonlocal inside, most
        seat = room.enter()
        with lock:
            inside += 1
            most = max(most, inside)
        with lock:
            inside -= 1
        room.leave(seat)
        return seat is not None

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(visit, range(600)))
    assert most <= 3


def test_a_database_that_is_locked_leaves_the_fallback_address_answered(tmp_path: Path) -> None:
    with StandInProvider() as provider:
        settings = {name.upper(): str(value) for name, value in provider.settings().items()}
        with (
            GatepostServer(tmp_path, **settings) as server,
            closing(sqlite3.connect(tmp_path / "gatepost.db", isolation_level=None)) as other,
            ThreadPoolExecutor(60) as pool,
        ):
            other.execute("BEGIN IMMEDIATE")
            texts = [
                pool.submit(provider.text_in, server.url, "food", sender=f"+4477009002{number:02d}")
                for number in range(60)
            ]
            threading.Event().wait(1)
            began = time.monotonic()
            answer = provider.text_in(server.url, "food", sender=AMINA, path="/twilio/sms/fallback")
            assert (answer.status, time.monotonic() - began < 5) == (200, True)

            found = {text.result(30).status for text in texts}
            assert time.monotonic() - began < 15  # the provider gives up after that
            assert found <= {500, 503}
            other.execute("ROLLBACK")
            assert provider.text_in(server.url, "food", sender=AMINA).status == 200
