"""The example area: what a newcomer finds, and that loading it again changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.deps import Deps
from bot.domain.releases import is_out_of_hours
from bot.store import appointments, people, releases, schema, shifts
from bot.usecases.demo import demo_days, load_demo
from tests.usecases.enrolled import timers_of, wall

NAMES = (
    "people", "numbers", "workers", "appointments", "reminders", "releases", "timers", "outbox", "services",
    "escalations", "events",
)  # fmt: skip
TABLES = [schema.metadata.tables[name] for name in NAMES]


def counts(deps: Deps) -> dict[str, int]:
    with deps.store.read() as conn:
        return {t.name: conn.execute(select(func.count()).select_from(t)).scalar_one() for t in TABLES}


def test_the_example_area_has_a_weekend_release_reminders_and_somebody_on_call(deps: Deps, clock) -> None:
    load_demo(deps, now=clock())

    with deps.store.read() as conn:
        amina = people.by_external_id(conn, "demo-amina")
        ben = people.by_external_id(conn, "demo-ben")
        assert amina is not None
        assert ben is not None
        release = releases.current(conn, amina.id)
        assert release is not None
        assert is_out_of_hours(release, deps.calendar)
        assert appointments.next_of_person(conn, ben.id, at=clock()) is not None
        for days in (0, 7, 14):
            on = shifts.covering(conn, ["Example Town"], at=clock() + timedelta(days=days))
            assert {shift.level for shift in on} == {1, 2}
    assert counts(deps)["timers"] > 5


def test_loading_the_example_area_again_changes_nothing(deps: Deps, clock) -> None:
    load_demo(deps, now=clock())
    before = counts(deps)

    load_demo(deps, now=clock.forward(hours=1))

    assert counts(deps) == before


def test_a_later_start_only_carries_the_rota_on(deps: Deps, clock) -> None:
    load_demo(deps, now=clock())
    before = counts(deps)

    load_demo(deps, now=clock.forward(days=20))

    assert counts(deps) == before
    with deps.store.read() as conn:
        assert shifts.covering(conn, ["Example Town"], at=clock() + timedelta(days=10))


@pytest.mark.parametrize(
    ("now", "friday"),
    [("2026-06-01", "2026-06-05"), ("2026-06-05", "2026-06-05"), ("2026-06-06", "2026-06-05"),
     ("2026-06-07", "2026-06-05"), ("2026-06-08", "2026-06-12")],
)  # fmt: skip
def test_the_friday_is_that_of_this_weekend_or_the_coming_one(deps: Deps, now: str, friday: str) -> None:
    assert demo_days(deps, wall(deps, f"{now} 12:00"))["friday"].isoformat() == friday


@pytest.mark.parametrize(
    ("now", "by"),
    [("2026-06-02 10:00", "2026-06-05"), ("2026-06-05 16:00", "2026-06-05"),
     ("2026-06-06 11:00", "2026-06-06"), ("2026-12-25 16:00", "2026-12-25")],
)  # fmt: skip
def test_somebody_comes_out_for_the_weekend_whenever_it_is_started(deps: Deps, now: str, by: str) -> None:
    load_demo(deps, now=wall(deps, now))

    first_nights = [t for t in timers_of(deps, "demo-amina") if t.kind == "first_night"]
    assert [t.due_at <= wall(deps, f"{by} 18:00") for t in first_nights] == [True]


@pytest.mark.parametrize("now", ["2026-06-02 10:00", "2026-06-05 16:00", "2026-06-07 11:00"])
def test_nobody_else_comes_out_at_night_whom_a_newcomer_would_leave_waiting(deps: Deps, now: str) -> None:
    load_demo(deps, now=wall(deps, now))

    others = [t for who in ("demo-ben", "demo-carys", "demo-dev") for t in timers_of(deps, who)]
    assert {t.kind for t in others} <= {"welcome"}
