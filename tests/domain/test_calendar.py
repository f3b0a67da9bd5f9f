from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar, load_areas
from bot.errors import FlowInvalid

LONDON = ZoneInfo("Europe/London")
AREAS = Path(__file__).parents[2] / "flows" / "areas.yaml"
CALENDAR = Calendar(LONDON, load_areas(AREAS))
BOROUGHS = (
    "Bolton", "Bury", "Manchester", "Oldham", "Rochdale",
    "Salford", "Stockport", "Tameside", "Trafford", "Wigan",
)  # fmt: skip

days = st.dates(date(2024, 1, 1), date(2035, 12, 31))
walls = st.times()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 6),  # Easter Monday
        date(2026, 8, 31),  # late August
        date(2026, 12, 25),
        date(2026, 12, 28),  # Boxing Day, moved from Saturday
        date(2027, 12, 27),  # Christmas Day, moved from Saturday
        date(2027, 12, 28),  # Boxing Day, moved from Sunday
        date(2028, 1, 3),  # New Year's Day, moved from Saturday
    ],
)
def test_bank_holidays_are_those_of_england_with_substitute_days(day: date) -> None:
    assert CALENDAR.is_holiday(day)
    assert not CALENDAR.is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 1, 2), date(2026, 3, 17), date(2026, 8, 3), date(2026, 11, 30)])
def test_holidays_of_scotland_and_ireland_are_working_days(day: date) -> None:
    assert CALENDAR.is_working_day(day)


def test_a_weekend_day_that_a_holiday_was_moved_from_is_none_but_keeps_its_hours() -> None:
    boxing_day = date(2026, 12, 26)

    assert not CALENDAR.is_holiday(boxing_day)
    assert CALENDAR.has_holiday_hours(boxing_day)
    assert not CALENDAR.has_holiday_hours(date(2026, 12, 27))


def test_the_first_working_day_after_christmas_2026_is_the_29th() -> None:
    assert CALENDAR.next_working_day(date(2026, 12, 24)) == date(2026, 12, 29)


def test_the_next_working_day_is_never_the_day_itself() -> None:
    assert CALENDAR.next_working_day(date(2026, 3, 3)) == date(2026, 3, 4)


def test_29_february_is_a_working_day_like_any_other() -> None:
    assert CALENDAR.is_working_day(date(2028, 2, 29))
    assert CALENDAR.next_working_day(date(2028, 2, 28)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("at", "is_out"),
    [
        ("2026-03-06T11:59", False),  # Friday
        ("2026-03-06T12:00", True),
        ("2026-03-06T16:05", True),
        ("2026-03-07T11:00", True),  # Saturday
        ("2026-03-08T11:00", True),
        ("2026-03-09T08:59", True),  # Monday
        ("2026-03-09T09:00", False),
        ("2026-03-09T12:00", False),
        ("2026-03-09T16:59", False),
        ("2026-03-09T17:00", True),
        ("2026-04-02T11:59", False),  # the Thursday before Good Friday
        ("2026-04-02T12:00", True),
        ("2026-04-06T11:00", True),  # Easter Monday
        ("2026-12-24T11:00", False),
        ("2026-12-24T12:00", True),
        ("2026-12-28T11:00", True),
        ("2026-12-29T11:00", False),
        ("2028-02-29T13:00", False),
        ("2026-07-06T08:30", True),  # 7:30 in UTC: summer time counts
    ],
)
def test_out_of_hours_is_nights_weekends_holidays_and_the_noon_before_them(at: str, is_out: bool) -> None:
    assert CALENDAR.is_out_of_hours(local(at)) is is_out


def test_a_wall_time_in_summer_is_an_hour_earlier_in_utc() -> None:
    assert CALENDAR.at(date(2026, 7, 1), time(9)) == datetime(2026, 7, 1, 8, tzinfo=UTC)


