"""The rota as rows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.domain.escalations import Shift
from bot.store import shifts
from tests.store.rows import NOON
from tests.store.test_workers import a_worker

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def team(conn: Connection) -> None:
    for name in ("sam", "lee"):
        a_worker(conn, name, "Bolton")


def add(conn: Connection, name: str, start: datetime = NOON, *, hours: int = 8, **fields: object) -> bool:
    wanted: dict[str, object] = {"area": "Bolton", "level": 1, **fields}
    return shifts.add(
        conn, worker_id=name, starts_at=start, ends_at=start + hours * HOUR, **wanted  # type: ignore[arg-type]
    )  # fmt: skip


def names(found: list[Shift]) -> list[str]:
    return [shift.worker_id for shift in found]


def test_a_shift_covers_its_start_and_not_its_end(conn: Connection) -> None:
    add(conn, "sam")

    assert names(shifts.covering(conn, ["Bolton"], at=NOON)) == ["sam"]
    assert names(shifts.covering(conn, ["Bolton"], at=NOON + 8 * HOUR)) == []
    assert names(shifts.covering(conn, ["Wigan"], at=NOON)) == []


def test_covering_gives_level_one_first_and_the_longest_on_shift_first(conn: Connection) -> None:
    add(conn, "sam", level=2)
    add(conn, "lee")
    add(conn, "sam", NOON - HOUR)

    assert names(shifts.covering(conn, ["Bolton"], at=NOON)) == ["sam", "lee", "sam"]


def test_the_same_shift_twice_is_one_and_another_end_changes_it(conn: Connection) -> None:
    assert add(conn, "sam") is True
    assert add(conn, "sam") is False
    assert add(conn, "sam", hours=9) is True

    (only,) = shifts.covering(conn, ["Bolton"], at=NOON)
    assert only.ends_at == NOON + 9 * HOUR


def test_what_lies_ahead_counts_the_shift_that_is_on(conn: Connection) -> None:
    add(conn, "sam", NOON - 9 * HOUR)
    add(conn, "sam", NOON)
    add(conn, "sam", NOON + 20 * HOUR)

    ahead = shifts.ahead_of(conn, "sam", at=NOON + HOUR, limit=5)

    assert [shift.starts_at for shift in ahead] == [NOON, NOON + 20 * HOUR]
    assert shifts.ahead_of(conn, "lee", at=NOON) == []


def test_between_gives_all_that_touch_the_stretch(conn: Connection) -> None:
    add(conn, "sam", NOON - 8 * HOUR)
    add(conn, "lee", NOON - 7 * HOUR)
    add(conn, "sam", NOON + 2 * HOUR)

    found = shifts.between(conn, ["Bolton"], since=NOON, until=NOON + 2 * HOUR)

    assert names(found) == ["lee"]


def test_areas_on_the_rota_are_those_with_shifts_since(conn: Connection) -> None:
    add(conn, "sam")
    add(conn, "lee", NOON - 100 * HOUR, area="Wigan")

    assert shifts.areas_on_rota(conn, since=NOON) == ["Bolton"]


def test_a_shift_can_be_taken_off(conn: Connection) -> None:
    add(conn, "sam")
    (only,) = shifts.covering(conn, ["Bolton"], at=NOON)

    shifts.remove(conn, only.id)

    assert shifts.covering(conn, ["Bolton"], at=NOON) == []
