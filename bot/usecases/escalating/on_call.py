"""Who is on call now, read from the rota and the workers' own state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.calendar import NATIONAL
from bot.domain.escalations import Shift
from bot.domain.ladder import build_ladder
from bot.domain.people import Worker
from bot.domain.rota import Rungs, who_is_on_call
from bot.store import shifts, workers
from bot.usecases.texting import phrase
from bot.usecases.work import Work

IN_CHARGE = ("coordinator", "manager")
# The areas around somebody of whom we know no area.
SOMEWHERE = (NATIONAL,)


def ladder_now(work: Work, area: str, *, without: Iterable[str] = ()) -> Rungs:
    """The ladder of an area as it stands at this instant."""
    chain = work.deps.calendar.chain(area)
    on = _shifts_now(work, chain)
    known = workers.by_ids(work.conn, (shift.worker_id for shift in on))
    known.update({worker.id: worker for worker in people_in_charge(work, chain)})
    return build_ladder(on, known.values(), chain=chain, at=work.now, without=without)


def people_in_charge(work: Work, chain: Sequence[str]) -> list[Worker]:
    """Coordinators and managers of these areas; of every area when it is not known where somebody is."""
    if tuple(chain) != SOMEWHERE:
        return workers.by_areas(work.conn, chain, roles=IN_CHARGE)
    found = workers.by_areas(work.conn, work.deps.calendar.areas, roles=IN_CHARGE)
    return [replace(worker, areas=(*worker.areas, NATIONAL)) for worker in found]


def on_call_names(work: Work, area: str) -> list[str]:
    """First names of who is on call for an area now, who is rung first first; nobody gives none.

    Workers of the areas around it come after its own. Who can't be paged is left out.
    """
    return [worker.first_name for worker in _on_call(work, area)]


def who_text(work: Work, worker: Worker) -> str:
    """Who is on call in each of a worker's areas, as a text."""
    if not worker.areas:
        return phrase(work, "escalation.who_no_areas")
    lines = []
    for area in worker.areas:
        names = [one.name for one in _on_call(work, area)]
        lines.append(
            phrase(
                work, "escalation.who_area", area=area,
                names=", ".join(names) or phrase(work, "escalation.who_nobody"),
            )
        )  # fmt: skip
    return phrase(work, "escalation.who", list=" ".join(lines))


def _shifts_now(work: Work, chain: Sequence[str]) -> list[Shift]:
    """The shifts that are on for these areas. Where somebody is whose place we don't know, and nobody covers
    the nation, every shift anywhere counts: better a worker of another town than none."""
    on = shifts.covering(work.conn, chain, at=work.now)
    if on or tuple(chain) != SOMEWHERE:
        return on
    everywhere = shifts.covering(work.conn, work.deps.calendar.areas, at=work.now)
    return [replace(shift, area=NATIONAL) for shift in everywhere]


def _on_call(work: Work, area: str) -> list[Worker]:
    chain = work.deps.calendar.chain(area)
    rungs = who_is_on_call(_shifts_now(work, chain), at=work.now, chain=chain)
    ids = [worker_id for rung in rungs for worker_id in rung]
    known = workers.by_ids(work.conn, ids)
    return [known[worker_id] for worker_id in ids if worker_id in known and known[worker_id].can_be_paged]
