from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.calendar import Calendar
from bot.domain.opening_hours import Standing, needs_christmas_check, read_hours

LONDON = ZoneInfo("Europe/London")
CALENDAR = Calendar(LONDON, {"national": None})
ROOT = Path(__file__).parents[2]

OFFICE = "Mo-Fr 09:00-17:00; PH off"
NIGHT_LINE = "Mo-Fr 00:00-09:00,16:30-24:00; Sa,Su,PH 00:00-24:00"
WEEKEND = "Mo-Fr 18:00-20:00; Sa,Su 17:00-19:00"
LATE = "Th-Sa 20:00-02:00; PH off"
NO_HOLIDAY_RULE = "Mo-Fr 08:00-18:00"

written = st.sampled_from(
    [
        OFFICE, NIGHT_LINE, WEEKEND, LATE, NO_HOLIDAY_RULE, "24/7", "off", "Mo-Su,PH 00:00-24:00",
        "Mo-Su 10:00-24:00", "Mo[1] 10:00-12:00", "Su 00:30-01:30,01:45-03:00; PH off",
        "PH,Mo-Su 20:00-26:00", "Sa 22:00-22:00; PH off",
    ]
)  # fmt: skip


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def moments_within(first: str, last: str) -> st.SearchStrategy[datetime]:
    begin = local(first)
    minutes = int((local(last) - begin) / timedelta(minutes=1))
    return st.integers(0, minutes).map(lambda ahead: begin.astimezone(UTC) + timedelta(minutes=ahead))


# Three years, and more often the days of clock changes, Christmas and 29 February.
moments = st.one_of(
    moments_within("2026-01-01", "2028-12-31"),
    moments_within("2026-03-28T22:00", "2026-03-30"),
    moments_within("2026-10-24T22:00", "2026-10-26"),
    moments_within("2026-12-22", "2027-01-05"),
    moments_within("2028-02-28", "2028-03-02"),
)
checks = st.sampled_from([None, date(2026, 11, 30), date(2026, 12, 1)])
parts = st.floats(0, 0.999)


def standing(text: str, at: str | datetime, checked_on: date | None = None) -> Standing:
    instant = local(at) if isinstance(at, str) else at
    return read_hours(text).at(instant, CALENDAR, checked_on=checked_on)


def open_until(at: str) -> Standing:
    return Standing(is_open=True, open_until=local(at).astimezone(UTC))


def shut_until(at: str) -> Standing:
    return Standing(is_open=False, next_open=local(at).astimezone(UTC))


def unknown_until(at: str) -> Standing:
    return Standing(is_open=False, is_known=False, next_open=local(at).astimezone(UTC))


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        (OFFICE, "2026-03-06T08:59", shut_until("2026-03-06T09:00")),
        (OFFICE, "2026-03-06T09:00", open_until("2026-03-06T17:00")),
        (OFFICE, "2026-03-06T16:59", open_until("2026-03-06T17:00")),
        (OFFICE, "2026-03-06T17:00", shut_until("2026-03-09T09:00")),
        (OFFICE, "2026-07-06T08:30", shut_until("2026-07-06T09:00")),  # summer time
        (WEEKEND, "2026-03-07T17:30", open_until("2026-03-07T19:00")),
        ("Mo-Fr 09:00-12:00,13:00-17:00", "2026-03-06T12:30", shut_until("2026-03-06T13:00")),
        ("Mo-Fr 09:00-12:00,12:00-17:00", "2026-03-06T09:30", open_until("2026-03-06T17:00")),
        ("Mo-Fr 09:00-17:00; We off", "2026-03-04T10:00", shut_until("2026-03-05T09:00")),
        (OFFICE, "2028-02-29T10:00", open_until("2028-02-29T17:00")),
        ("Tu 10:00-12:00; PH off", "2028-02-29T12:00", shut_until("2028-03-07T10:00")),
    ],
)
def test_it_is_open_from_its_first_minute_to_its_last(text: str, at: str, expected: Standing) -> None:
    assert standing(text, at) == expected


