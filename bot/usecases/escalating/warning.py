"""Texts to coordinators: what they must hear of at once."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.escalations import Event
from bot.domain.ladder import in_charge
from bot.domain.messages import Kind
from bot.domain.people import Worker
from bot.store import events, shifts
from bot.usecases.escalating.on_call import people_in_charge
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work


def warn_coordinators(
    work: Work, area: str, body: str, *, key: str, without: Collection[str] = (), on_record: bool = True
) -> None:
    """Text the coordinators of an area, its managers where there is none, once for each `key`.

    An area without either is warned through the areas around it. When there is nobody to tell, that goes
    on the record, unless `on_record` is false. `without`: workers the warning is about, who need not read it.
    """
    chain = work.deps.calendar.chain(area)
    known = [worker for worker in people_in_charge(work, chain) if worker.id not in without]
    told: list[Worker] = []
    for place in chain:
        told = in_charge(known, place)
        if told:
            break
    for worker in told:
        text_worker(work, worker, body, kind=Kind.WARNING, key=f"{key}:{worker.id}")
    if not told and on_record:
        events.add(work.conn, Event(at=work.now, kind="warning_unheard", data={"area": area, "key": key}))


def warn_of_worker(work: Work, worker: Worker, reason: str) -> None:
    """Tell coordinators, once a day, of a worker who can't be paged while they are on the rota."""
    ahead = shifts.ahead_of(work.conn, worker.id, at=work.now, limit=50)
    calendar = work.deps.calendar
    today = calendar.local(work.now).date().isoformat()
    seen: set[str] = set()
    for shift in ahead:
        if shift.area in seen:
            continue
        seen.add(shift.area)
        starts_at = max(shift.starts_at, work.now)
        when = f"{calendar.day_text(starts_at, now=work.now)} {calendar.time_text(starts_at)}"
        warn_coordinators(
            work,
            shift.area,
            phrase(
                work, "escalation.worker_out", worker_name=worker.name, reason=reason, area=shift.area,
                when="now" if shift.starts_at <= work.now else when,
            ),
            key=f"worker_out:{worker.id}:{shift.area}:{today}",
            without=(worker.id,),
        )  # fmt: skip
