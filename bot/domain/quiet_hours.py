"""Local hours in which we start nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.people import Person

NIGHT_BEGINS = time(21)
NIGHT_ENDS = time(8)


@dataclass(frozen=True)
class QuietHours:
    """From `start` to `end` local wall clock, half-open; `start` after `end` crosses midnight.

    `start == end` means no quiet hours at all.
    """

    start: time
    end: time
    zone: ZoneInfo

    def covers(self, at: datetime) -> bool:
        """Whether `at` is inside the quiet hours."""
        local = at.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def next_allowed(self, at: datetime) -> datetime:
        """The first instant at or after `at` that is not quiet, in UTC."""
        return at if not self.covers(at) else self._boundary(at, self.end, later=True)

    def last_allowed(self, at: datetime) -> datetime:
        """The latest instant at or before `at` that is not quiet, to the minute, in UTC."""
        if not self.covers(at):
            return at
        return self._boundary(at, self.start, later=False) - timedelta(minutes=1)

    def _boundary(self, at: datetime, wall: time, *, later: bool) -> datetime:
        local = at.astimezone(self.zone)
        for days in (0, 1) if later else (0, -1):
            day = local.date() + timedelta(days=days)
            for fold in (0, 1) if later else (1, 0):  # a wall time that clocks show twice is two edges
                edge = datetime.combine(day, wall, self.zone).replace(fold=fold).astimezone(UTC)
                if (edge >= at) if later else (edge <= at):
                    return edge
        raise AssertionError("a day has both edges")  # pragma: no cover


def quiet_hours_of(person: Person | None, zone: ZoneInfo) -> tuple[QuietHours, ...]:
    """The night, and the person's own hours on top of it."""
    night = QuietHours(NIGHT_BEGINS, NIGHT_ENDS, zone)
    if person is None or person.contact_from is None or person.contact_until is None:
        return (night,)
    own = QuietHours(person.contact_until, person.contact_from, zone)
    return (night, own) if own.start != own.end else (night,)


def next_allowed(quiet: tuple[QuietHours, ...], at: datetime) -> datetime:
    """The first instant at or after `at` that no quiet hours cover.

    When the hours leave no gap between them, the night alone decides: somebody who asked for texts only at
    night asked for them.
    """
    moment = at
    for _ in range(2 * len(quiet) + 2):
        blocking = next((hours for hours in quiet if hours.covers(moment)), None)
        if blocking is None:
            return moment
        moment = blocking.next_allowed(moment)
    return quiet[-1].next_allowed(at)


def last_allowed(quiet: tuple[QuietHours, ...], at: datetime) -> datetime:
    """The latest instant at or before `at` that no quiet hours cover, to the minute."""
    moment = at
    for _ in range(2 * len(quiet) + 2):
        blocking = next((hours for hours in quiet if hours.covers(moment)), None)
        if blocking is None:
            return moment
        moment = blocking.last_allowed(moment)
    return quiet[-1].last_allowed(at)
