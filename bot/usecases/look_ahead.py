"""What is open and what falls due next, in words, for whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.deps import Deps
from bot.domain.calendar import weekday_text
from bot.store import coming
from bot.store.coming import Unclosed

_WHAT = {
    "reminder": "Reminder for {name}",
    "welcome": "Welcome text to {name}",
    "first_night": "First-night text to {name}",
    "check_in": "Check-in with {name}",
    "hand_over": "Hand-over about {name}, to the worker",
    "no_reply": "If {name} does not answer, we go on",
    "wait": "We text {name} again",
}
_URGENCY = {"danger": "Danger", "today": "Today", "whenever": "Whenever"}


@dataclass(frozen=True)
class Coming:
    """`times`: how many of the same fall due at that instant."""

    at: datetime
    what: str
    times: int = 1


@dataclass(frozen=True)
class OpenEscalation:
    """`is_red`: everybody was paged and nobody has taken it."""

    id: str
    what: str
    urgency: str
    state: str
    is_red: bool
    is_taken: bool


@dataclass(frozen=True)
class Ahead:
    coming: list[Coming]
    escalations: list[OpenEscalation]


def look_ahead(deps: Deps, conn: Connection, *, now: datetime, limit: int = 5) -> Ahead:
    """The next things that fall due, and the escalations that are not closed, the red ones first."""
    waiting = [*coming.timers(conn, limit=limit * 2), *coming.reminders(conn, limit=limit * 2)]
    counts: dict[tuple[datetime, str], int] = {}
    for row in sorted(waiting, key=lambda row: row.at):
        what = _WHAT.get(row.kind, "{name}: " + row.kind.replace("_", " "))
        key = (row.at, what.format(name=row.name or "somebody new"))
        counts[key] = counts.get(key, 0) + 1
    upcoming = [Coming(at, what, times) for (at, what), times in counts.items()]
    found = [
        OpenEscalation(
            id=row.id,
            what=f"{row.name or 'Somebody new'}, {row.area}: {row.reason.replace('_', ' ')}",
            urgency=_URGENCY.get(row.urgency, row.urgency),
            state=_state(deps, row, now),
            is_red=row.is_red,
            is_taken=row.taken_by is not None,
        )
        for row in coming.escalations(conn)
    ]
    found.sort(key=lambda one: (not one.is_red, one.is_taken))
    return Ahead(upcoming[:limit], found)


def day_and_time(deps: Deps, at: datetime, *, now: datetime) -> str:
    """When it is, short: `today 6:30pm`, `Saturday 9:30am`, `Monday 7 December 11am`."""
    day, today = deps.calendar.local(at).date(), deps.calendar.local(now).date()
    ahead = (day - today).days
    named = weekday_text(day) if 1 < ahead < 7 else deps.calendar.day_text(at, now=now)
    return f"{named} {deps.calendar.time_text(at)}"


def _state(deps: Deps, row: Unclosed, now: datetime) -> str:
    if row.taken_by:
        return f"{row.taken_by} has taken it"
    if row.is_red:
        return "nobody has answered yet, we keep trying"
    if row.asked:
        return f"{row.asked} has been paged"
    if row.next_due and row.next_due > now:
        return f"a worker is paged {day_and_time(deps, row.next_due, now=now)}"
    return "nobody has it yet"
