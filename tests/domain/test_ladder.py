"""The rungs of a ladder, and when paging begins and goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar
from bot.domain.escalations import Shift, Urgency
from bot.domain.ladder import build_ladder, first_page_at, in_charge, is_higher, next_walk_at
from bot.domain.people import Worker

NOW = datetime(2026, 3, 6, 9, tzinfo=UTC)
CHAIN = ("Bolton", "Greater Manchester", "national")
CALENDAR = Calendar(ZoneInfo("Europe/London"), {"Bolton": "national", "national": None})
ROLES = ("peer_mentor", "coordinator", "manager")


def worker(id: str, role: str = "peer_mentor", *, area: str = "Bolton", **fields: object) -> Worker:
    return Worker(id, id.capitalize(), "", "", role, (area,), **fields)  # type: ignore[arg-type]  # by name


def shift(worker_id: str, level: int = 1, area: str = "Bolton") -> Shift:
    return Shift(0, area, worker_id, NOW - timedelta(hours=1), NOW + timedelta(hours=1), level)


def test_on_call_comes_before_who_is_in_charge_and_the_area_before_those_around_it() -> None:
    team = [
        worker("sam"),
        worker("kay", area="Greater Manchester"),
        worker("cora", "coordinator"),
        worker("mona", "manager"),
        worker("gail", "manager", area="Greater Manchester"),
    ]

    ladder = build_ladder([shift("sam"), shift("kay", area="Greater Manchester")], team, chain=CHAIN, at=NOW)

    assert ladder == (("sam",), ("kay",), ("cora",), ("gail",))


def test_a_manager_stands_in_where_no_coordinator_can_be_reached() -> None:
    team = [worker("cora", "coordinator", opted_out_at=NOW), worker("mona", "manager")]

    assert [one.id for one in in_charge(team, "Bolton")] == ["mona"]


def test_who_cannot_be_paged_is_left_out_and_an_empty_rung_is_dropped() -> None:
    team = [worker("sam", opted_out_at=NOW), worker("lee", phone_is_bad=True), worker("kay")]

    ladder = build_ladder([shift("sam"), shift("lee", 2), shift("kay", 3)], team, chain=CHAIN, at=NOW)

    assert ladder == (("kay",),)


def test_a_coordinator_on_call_is_not_asked_twice() -> None:
    team = [worker("cora", "coordinator"), worker("max", "coordinator")]

    assert build_ladder([shift("cora")], team, chain=CHAIN, at=NOW) == (("cora",), ("max",))


def test_nobody_at_all_is_an_empty_ladder() -> None:
    assert build_ladder([], [], chain=CHAIN, at=NOW) == ()


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 3), st.sampled_from(CHAIN)), max_size=10),
    st.lists(
        st.tuples(st.sampled_from(ROLES), st.sampled_from(CHAIN), st.booleans()), min_size=6, max_size=6
    ),
    st.sets(st.integers(0, 5)),
)
def test_no_ladder_has_anybody_twice_an_empty_rung_or_somebody_left_out(
    shifts: list[tuple[int, int, str]], team: list[tuple[str, str, bool]], without: set[int]
) -> None:
    workers = [
        worker(f"w{index}", role, area=area, phone_is_bad=bad) for index, (role, area, bad) in enumerate(team)
    ]
    on = [shift(f"w{index}", level, area) for index, level, area in shifts]

    ladder = build_ladder(on, workers, chain=CHAIN, at=NOW, without=[f"w{index}" for index in without])

    everyone = [worker_id for rung in ladder for worker_id in rung]
    assert len(everyone) == len(set(everyone))
    assert all(ladder)
    reachable = {one.id for one in workers if one.can_be_paged}
    assert set(everyone) <= reachable - {f"w{index}" for index in without}


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2026, 3, 6, 11, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC)),  # Friday to Monday
        (datetime(2026, 3, 9, 3, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC)),  # before nine: that day
        (datetime(2026, 12, 24, 16, tzinfo=UTC), datetime(2026, 12, 29, 9, tzinfo=UTC)),  # over Christmas
        (datetime(2026, 3, 27, 16, tzinfo=UTC), datetime(2026, 3, 30, 8, tzinfo=UTC)),  # clocks go forward
        (datetime(2026, 10, 23, 16, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)),  # clocks go back
        (datetime(2028, 2, 28, 16, tzinfo=UTC), datetime(2028, 2, 29, 9, tzinfo=UTC)),  # leap day
    ],
)
def test_whenever_begins_at_nine_on_the_next_working_day(now: datetime, first: datetime) -> None:
    assert first_page_at(Urgency.WHENEVER, CALENDAR, now=now) == first


def test_danger_and_today_begin_at_once_even_at_night() -> None:
    night = datetime(2026, 12, 25, 2, tzinfo=UTC)

    assert first_page_at(Urgency.DANGER, CALENDAR, now=night) == night
    assert first_page_at(Urgency.TODAY, CALENDAR, now=night) == night


@pytest.mark.parametrize(("rounds", "minutes"), [(0, 15), (1, 15), (2, 30), (3, 60), (99, 60)])
def test_each_walk_of_the_ladder_waits_longer_up_to_an_hour(rounds: int, minutes: int) -> None:
    assert next_walk_at(Urgency.TODAY, rounds, CALENDAR, now=NOW) == NOW + timedelta(minutes=minutes)


def test_whenever_is_asked_about_by_day_only() -> None:
    five = datetime(2026, 3, 6, 16, 50, tzinfo=UTC)

    assert next_walk_at(Urgency.WHENEVER, 1, CALENDAR, now=five) == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert next_walk_at(Urgency.WHENEVER, 1, CALENDAR, now=NOW) == NOW + timedelta(minutes=15)


def test_danger_is_above_today_and_today_above_whenever() -> None:
    assert is_higher(Urgency.DANGER, Urgency.TODAY)
    assert is_higher(Urgency.TODAY, Urgency.WHENEVER)
    assert not is_higher(Urgency.TODAY, Urgency.TODAY)
    assert not is_higher(Urgency.WHENEVER, Urgency.DANGER)