def test_spells_that_touch_at_midnight_are_one() -> None:
    assert standing(NIGHT_LINE, "2026-03-06T16:40") == open_until("2026-03-09T09:00")
    assert standing("Mo-Su 18:00-24:00; PH off", "2026-03-06T23:00") == open_until("2026-03-07T00:00")


def test_a_spell_that_passes_midnight_goes_on_the_next_day() -> None:
    assert standing(LATE, "2026-03-05T23:00") == open_until("2026-03-06T02:00")
    assert standing(LATE, "2026-03-08T01:00") == open_until("2026-03-08T02:00")  # Sunday, from Saturday
    assert standing(LATE, "2026-03-06T02:00") == shut_until("2026-03-06T20:00")
    assert standing("Th 20:00-26:00; PH off", "2026-03-06T01:00") == open_until("2026-03-06T02:00")


def test_a_shorter_spell_inside_a_longer_one_does_not_end_it() -> None:
    text = "Th 20:00-02:00; Fr 00:30-01:00; PH off"

    assert standing(text, "2026-03-05T23:00") == open_until("2026-03-06T02:00")


def test_a_spell_in_the_hour_that_clocks_leave_out_is_none() -> None:
    assert standing("Su 01:15-01:45; PH off", "2026-03-28T12:00") == shut_until("2026-04-05T01:15")


def test_the_night_before_a_bank_holiday_goes_on_into_it_and_the_holiday_begins_none() -> None:
    assert standing(LATE, "2026-04-03T01:00") == open_until("2026-04-03T02:00")  # Good Friday
    assert standing("Th 20:00-26:00; PH off", "2026-04-03T01:00") == open_until("2026-04-03T02:00")
    assert standing(LATE, "2026-04-03T21:00") == shut_until("2026-04-04T20:00")


@pytest.mark.parametrize("day", ["2026-04-06", "2026-08-31", "2028-01-03"])
def test_holidays_that_only_england_has_are_bank_holidays(day: str) -> None:
    assert not standing(OFFICE, f"{day}T10:00").is_open
    assert standing(NIGHT_LINE, f"{day}T12:00").is_open


def test_ph_off_is_shut_until_the_working_day_after() -> None:
    assert standing(OFFICE, "2026-04-03T10:00") == shut_until("2026-04-07T09:00")


def test_a_bank_holiday_without_a_rule_is_not_known_and_never_open() -> None:
    assert standing(NO_HOLIDAY_RULE, "2026-04-06T10:00") == unknown_until("2026-04-07T08:00")
    assert standing("Mo-Su 00:00-24:00", "2026-04-06T10:00") == unknown_until("2026-04-07T00:00")
    assert standing("Mo-Su 00:00-24:00", "2026-04-05T10:00") == open_until("2026-04-06T00:00")


def test_holiday_hours_take_the_place_of_those_of_the_weekday() -> None:
    text = "Mo-Fr 08:00-18:00; Sa,Su,PH 09:00-17:00"

    assert standing(text, "2026-04-06T08:30") == shut_until("2026-04-06T09:00")
    assert standing(text, "2026-04-06T09:30") == open_until("2026-04-06T17:00")
    assert standing("PH off; Mo-Fr 09:00-17:00", "2026-04-06T10:00") == shut_until("2026-04-07T09:00")
    assert standing("Mo-Fr,PH 09:00-17:00", "2026-04-06T10:00") == open_until("2026-04-06T17:00")


def test_a_rule_for_bank_holidays_alone_leaves_other_days_shut() -> None:
    assert standing("PH 10:00-12:00", "2026-04-02T11:00") == shut_until("2026-04-03T10:00")


def test_a_rule_for_one_date_holds_when_that_is_a_bank_holiday() -> None:
    text = "Mo-Su,PH 10:00-16:00; Dec 25 off"
    checked = date(2026, 12, 10)

    assert standing(text, "2026-12-25T11:00", checked) == shut_until("2026-12-26T10:00")
    assert standing(text, "2026-12-28T11:00", checked).is_open


