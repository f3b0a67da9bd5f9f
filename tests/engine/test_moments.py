"""Days and times as people write them."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.moments import read_date, read_time

FRIDAY = date(2026, 6, 5)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", FRIDAY), ("2nite", FRIDAY), ("Tomorrow", date(2026, 6, 6)),
        ("tmrw pls", date(2026, 6, 6)),
        ("2moro", date(2026, 6, 6)), ("day after tomorrow", date(2026, 6, 7)), ("monday", date(2026, 6, 8)),
        ("on mon", date(2026, 6, 8)), ("its on weds", date(2026, 6, 10)), ("friday", date(2026, 6, 12)),
        ("next friday", date(2026, 6, 12)), ("next monday", date(2026, 6, 8)),
        ("3 march", date(2027, 3, 3)),
        ("3rd of March", date(2027, 3, 3)), ("March 3rd", date(2027, 3, 3)), ("7 june", date(2026, 6, 7)),
        ("3/7", date(2026, 7, 3)), ("03/07/26", date(2026, 7, 3)), ("3.7.2026", date(2026, 7, 3)),
        ("2026-07-03", date(2026, 7, 3)), ("monday 8 june", date(2026, 6, 8)),
        ("the 12th", date(2026, 6, 12)),
        ("in 3 days", date(2026, 6, 8)), ("in a week", date(2026, 6, 12)), ("31/12", date(2026, 12, 31)),
    ],
)  # fmt: skip
def test_a_day(text, day):
    assert read_date(text, today=FRIDAY) == day


@pytest.mark.parametrize(
    "text",
    ["", "soon", "dunno", "monday or tuesday", "31/2", "45/1", "29 feb", "8 june tuesday", "14:30",
    "07700 900123",
     "may", "the sun was out and i sat on a wall for hours"],
)  # fmt: skip
def test_no_day_or_two_of_them(text):
    assert read_date(text, today=FRIDAY) is None


def test_29_february_is_a_day_in_a_leap_year():
    assert read_date("29 feb", today=date(2028, 1, 5)) == date(2028, 2, 29)
    assert read_date("29/2/2028", today=FRIDAY) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2pm", time(14)), ("2 PM", time(14)), ("2 p.m.", time(14)), ("14:30", time(14, 30)),
        ("14.30", time(14, 30)),
        ("1430", time(14, 30)), ("2.30pm", time(14, 30)), ("half 2", time(14, 30)),
        ("half past 9", time(9, 30)),
        ("half past two", time(14, 30)), ("quarter to 3", time(14, 45)),
        ("quarter past ten am", time(10, 15)),
        ("ten past 4", time(16, 10)), ("20 to 4", time(15, 40)), ("9", time(9)), ("at 2", time(14)),
        ("noon", time(12)),
        ("midnight", time(0)), ("12am", time(0)), ("12pm", time(12)), ("10 o'clock", time(10)),
        ("09:05", time(9, 5)),
        ("9am please", time(9)), ("2.15", time(14, 15)), ("02:15", time(2, 15)),
        ("quarter to 1 am", time(0, 45)),
    ],
)  # fmt: skip
def test_a_time_of_day(text, moment):
    assert read_time(text) == moment


@pytest.mark.parametrize("text", ["", "later", "25:00", "2pm or 3pm", "30", "07700 900123", "half"])
def test_no_time_or_two_of_them(text):
    assert read_time(text) is None


@given(st.text(max_size=60))
def test_any_text_can_be_read(text):
    read_date(text, today=FRIDAY)
    read_time(text)


@given(st.dates(min_value=FRIDAY, max_value=date(2099, 12, 31)))
def test_a_day_with_its_year_is_read_back(day):
    assert read_date(f"{day.day}/{day.month}/{day.year}", today=FRIDAY) == day
    assert read_date(f"{day:%d %B %Y}", today=FRIDAY) == day


@given(st.times().map(lambda moment: moment.replace(second=0, microsecond=0)))
def test_a_time_with_two_digits_is_read_back(moment):
    assert read_time(f"{moment:%H:%M}") == moment
