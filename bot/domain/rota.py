"""Who is on call, and when nobody is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

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
