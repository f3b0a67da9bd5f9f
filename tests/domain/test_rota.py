"""Who is on call, and gaps, on ordinary days and on the nights the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar
from bot.domain.csv_cells import instant_in
from bot.domain.escalations import Shift
from bot.domain.rota import gaps, who_is_on_call

NINE = datetime(2026, 3, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHAIN = ("Bolton", "Greater Manchester", "national")
LONDON = Calendar(ZoneInfo("Europe/London"), {"Bolton": None, "national": None})
STARTS, ENDS = instant_in(LONDON), instant_in(LONDON, at_end=True)


def shift(worker: str, *, area: str = "Bolton", level: int = 1, start: float = 0, hours: float = 8) -> Shift:
    begins = NINE + start * HOUR
    return Shift(0, area, worker, begins, begins + hours * HOUR, level)


def test_a_shift_is_half_open() -> None:
    one = [shift("sam")]

    assert who_is_on_call(one, at=NINE, chain=CHAIN) == (("sam",),)
    assert who_is_on_call(one, at=NINE + 8 * HOUR, chain=CHAIN) == ()
    assert who_is_on_call(one, at=NINE - timedelta(microseconds=1), chain=CHAIN) == ()


def test_levels_come_in_order_then_the_areas_around() -> None:
    on = [
        shift("gail", area="national"),
        shift("lee", level=2),
        shift("kay", area="Greater Manchester"),
        shift("sam"),
    ]

    assert who_is_on_call(on, at=NINE, chain=CHAIN) == (("sam",), ("lee",), ("kay",), ("gail",))


def test_whoever_is_longest_on_shift_comes_first_in_a_rung() -> None:
    on = [shift("sam"), shift("lee", start=-2)]

    assert who_is_on_call(on, at=NINE, chain=CHAIN) == (("lee", "sam"),)


def test_nobody_comes_twice() -> None:
    on = [shift("sam"), shift("sam", level=2), shift("sam", area="national"), shift("lee", level=2)]

    assert who_is_on_call(on, at=NINE, chain=CHAIN) == (("sam",), ("lee",))


def test_other_areas_do_not_count() -> None:
    assert who_is_on_call([shift("sam", area="Wigan")], at=NINE, chain=CHAIN) == ()


def test_a_gap_is_where_neither_the_area_nor_those_around_it_have_anybody() -> None:
    on = [
        shift("sam", hours=4),
        shift("lee", start=6, hours=2),
        shift("kay", area="national", start=5, hours=2),
    ]

    found = gaps(on, chain=CHAIN, since=NINE, until=NINE + 10 * HOUR)

    assert found == [(NINE + 4 * HOUR, NINE + 5 * HOUR), (NINE + 8 * HOUR, NINE + 10 * HOUR)]


@given(
    st.lists(st.tuples(st.integers(-5, 30), st.integers(1, 12)), max_size=8),
    st.integers(0, 23),
)
def test_an_instant_is_in_a_gap_exactly_when_nobody_is_on_call(
    shifts: list[tuple[int, int]], hour: int
) -> None:
    on = [shift(f"w{index}", start=start, hours=hours) for index, (start, hours) in enumerate(shifts)]
    at = NINE + hour * HOUR

    found = gaps(on, chain=CHAIN, since=NINE, until=NINE + 24 * HOUR)

    assert any(begin <= at < end for begin, end in found) is (not who_is_on_call(on, at=at, chain=CHAIN))


@pytest.mark.parametrize(
    "meet", ["2026-03-29 00:30", "2026-03-29 02:00", "2026-10-25 00:30", "2026-10-25 01:00", "2026-10-25 01:30",
             "2026-10-25 02:00"],
)  # fmt: skip
def test_shifts_that_meet_in_a_file_never_gap_when_the_clocks_change(meet: str) -> None:
    assert STARTS(meet) <= ENDS(meet)


def test_a_start_is_the_first_and_an_end_the_last_time_the_clock_shows_it() -> None:
    assert STARTS("2026-10-25 01:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert ENDS("2026-10-25 01:30") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_shift_over_the_leap_day_is_as_long_as_it_reads() -> None:
    assert ENDS("2028-03-01 09:00") - STARTS("2028-02-28 21:00") == timedelta(hours=36)
