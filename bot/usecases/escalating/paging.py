"""Climb the ladder: page a rung, go on to the next, and at the end say so and try again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.domain import codes
from bot.domain.escalations import Escalation, Event, Page, PageState, Urgency
from bot.domain.ladder import WAITS
from bot.domain.messages import Kind, Priority
from bot.domain.people import Person, Worker
from bot.domain.rota import Rungs
from bot.errors import NotFound
from bot.store import escalations, events, pages, people, workers
from bot.usecases.escalating.end_of_ladder import reach_the_end
from bot.usecases.escalating.on_call import ladder_now
from bot.usecases.escalating.wording import PAGE_LENGTH, link_to, name_of, why_with_words
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work


def start_climbing(
    work: Work, escalation: Escalation, person: Person, *, caller_tells: bool = False
) -> Escalation:
    """Page the first rung of the ladder as it is now. `caller_tells`: see `open_escalation`."""
    without = [escalation.taken_by] if escalation.taken_by else []
    ladder = ladder_now(work, escalation.area, without=without)
    return climb(work, replace(escalation, ladder=ladder, rung=-1), person, caller_tells=caller_tells)


def go_on(work: Work, escalation: Escalation, person: Person) -> Escalation:
    """Page the next rung; after a back-off the first one of a fresh ladder."""
    if escalation.rung < 0:
        return start_climbing(work, escalation, person)
    return climb(work, escalation, person)


def offer_to_others(work: Work, escalation: Escalation, person: Person, *, but_not: str) -> Escalation:
    """Offer what a worker gave back to everybody else: whoever was not asked before, or stood beside them,
    first; then those who passed or were asked on an earlier rung."""
    asked_before = {
        page.worker_id
        for page in pages.of_escalation(work.conn, escalation.id)
        if page.state is PageState.PASSED or page.rung < escalation.rung
    }
    fresh = ladder_now(work, escalation.area, without=[but_not])
    rungs = [tuple(w for w in rung if w not in asked_before) for rung in fresh]
    rungs += [tuple(w for w in rung if w in asked_before) for rung in fresh]
    ladder: Rungs = tuple(rung for rung in rungs if rung)
    return climb(work, replace(escalation, ladder=ladder, rung=-1, rounds=escalation.rounds + 1), person)


def climb(work: Work, escalation: Escalation, person: Person, *, caller_tells: bool = False) -> Escalation:
    """Page the first rung above the present one in which anybody can be reached.

    It is written with the instant at which the next step falls due.
    """
    for rung in range(escalation.rung + 1, len(escalation.ladder)):
        if _page_rung(work, escalation, person, rung):
            escalation = replace(escalation, rung=rung, next_due=work.now + WAITS[escalation.urgency])
            _save(work, escalation)
            return escalation
    escalation = reach_the_end(work, escalation, person, caller_tells=caller_tells)
    _save(work, escalation)
    return escalation


def still_asked(work: Work, escalation: Escalation) -> list[Page]:
    """The pages of the present rung that may yet be answered."""
    if not 0 <= escalation.rung < len(escalation.ladder):
        return []
    rung = escalation.ladder[escalation.rung]
    return [
        page
        for page in pages.of_escalation(work.conn, escalation.id)
        if page.state is PageState.PAGED and page.worker_id in rung
    ]


def hold(work: Work, page: Page) -> tuple[Page, Escalation, Person]:
    """A page as it stands now, its escalation and its person, with nobody else at work on them until the end
    of the transaction."""
    before = escalations.get(work.conn, page.escalation_id)
    person = people.lock(work.conn, before.person_id) if before is not None else None
    escalation = escalations.get(work.conn, page.escalation_id)
    found = pages.get(work.conn, page.escalation_id, page.worker_id)
    if person is None or escalation is None or found is None:
        raise NotFound(f"page {page.id} has no escalation")
    return found, escalation, person


def stand_down(
    work: Work, escalation: Escalation, text: str, *, but_not: Collection[str] = (), **values: object
) -> None:
    """Tell everyone who is still asked that they need not answer any more."""
    asked = [
        page
        for page in pages.of_escalation(work.conn, escalation.id)
        if page.state is PageState.PAGED and page.worker_id not in but_not
    ]
    known = workers.by_ids(work.conn, (page.worker_id for page in asked))
    for page in asked:
        text_worker(
            work, known[page.worker_id], phrase(work, text, None, code=page.code, **values),
            kind=Kind.WARNING, escalation_id=escalation.id, priority=Priority.PAGE,
        )  # fmt: skip
    pages.set_state(work.conn, (page.id for page in asked), PageState.STOOD_DOWN)


def code_for(work: Work, escalation: Escalation, worker_id: str) -> str:
    """The code by which this worker answers for this escalation: the one they had, or a new one."""
    page = pages.get(work.conn, escalation.id, worker_id)
    if page is not None:
        return page.code
    # Two transactions must not give one worker the same code.
    work.deps.store.serialise(work.conn, "codes")
    since = work.now - codes.KEPT_FOR
    for code in codes.guesses(work.deps.rng):
        if not pages.has_code(work.conn, worker_id, code, since=since):
            return code
    used = pages.codes_of(work.conn, worker_id, since=since)
    in_use = {code for code, is_open in used if is_open}
    return codes.new_code([code for code, _ in used], in_use, work.deps.rng)


def record(
    work: Work, kind: str, escalation: Escalation, *, worker_id: str | None = None, **data: object
) -> None:
    """Put one step of an escalation on the record."""
    events.add(
        work.conn,
        Event(
            at=work.now, kind=kind, person_id=escalation.person_id, worker_id=worker_id,
            escalation_id=escalation.id, data=dict(data),
        ),
    )  # fmt: skip


def _page_rung(work: Work, escalation: Escalation, person: Person, rung: int) -> bool:
    """Page everyone of a rung; false when none of them can be reached (any more)."""
    known = workers.by_ids(work.conn, escalation.ladder[rung])
    reached = [
        known[worker_id]
        for worker_id in escalation.ladder[rung]
        if worker_id in known and known[worker_id].can_be_paged and worker_id != escalation.taken_by
    ]
    for worker in reached:
        _page(work, escalation, person, worker, rung)
    return bool(reached)


def _page(work: Work, escalation: Escalation, person: Person, worker: Worker, rung: int) -> None:
    code = code_for(work, escalation, worker.id)
    values = {
        "code": code, "area": escalation.area, "first_name": name_of(person),
        "link": link_to(work, escalation),
    }  # fmt: skip
    name = f"escalation.page_{escalation.urgency.value}"
    room = PAGE_LENGTH - len(phrase(work, name, None, why="", **values))
    outbox_id = text_worker(
        work,
        worker,
        phrase(work, name, None, why=why_with_words(escalation, room), **values),
        kind=Kind.PAGE,
        key=f"page:{escalation.id}:{worker.id}:{escalation.rounds}",
        escalation_id=escalation.id,
        priority=Priority.DANGER if escalation.urgency is Urgency.DANGER else Priority.PAGE,
    )
    pages.save(
        work.conn, escalation_id=escalation.id, worker_id=worker.id, code=code, rung=rung, now=work.now,
        outbox_id=outbox_id,
    )  # fmt: skip
    record(work, "escalation_paged", escalation, worker_id=worker.id, rung=rung, round=escalation.rounds)


def _save(work: Work, escalation: Escalation) -> None:
    escalations.change(
        work.conn, escalation.id, ladder=escalation.ladder, rung=escalation.rung, rounds=escalation.rounds,
        next_due=escalation.next_due, exhausted_at=escalation.exhausted_at, nudged_at=escalation.nudged_at,
        urgency=escalation.urgency,
    )  # fmt: skip
