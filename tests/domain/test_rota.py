"""Who is on call, and gaps, on ordinary days and on the nights the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar
from bot.domain.escalations import Shift
from bot.domain.rota import gaps, shift_instants, who_is_on_call

NINE = datetime(2026, 3, 6, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHAIN = ("Bolton", "Greater Manchester", "national")
LONDON = Calendar(ZoneInfo("Europe/London"), {"Bolton": None, "national": None})


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


@pytest.mark.parametrize("night", [datetime(2026, 3, 29), datetime(2026, 10, 25)])  # noqa: DTZ001
@pytest.mark.parametrize("minutes", [30, 60, 90, 120, 150])
def test_shifts_that_meet_on_paper_never_gap_when_the_clocks_change(night: datetime, minutes: int) -> None:
    meet = night + timedelta(minutes=minutes)

    _, ends = shift_instants(meet - timedelta(hours=6), meet, LONDON)
    starts, _ = shift_instants(meet, meet + timedelta(hours=6), LONDON)

    assert starts <= ends


def test_a_start_is_the_first_and_an_end_the_last_time_the_clock_shows_it() -> None:
    half_past_one = datetime(2026, 10, 25, 1, 30)  # noqa: DTZ001

    _, ends = shift_instants(half_past_one - timedelta(hours=5), half_past_one, LONDON)
    starts, _ = shift_instants(half_past_one, half_past_one + timedelta(hours=5), LONDON)

    assert starts == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert ends == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_shift_over_the_leap_day_is_as_long_as_it_reads() -> None:
    starts, ends = shift_instants(
        datetime(2028, 2, 28, 21),  # noqa: DTZ001
        datetime(2028, 3, 1, 9),  # noqa: DTZ001
        LONDON,
    )

    assert ends - starts == timedelta(hours=36)


def test_a_shift_that_does_not_end_after_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="end after"):
        shift_instants(datetime(2026, 3, 6, 9), datetime(2026, 3, 6, 9), LONDON)  # noqa: DTZ001


def test_a_shift_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="wall clock"):
        shift_instants(NINE, NINE + HOUR, LONDON)
