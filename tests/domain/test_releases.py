"""Releases out of hours: what counts as one, when we ask, and when a worker takes over."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.appointments import Release
from bot.domain.calendar import Calendar
from bot.domain.releases import check_in_times, hand_over_at, is_out_of_hours, released_at

LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar(LONDON, {"national": None})


def a_release(day: date, at: time | None = None) -> Release:
    return Release(id="r1", person_id="p1", release_date=day, release_time=at)


def walls(instants: list[datetime]) -> list[str]:
    return [at.astimezone(LONDON).strftime("%a %d %b %H:%M") for at in instants]


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 3, 6), time(16, 5), True),
        (date(2026, 3, 6), time(12), True),
        (date(2026, 3, 6), None, True),
        (date(2026, 3, 6), time(11, 59), False),
        (date(2026, 3, 7), time(10), True),
        (date(2026, 3, 8), None, True),
        (date(2026, 3, 3), time(10), False),
        (date(2026, 3, 3), None, False),
        (date(2026, 3, 3), time(8), False),
        (date(2026, 3, 3), time(17), True),
        (date(2026, 4, 2), time(9, 30), True),  # the day before Good Friday
        (date(2026, 4, 6), time(10), True),  # Easter Monday
        (date(2026, 12, 24), time(9), True),
        (date(2026, 12, 28), time(10), True),  # Boxing Day's substitute
        (date(2028, 2, 29), time(10), False),
        (date(2028, 2, 29), time(18), True),
    ],
)
def test_a_release_is_out_of_hours_when_services_are_shut_or_about_to_shut(
    day: date, at: time | None, expected: bool
) -> None:
    assert is_out_of_hours(a_release(day, at), CALENDAR) is expected


def test_a_friday_release_is_asked_about_each_evening_and_morning_until_monday() -> None:
    at = released_at(a_release(date(2026, 3, 6), time(16, 5)), CALENDAR)

    assert walls(check_in_times(at, CALENDAR)) == [
        "Fri 06 Mar 18:30", "Sat 07 Mar 09:30", "Sat 07 Mar 18:30", "Sun 08 Mar 09:30", "Sun 08 Mar 18:30",
    ]  # fmt: skip
    assert walls([hand_over_at(at, CALENDAR)]) == ["Mon 09 Mar 09:00"]


def test_nobody_is_asked_within_two_hours_of_the_release() -> None:
    at = released_at(a_release(date(2026, 3, 6), time(16, 31)), CALENDAR)

    assert walls(check_in_times(at, CALENDAR))[0] == "Sat 07 Mar 09:30"


def test_christmas_is_asked_through_to_the_tuesday_after() -> None:
    at = released_at(a_release(date(2026, 12, 24), time(16)), CALENDAR)

    asked = walls(check_in_times(at, CALENDAR))

    assert asked[0] == "Thu 24 Dec 18:30"
    assert asked[-1] == "Mon 28 Dec 18:30"
    assert len(asked) == 9
    assert walls([hand_over_at(at, CALENDAR)]) == ["Tue 29 Dec 09:00"]


@pytest.mark.parametrize("friday", [date(2026, 3, 27), date(2026, 10, 23)])
def test_times_stay_on_the_wall_clock_over_a_clock_change(friday: date) -> None:
    at = released_at(a_release(friday, time(14)), CALENDAR)

    asked = check_in_times(at, CALENDAR)

    assert [wall[-5:] for wall in walls(asked)] == ["18:30", "09:30", "18:30", "09:30", "18:30"]
    assert walls([hand_over_at(at, CALENDAR)])[0].endswith("09:00")


def test_the_leap_day_is_a_day_like_any_other() -> None:
    at = released_at(a_release(date(2028, 2, 28), time(17, 30)), CALENDAR)

    assert walls([hand_over_at(at, CALENDAR)]) == ["Tue 29 Feb 09:00"]


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.times())
def test_every_question_comes_after_the_release_and_before_the_hand_over(day: date, at: time) -> None:
    instant = released_at(a_release(day, at.replace(second=0, microsecond=0)), CALENDAR)

    asked = check_in_times(instant, CALENDAR)

    assert asked == sorted(set(asked))
    assert all(instant < moment < hand_over_at(instant, CALENDAR) for moment in asked)
    assert CALENDAR.is_working_day(hand_over_at(instant, CALENDAR).astimezone(LONDON).date())
