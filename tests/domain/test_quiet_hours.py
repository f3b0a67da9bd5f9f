from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.people import Person
from bot.domain.quiet_hours import QuietHours, last_allowed, next_allowed, quiet_hours_of

LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours(time(21), time(8), LONDON)

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
walls = st.integers(0, 95).map(lambda quarters: time(quarters // 4, quarters % 4 * 15))
hours = st.builds(QuietHours, walls, walls, st.just(LONDON))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def a_person(contact_from: time | None = None, contact_until: time | None = None) -> Person:
    return Person("p1", "P1", "Amina", "", "Bolton", contact_from=contact_from, contact_until=contact_until)


@pytest.mark.parametrize(
    ("at", "is_quiet"),
    [
        ("2026-03-06T20:59", False),
        ("2026-03-06T21:00", True),
        ("2026-03-07T00:00", True),
        ("2026-03-07T07:59", True),
        ("2026-03-07T08:00", False),
        ("2026-07-06T07:30", True),
        ("2026-07-06T20:30", False),
    ],
)
def test_the_night_is_quiet_by_the_wall_clock(at: str, is_quiet: bool) -> None:
    assert NIGHT.covers(local(at)) is is_quiet


def test_what_falls_in_the_night_waits_for_eight() -> None:
    assert NIGHT.next_allowed(local("2026-03-06T23:00")) == local("2026-03-07T08:00")
    assert NIGHT.next_allowed(local("2026-03-07T03:00")) == local("2026-03-07T08:00")
    assert NIGHT.next_allowed(local("2026-03-07T12:00")) == local("2026-03-07T12:00")


def test_what_would_be_too_late_goes_the_minute_before_nine() -> None:
    assert NIGHT.last_allowed(local("2026-03-06T23:00")) == local("2026-03-06T20:59")
    assert NIGHT.last_allowed(local("2026-03-07T03:00")) == local("2026-03-06T20:59")
    assert NIGHT.last_allowed(local("2026-03-07T12:00")) == local("2026-03-07T12:00")


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-03-28T23:00", datetime(2026, 3, 29, 7, tzinfo=UTC)),
        ("2026-10-24T23:00", datetime(2026, 10, 25, 8, tzinfo=UTC)),
        ("2028-02-28T23:00", datetime(2028, 2, 29, 8, tzinfo=UTC)),
    ],
)
def test_the_night_ends_at_eight_local_time_when_clocks_change_too(at: str, ends: datetime) -> None:
    assert NIGHT.next_allowed(local(at)) == ends


def test_hours_that_end_in_the_hour_shown_twice_end_at_each_showing() -> None:
    small_hours = QuietHours(time(22), time(1, 30), LONDON)
    second_quarter_past_one = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)

    assert small_hours.next_allowed(second_quarter_past_one) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_hours_that_begin_when_they_end_are_none() -> None:
    assert not QuietHours(time(9), time(9), LONDON).covers(local("2026-03-06T09:00"))


def test_a_person_without_hours_of_their_own_has_the_night() -> None:
    assert quiet_hours_of(None, LONDON) == (NIGHT,)
    assert quiet_hours_of(a_person(), LONDON) == (NIGHT,)
    assert quiet_hours_of(a_person(time(9), time(9)), LONDON) == (NIGHT,)


def test_the_persons_own_hours_count_on_top_of_the_night() -> None:
    quiet = quiet_hours_of(a_person(time(10), time(18)), LONDON)

    assert next_allowed(quiet, local("2026-03-06T18:30")) == local("2026-03-07T10:00")
    assert next_allowed(quiet, local("2026-03-07T03:00")) == local("2026-03-07T10:00")
    assert last_allowed(quiet, local("2026-03-06T23:00")) == local("2026-03-06T17:59")
    assert next_allowed(quiet, local("2026-03-06T10:00")) == local("2026-03-06T10:00")


def test_somebody_who_takes_texts_only_at_night_gets_them() -> None:
    quiet = quiet_hours_of(a_person(time(22), time(23)), LONDON)

    assert next_allowed(quiet, local("2026-03-06T22:30")) == local("2026-03-06T22:30")
    assert last_allowed(quiet, local("2026-03-06T22:30")) == local("2026-03-06T22:30")


@given(hours, moments)
def test_the_next_allowed_instant_is_never_before_and_never_quiet(quiet: QuietHours, at: datetime) -> None:
    found = quiet.next_allowed(at)

    assert at <= found <= at + timedelta(hours=25)
    assert not quiet.covers(found)


@given(hours, moments)
def test_the_last_allowed_instant_is_never_after(quiet: QuietHours, at: datetime) -> None:
    assert at - timedelta(hours=25) <= quiet.last_allowed(at) <= at


@given(
    moments, st.sampled_from([(time(9), time(17)), (time(7), time(22)), (time(12), time(14)), (None, None)])
)
def test_both_the_night_and_ones_own_hours_are_kept(
    at: datetime, contact: tuple[time | None, time | None]
) -> None:
    quiet = quiet_hours_of(a_person(*contact), LONDON)

    found, before = next_allowed(quiet, at), last_allowed(quiet, at)

    assert before <= at <= found
    assert not any(hours.covers(found) or hours.covers(before) for hours in quiet)