def test_always_open_is_open_at_christmas_too() -> None:
    assert standing("24/7", "2026-12-25T03:00") == Standing(is_open=True)
    assert standing(" 24/7 ", "2027-01-01T03:00") == Standing(is_open=True)


def test_christmas_2026_is_not_known_without_a_check_in_december() -> None:
    before = date(2026, 11, 30)

    assert standing(NIGHT_LINE, "2026-12-23T23:59", before) == open_until("2026-12-24T00:00")
    assert standing(NIGHT_LINE, "2026-12-24T03:00", before) == unknown_until("2027-01-03T00:00")
    assert standing(NIGHT_LINE, "2027-01-02T23:59", before) == unknown_until("2027-01-03T00:00")
    assert standing(NIGHT_LINE, "2026-12-24T03:00", None) == unknown_until("2027-01-03T00:00")


def test_christmas_2026_goes_by_the_rules_after_a_check_in_december() -> None:
    checked = date(2026, 12, 1)

    assert standing(NIGHT_LINE, "2026-12-24T16:40", checked) == open_until("2026-12-29T09:00")
    assert standing(OFFICE, "2026-12-24T17:00", checked) == shut_until("2026-12-29T09:00")
    assert standing(WEEKEND, "2026-12-26T17:30", checked) == unknown_until("2026-12-27T17:00")  # Boxing Day


@pytest.mark.parametrize(
    ("day", "checked_on", "needs"),
    [
        (date(2026, 12, 23), None, False),
        (date(2026, 12, 24), None, True),
        (date(2026, 12, 24), date(2026, 11, 30), True),
        (date(2026, 12, 24), date(2026, 12, 1), False),
        (date(2027, 1, 2), date(2026, 12, 1), False),
        (date(2027, 1, 2), date(2026, 11, 30), True),
        (date(2027, 1, 2), date(2027, 1, 1), False),
        (date(2027, 1, 3), None, False),
        (date(2027, 12, 25), date(2027, 1, 1), True),
    ],
)
def test_a_check_holds_for_christmas_when_it_is_of_that_winter(
    day: date, checked_on: date | None, needs: bool
) -> None:
    assert needs_christmas_check(day, checked_on) is needs


def test_the_night_clocks_go_forward_is_an_hour_shorter() -> None:
    found = standing(NIGHT_LINE, "2026-03-28T20:00")

    assert found.open_until == datetime(2026, 3, 30, 8, tzinfo=UTC)
    assert standing("Su 01:00-02:00", datetime(2026, 3, 29, 1, tzinfo=UTC)).is_open is False
    assert standing("Su 00:00-01:30", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)).open_until == datetime(
        2026, 3, 29, 1, tzinfo=UTC
    )


def test_a_time_that_clocks_show_twice_is_its_first_showing() -> None:
    early, late = "Su 00:00-01:30; PH off", "Su 01:30-03:00; PH off"
    half_past_one = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert standing(early, half_past_one - timedelta(minutes=1)).open_until == half_past_one
    assert not standing(early, half_past_one + timedelta(hours=1, minutes=-1)).is_open
    assert standing(late, half_past_one).open_until == datetime(2026, 10, 25, 3, tzinfo=UTC)


def test_no_opening_within_forty_days_is_none() -> None:
    assert standing("off", "2026-03-06T10:00") == Standing(is_open=False)
    assert standing("Jun 10:00-12:00", "2026-03-06T10:00") == Standing(is_open=False)


def test_open_beyond_what_is_in_sight_has_no_end() -> None:
    assert standing("Mo-Su,PH 00:00-24:00", "2026-03-06T10:00") == Standing(is_open=True)


def test_unknown_in_the_rule_is_not_known() -> None:
    assert not standing("Mo-Fr 09:00-17:00 unknown", "2026-03-06T10:00").is_known
    assert not standing("Mo-Fr 09:00-17:00; PH unknown", "2026-04-06T10:00").is_known


