"""Who is on call, and when nobody is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.domain.calendar import Calendar
from bot.domain.escalations import Shift

Rungs = tuple[tuple[str, ...], ...]


def who_is_on_call(shifts: Iterable[Shift], *, at: datetime, chain: Sequence[str]) -> Rungs:
    """Workers on call at that instant, a tuple a rung; nothing when nobody is.

    The first area of `chain` comes first, level by level, then the areas it is inside. Within a rung whoever
    has been on shift longest comes first. A worker counts once, where they come first. Shifts are half-open.
    """
    on = [shift for shift in shifts if shift.starts_at <= at < shift.ends_at]
    place = {area: index for index, area in reversed(list(enumerate(chain)))}
    rungs: dict[tuple[int, int], list[str]] = {}
    seen: set[str] = set()
    for shift in sorted(
        (shift for shift in on if shift.area in place),
        key=lambda shift: (place[shift.area], shift.level, shift.starts_at, shift.id),
    ):
        if shift.worker_id not in seen:
            seen.add(shift.worker_id)
            rungs.setdefault((place[shift.area], shift.level), []).append(shift.worker_id)
    return tuple(tuple(rung) for _, rung in sorted(rungs.items()))


def gaps(
    shifts: Iterable[Shift], *, chain: Sequence[str], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """The half-open stretches of `[since, until)` in which no area of `chain` has anybody, earliest first."""
    covered = sorted(
        (max(shift.starts_at, since), min(shift.ends_at, until))
        for shift in shifts
        if shift.area in chain and shift.starts_at < until and shift.ends_at > since
    )
    found: list[tuple[datetime, datetime]] = []
    reached = since
    for starts_at, ends_at in covered:
        if starts_at > reached:
            found.append((reached, starts_at))
        reached = max(reached, ends_at)
    if reached < until:
        found.append((reached, until))
    return found


def shift_instants(
    starts_wall: datetime, ends_wall: datetime, calendar: Calendar
) -> tuple[datetime, datetime]:
    """The instants of a shift that is written in wall clock, in UTC.

    On the nights the clocks change the start is the earliest instant that may be meant and the end the
    latest, so two shifts that meet on paper overlap and never leave a gap.

    Raises:
        ValueError: a time has a zone already, or the shift does not end after it starts.
    """
    if starts_wall.tzinfo is not None or ends_wall.tzinfo is not None:
        raise ValueError("a shift is written in wall clock, without a zone")
    if ends_wall <= starts_wall:
        raise ValueError("a shift must end after it starts")
    return min(_readings(starts_wall, calendar.zone)), max(_readings(ends_wall, calendar.zone))


def _readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both instants a wall time may mean; they are equal on all nights but two."""
    first, last = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, last
