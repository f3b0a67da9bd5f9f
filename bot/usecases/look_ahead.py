"""What is open and what falls due next, in words, for whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.deps import Deps
from bot.store import coming

_WHAT = {
    "welcome": "welcome text to {name}",
    "first_night": "first-night text to {name}",
    "check_in": "check-in with {name}",
    "hand_over": "hand-over about {name} to the worker",
    "no_reply": "{name} has not answered: the flow goes on",
    "wait": "the flow with {name} goes on",
}


@dataclass(frozen=True)
class Coming:
    at: datetime
    what: str


@dataclass(frozen=True)
class OpenEscalation:
    """`is_red`: everybody was paged and nobody has taken it."""

    what: str
    state: str
    is_red: bool


@dataclass(frozen=True)
class Ahead:
    coming: list[Coming]
    escalations: list[OpenEscalation]


def look_ahead(deps: Deps, conn: Connection, *, now: datetime, limit: int = 6) -> Ahead:
    """The next things that fall due, and the escalations that are not closed."""
    upcoming = [
        Coming(row.at, _WHAT.get(row.kind, f"{row.kind.replace('_', ' ')} for {{name}}").format(name=row.name))
        for row in coming.timers(conn, limit=limit)
    ]
    upcoming += [
        Coming(row.at, f"reminder ({row.kind}) to {row.name}") for row in coming.reminders(conn, limit=limit)
    ]
    upcoming.sort(key=lambda one: one.at)
    found = [
        OpenEscalation(
            what=f"{row.name or 'Somebody'} ({row.area}): {row.reason}",
            state=f"{row.urgency}, taken by {row.taken_by}" if row.taken_by else f"{row.urgency}, open",
            is_red=row.is_red,
        )
        for row in coming.escalations(conn)
    ]
    return Ahead(upcoming[:limit], found)