def test_a_wall_time_shown_twice_is_the_first_at_a_start_and_the_last_at_an_end() -> None:
    night = date(2026, 10, 25)

    assert CALENDAR.at(night, time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert CALENDAR.at(night, time(1, 30), at_end=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("at_end", [False, True])
@pytest.mark.parametrize("wall", [time(1), time(1, 15), time(1, 30), time(1, 59, 59)])
def test_a_wall_time_that_clocks_leave_out_is_the_moment_they_jump(wall: time, at_end: bool) -> None:
    at = CALENDAR.at(date(2026, 3, 29), wall, at_end=at_end)

    assert at == datetime(2026, 3, 29, 1, tzinfo=UTC)


@given(days, walls)
def test_an_instant_shows_its_wall_time_unless_clocks_left_it_out(day: date, wall: time) -> None:
    at = CALENDAR.at(day, wall)
    shown = CALENDAR.local(at)

    assert at.utcoffset() == timedelta(0)
    assert (shown.date(), shown.time()) == (day, wall) or shown.time() == time(2)


@given(days, walls, walls)
def test_wall_times_of_a_day_stay_in_order(day: date, one: time, other: time) -> None:
    earlier, later = sorted((one, other))

    assert CALENDAR.at(day, earlier) <= CALENDAR.at(day, later)
    assert CALENDAR.at(day, earlier, at_end=True) <= CALENDAR.at(day, later, at_end=True)
    assert CALENDAR.at(day, one) <= CALENDAR.at(day, one, at_end=True)


@given(days)
def test_the_next_working_day_is_the_first_one_after(day: date) -> None:
    found = CALENDAR.next_working_day(day)

    assert CALENDAR.is_working_day(found)
    between = (day + timedelta(days=ahead) for ahead in range(1, (found - day).days))
    assert not any(CALENDAR.is_working_day(other) for other in between)


@pytest.mark.parametrize("borough", BOROUGHS)
def test_a_borough_is_in_greater_manchester_and_that_in_national(borough: str) -> None:
    assert CALENDAR.chain(borough) == (borough, "Greater Manchester", "national")


def test_the_example_town_is_in_the_example_county() -> None:
    assert CALENDAR.chain("Example Town") == ("Example Town", "Example County", "national")


def test_a_chain_ends_in_national_whatever_the_area() -> None:
    assert CALENDAR.chain("national") == ("national",)
    assert CALENDAR.chain("") == ("national",)
    assert CALENDAR.chain("Elsewhere") == ("Elsewhere", "national")


def test_an_area_is_found_in_any_case_and_spacing() -> None:
    assert CALENDAR.area(" greater  MANCHESTER ") == "Greater Manchester"
    assert CALENDAR.chain("salford")[0] == "Salford"
    assert CALENDAR.area("Leeds") is None


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-03-02T00:30", "today"),
        ("2026-03-03T00:30", "tomorrow"),
        ("2026-03-01T23:00", "Sunday 1 March"),
        ("2026-03-10T09:00", "Tuesday 10 March"),
        ("2028-02-29T09:00", "Tuesday 29 February"),
    ],
)
def test_a_day_is_said_in_words(at: str, words: str) -> None:
    assert CALENDAR.day_text(local(at), now=local("2026-03-02T21:00")) == words


def test_a_day_is_the_local_one() -> None:
    half_past_midnight = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)

    assert CALENDAR.day_text(half_past_midnight, now=local("2026-07-02T09:00")) == "today"


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        ("10:00", "10am"),
        ("14:30", "2:30pm"),
        ("09:05", "9:05am"),
        ("12:00", "noon"),
        ("00:00", "midnight"),
        ("12:30", "12:30pm"),
        ("00:15", "12:15am"),
    ],
)
def test_a_time_is_said_in_words(wall: str, words: str) -> None:
    assert CALENDAR.time_text(local(f"2026-07-01T{wall}")) == words


def wrong_areas(tmp_path: Path, content: str) -> str:
    path = tmp_path / "areas.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(FlowInvalid) as caught:
        load_areas(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            "national:\nBolton: Lancashire\n",
            "areas.yaml: Bolton: is inside Lancashire, which is not in this file",
        ),
        ("national:\nA: B\nB: A\n", "areas.yaml: A: is inside itself"),
        ("Bolton: national\n", "areas.yaml: national: is missing"),
        ("national:\nBolton:\n", "areas.yaml: Bolton: has to be inside an area"),
        ("national: Bolton\nBolton: national\n", "areas.yaml: national: is inside nothing"),
        ("national:\nBolton: national\nBOLTON: national\n", "areas.yaml: BOLTON: is the same as Bolton"),
        ("national:\nBolton: national\nBolton: national\n", "areas.yaml: line 3: found duplicate key"),
        ("", "areas.yaml: file: has no areas"),
        ("- Bolton\n", "areas.yaml: file: has no areas"),
        ("national: [\n", "areas.yaml: line 2:"),
        ("national:\n7: national\n", "areas.yaml: 7: is not a name"),
    ],
)
def test_a_wrong_area_is_named_with_the_reason(tmp_path: Path, content: str, reason: str) -> None:
    assert reason in wrong_areas(tmp_path, content)


def test_a_missing_areas_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FlowInvalid, match=r"areas\.yaml: file: can't be read"):
        load_areas(tmp_path / "areas.yaml")
