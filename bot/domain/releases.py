"""What a release out of hours means: when the first night begins, when we ask, when a worker takes over."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.domain.appointments import Release
from bot.domain.calendar import NOON, OFFICE_OPENS, Calendar

EVENING = time(18, 30)
MORNING = time(9, 30)
HAND_OVER = time(9)
# So soon after the first texts there is nothing to ask yet.
TOO_SOON = timedelta(hours=2)


def released_at(release: Release, calendar: Calendar) -> datetime:
    """The instant of release, in UTC; noon where nobody said a time."""
    return calendar.at(release.release_date, release.release_time or NOON)


def is_out_of_hours(release: Release, calendar: Calendar) -> bool:
    """Whether services are shut, or about to shut for days, when the person comes out.

    A Friday from noon, a weekend, a bank holiday, the day before one, or after offices have shut. Early on
    a working day is not: offices open soon.
    """
    day = release.release_date
    at = max(released_at(release, calendar), calendar.at(day, OFFICE_OPENS))
    return calendar.is_out_of_hours(at) or calendar.is_holiday(day + timedelta(days=1))


def check_in_times(released_at: datetime, calendar: Calendar) -> list[datetime]:
    """Every evening and morning after the release on which to ask how it goes, before the first working day.

    Half past six and half past nine by the clock, in UTC, earliest first; none within two hours of it.
    """
    day = calendar.local(released_at).date()
    until = calendar.next_working_day(day)
    found = []
    while day < until:
        found += [calendar.at(day, MORNING), calendar.at(day, EVENING)]
        day += timedelta(days=1)
    return [at for at in found if at - released_at >= TOO_SOON]


def hand_over_at(released_at: datetime, calendar: Calendar) -> datetime:
    """Nine o'clock of the first working day after the release, in UTC."""
    return calendar.at(calendar.next_working_day(calendar.local(released_at).date()), HAND_OVER)
