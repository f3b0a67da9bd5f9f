"""Warn coordinators of stretches of the rota that nobody covers, a week and a day ahead."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.deps import Deps
from bot.domain.rota import gaps
from bot.store import shifts
from bot.usecases.escalating.warning import warn_coordinators
from bot.usecases.texting import phrase
from bot.usecases.work import Work

# An area counts as on the rota while it has, or lately had, shifts; others are covered from around them.
LOOK_BACK = timedelta(days=8)
WEEK = 7
GAPS_SHOWN = 3


def warn_of_gaps(deps: Deps, *, now: datetime) -> int:
    """Warn of gaps that begin within a week, and again by the day before, or as soon as they are known.

    An area is covered when it or an area around it has somebody. However often this runs, a day that has
    gaps is told of at most twice.
    """
    with deps.store.begin() as conn:
        work = Work(deps, conn, now)
        areas = shifts.areas_on_rota(conn, since=now - LOOK_BACK)
        return sum(_warn(work, area) for area in areas)


def _warn(work: Work, area: str) -> int:
    calendar, now = work.deps.calendar, work.now
    today = calendar.local(now).date()
    chain = calendar.chain(area)
    since, until = now - LOOK_BACK, now + timedelta(days=WEEK + 1)
    covered = shifts.between(work.conn, chain, since=since, until=until)
    by_day: dict[date, list[tuple[datetime, datetime]]] = {}
    for starts_at, ends_at in gaps(covered, chain=chain, since=since, until=until):
        if starts_at > since and ends_at > now:
            by_day.setdefault(calendar.local(starts_at).date(), []).append((starts_at, ends_at))
    count = 0
    for day, found in sorted(by_day.items()):
        days_ahead = (day - today).days
        if days_ahead > WEEK:
            continue
        count += len(found)
        warn_coordinators(
            work,
            area,
            phrase(work, "escalation.rota_gap", area=area, gaps=_text(work, found, until)),
            key=f"gap:{area}:{day.isoformat()}:{'day' if days_ahead <= 1 else 'week'}",
            on_record=False,
        )
    return count


def _text(work: Work, found: list[tuple[datetime, datetime]], horizon: datetime) -> str:
    lines = []
    for starts_at, ends_at in found[:GAPS_SHOWN]:
        values = {"from": _moment(work, max(starts_at, work.now)), "until": _moment(work, ends_at)}
        name = "escalation.gap_open" if ends_at >= horizon else "escalation.gap"
        lines.append(phrase(work, name, None, **values))
    if len(found) > GAPS_SHOWN:
        lines.append(phrase(work, "escalation.open_more", count=len(found) - GAPS_SHOWN))
    return ", ".join(lines)


def _moment(work: Work, at: datetime) -> str:
    calendar = work.deps.calendar
    return f"{calendar.day_text(at, now=work.now)} {calendar.time_text(at)}"
