from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

from sqlalchemy import Connection

from bot.domain.appointments import Release
from bot.store import releases
from tests.store.rows import NOON, a_person

FIRST = Release("r1", "amina", date(2028, 2, 29), time(16, 5), "Example", None, "no", NOON)


def test_a_release_comes_back_as_it_was_written(conn: Connection) -> None:
    a_person(conn)
    releases.add(conn, FIRST, now=NOON)

    assert releases.get(conn, "r1") == FIRST
    assert releases.current(conn, "amina") == FIRST
    assert releases.current_of(conn, ["amina", "ben"]) == {"amina": FIRST}


def test_nobody_was_told_of_a_release(conn: Connection) -> None:
    assert releases.current(conn, "amina") is None
    assert releases.get(conn, "r1") is None
    assert releases.history(conn, "amina") == []


def test_a_new_date_supersedes_the_one_before_and_keeps_it(conn: Connection) -> None:
    a_person(conn)
    later = NOON + timedelta(days=1)
    second = replace(FIRST, id="r2", release_date=date(2028, 3, 1), release_time=None, created_at=later)
    releases.add(conn, FIRST, now=NOON)

    releases.add(conn, second, now=later)

    assert releases.current(conn, "amina") == second
    assert releases.history(conn, "amina") == [replace(FIRST, superseded_at=later), second]


def test_what_is_not_the_date_is_changed_in_place(conn: Connection) -> None:
    a_person(conn)
    releases.add(conn, FIRST, now=NOON)

    releases.change(conn, "r1", address_tonight="yes", prison="")

    assert releases.history(conn, "amina") == [replace(FIRST, address_tonight="yes", prison="")]
