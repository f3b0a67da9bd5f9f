"""Whom an escalation climbs to, and how long each rung is given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from bot.domain.calendar import Calendar
from bot.domain.escalations import Shift, Urgency
from bot.domain.people import Worker
from bot.domain.rota import Rungs, who_is_on_call

WAITS = {
    Urgency.DANGER: timedelta(minutes=3),
    Urgency.TODAY: timedelta(minutes=15),
    Urgency.WHENEVER: timedelta(minutes=15),
}
# Between one walk of the whole ladder and the next; the last one is kept.
BACK_OFF = (timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60))
QUIET_BEFORE_NUDGE = timedelta(hours=1)
NUDGE_BEFORE_OFFER = timedelta(minutes=15)
# A taker who hears that it has become danger is given no hour.
DANGER_BEFORE_OFFER = timedelta(minutes=3)
DAY_BEGINS = time(9)
DAY_ENDS = time(17)
_IN_CHARGE = ("coordinator", "manager")


def build_ladder(
    shifts: Iterable[Shift],
    workers: Iterable[Worker],
    *,
    chain: Sequence[str],
    at: datetime,
    without: Iterable[str] = (),
) -> Rungs:
    """The rungs to climb, first one first; empty when there is nobody at all.

    First who is on call in the first area of `chain`, by level, then in the areas it is inside; then who is
    in charge of each area, in the same order. Nobody comes twice. Left out are those who can't be paged
    (opted out, a number that does not work), who are in `without` or not among `workers`, and empty rungs.
    """
    known = {worker.id: worker for worker in workers}
    rungs = list(who_is_on_call(shifts, at=at, chain=chain))
    rungs += [tuple(worker.id for worker in in_charge(known.values(), area)) for area in chain]
    left_out = set(without)
    ladder: list[tuple[str, ...]] = []
    for rung in rungs:
        kept = tuple(
            worker_id
            for worker_id in rung
            if worker_id not in left_out and worker_id in known and known[worker_id].can_be_paged
        )
        left_out.update(kept)
        if kept:
            ladder.append(kept)
    return tuple(ladder)


def in_charge(workers: Iterable[Worker], area: str) -> list[Worker]:
    """The coordinators of an area who can be reached, its managers where there is none; by id."""
    there = sorted(
        (worker for worker in workers if area in worker.areas and worker.can_be_paged), key=lambda w: w.id
    )
    for role in _IN_CHARGE:
        found = [worker for worker in there if worker.role == role]
        if found:
            return found
    return []


def next_walk_at(urgency: Urgency, rounds: int, calendar: Calendar, *, now: datetime) -> datetime:
    """When to walk the ladder again after `rounds` walks (from 1) for nothing.

    After 15, 30 and then every 60 minutes; what is `whenever` is only asked about on working days, from nine
    to five.
    """
    at = now + BACK_OFF[min(max(rounds, 1), len(BACK_OFF)) - 1]
    local = calendar.local(at)
    is_by_day = calendar.is_working_day(local.date()) and DAY_BEGINS <= local.time() < DAY_ENDS
    return at if urgency is not Urgency.WHENEVER or is_by_day else first_page_at(urgency, calendar, now=at)


def first_page_at(urgency: Urgency, calendar: Calendar, *, now: datetime) -> datetime:
    """When paging begins: at once, but `whenever` waits for the next nine o'clock of a working day."""
    if urgency is not Urgency.WHENEVER:
        return now
    day = calendar.local(now).date()
    if calendar.is_working_day(day):
        nine = calendar.at(day, DAY_BEGINS)
        if nine > now:
            return nine
    return calendar.at(calendar.next_working_day(day), DAY_BEGINS)


def is_higher(new: Urgency, old: Urgency) -> bool:
    """Whether `new` is more urgent than `old`."""
    order = list(Urgency)
    return order.index(new) < order.index(old)