@pytest.mark.parametrize("text", ["mo-fr 9:00-17:00;ph OFF", "Mo-Fr  09:00 - 17:00 ; PH off;"])
def test_case_and_spaces_do_not_matter(text: str) -> None:
    assert standing(text, "2026-03-06T10:00") == open_until("2026-03-06T17:00")
    assert standing(text, "2026-04-06T10:00") == shut_until("2026-04-07T09:00")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "opening hours are empty"),
        (" ; ", "opening hours are empty"),
        ("Mo-Fr 9-17", "'Mo-Fr 9-17' can't be read from '9-17' on"),
        ("Mo-Fr 25:00-26:00", "from '25:00-26:00' on"),
        ("weekdays", "can't be read"),
        ('Mo-Fr 09:00-17:00 "ring first"', "a comment in quotes"),
        ("SH 09:00-17:00", "school holidays"),
        ("sunrise-sunset", "times of the sun"),
        ("Mo-Fr 17:00+", "a time or day with +"),
        ("Mo-Fr 09:00-17:00 || off", "a fallback"),
        ("Mo-Fr 10:00-16:00/01:30", "a repeated time"),
        ("Dec PH 10:00-12:00", "PH stands only in the list of days that begins a rule"),
        ("Mo-Fr 09:00-12:00, PH 10:00-11:00", "PH stands only in the list of days that begins a rule"),
    ],
)
def test_hours_that_can_not_be_read_are_refused_with_the_place_or_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_hours(text)
    assert reason in str(caught.value)


def test_every_row_that_ships_can_be_read() -> None:
    for path in (ROOT / "directory" / "services.csv", ROOT / "demo" / "services.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            texts = [row["opening_hours"] for row in csv.DictReader(file) if row["opening_hours"]]
        assert len([read_hours(text) for text in texts]) > 20


@given(written, moments, checks, parts)
@example(LATE, datetime(2026, 10, 25, 0, 30, tzinfo=UTC), None, 0.5)
@example(NIGHT_LINE, datetime(2026, 12, 23, 20, tzinfo=UTC), None, 0.9)
def test_open_until_is_the_first_instant_it_is_not_open(
    text: str, at: datetime, checked_on: date | None, part: float
) -> None:
    found = standing(text, at, checked_on)

    if found.is_open:
        assert found.is_known
        assert found.next_open is None
        if found.open_until is not None:
            assert found.open_until > at
            between = at + (found.open_until - at) * part
            assert standing(text, between, checked_on) == found
            assert not standing(text, found.open_until, checked_on).is_open
    else:
        assert found.open_until is None


@given(written, moments, checks, parts)
@example("Su 00:30-01:30,01:45-03:00; PH off", datetime(2026, 3, 29, 0, tzinfo=UTC), None, 0.5)
def test_next_open_is_the_first_instant_it_is_open(
    text: str, at: datetime, checked_on: date | None, part: float
) -> None:
    found = standing(text, at, checked_on)

    if found.next_open is not None:
        assert found.next_open > at
        between = at + (found.next_open - at) * part
        assert not standing(text, between, checked_on).is_open
        assert standing(text, found.next_open, checked_on).is_open


@given(st.sampled_from([OFFICE, NIGHT_LINE, WEEKEND, NO_HOLIDAY_RULE]), moments)
def test_it_is_open_when_the_wall_clock_says_so(text: str, at: datetime) -> None:
    shown = CALENDAR.local(at)
    wall, weekday, is_holiday = shown.time(), shown.weekday(), CALENDAR.has_holiday_hours(shown.date())
    is_weekend = weekday >= 5
    by_hand = {
        OFFICE: not is_weekend and not is_holiday and time(9) <= wall < time(17),
        NIGHT_LINE: is_weekend or is_holiday or wall < time(9) or wall >= time(16, 30),
        WEEKEND: not is_holiday
        and (time(17) <= wall < time(19) if is_weekend else time(18) <= wall < time(20)),
        NO_HOLIDAY_RULE: not is_weekend and not is_holiday and time(8) <= wall < time(18),
    }

    is_open = standing(text, at).is_open

    assert is_open is (by_hand[text] and not needs_christmas_check(shown.date(), None))
