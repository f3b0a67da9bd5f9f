"""Pages that do not arrive, and workers who can't be reached any more."""

from __future__ import annotations

from bot.domain.escalations import Escalation, EscalationStatus, Page, PageState
from bot.domain.messages import Kind
from bot.domain.people import Person, Worker
from bot.store import escalations, outbox, pages, people, workers
from bot.usecases.escalating.paging import climb, record, still_asked
from bot.usecases.escalating.quiet_takers import leave_taker
from bot.usecases.escalating.warning import warn_of_worker
from bot.usecases.escalating.wording import clip, link_to, name_of
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work

WORDS_SHOWN = 60


def page_failed(work: Work, outbox_id: int) -> None:
    """A text to a worker about an escalation did not arrive: go on at once without them.

    The next rung is paged when nobody else of theirs is still asked. What they have taken is offered to the
    others. Coordinators are warned, once a day, when the worker is on the rota. Any other message, and one
    that was overtaken by a later page, changes nothing.
    """
    message = outbox.get(work.conn, outbox_id)
    if message is None or message.worker_id is None or message.escalation_id is None:
        return
    worker = workers.get(work.conn, message.worker_id)
    escalation = escalations.get(work.conn, message.escalation_id)
    if worker is None or escalation is None:
        return
    person = people.lock(work.conn, escalation.person_id)
    escalation = escalations.get(work.conn, escalation.id)
    if person is None or escalation is None:
        return
    warn_of_worker(work, worker, "a text did not reach them")
    page = pages.get(work.conn, escalation.id, worker.id)
    if page is None:
        return
    if page.state is PageState.PAGED and page.outbox_id != outbox_id:
        return
    if page.state is PageState.TAKEN and page.outbox_id == outbox_id:
        return  # they answered it, whatever the report says
    _without(work, page, escalation, person)


def relay_failed(work: Work, outbox_id: int) -> None:
    """A worker's words did not reach the person: whoever has it hears so, since they think it was read."""
    message = outbox.get(work.conn, outbox_id)
    if message is None or message.person_id is None or message.escalation_id is None:
        return
    person = people.lock(work.conn, message.person_id)
    escalation = escalations.get(work.conn, message.escalation_id)
    if person is None or escalation is None or escalation.taken_by is None:
        return
    taker = workers.get(work.conn, escalation.taken_by)
    page = pages.get(work.conn, escalation.id, escalation.taken_by)
    if taker is None or page is None or page.state is not PageState.TAKEN:
        return
    text_worker(
        work, taker,
        phrase(
            work, "escalation.not_arrived", code=page.code, first_name=name_of(person),
            words=clip(message.body, WORDS_SHOWN), link=link_to(work, escalation),
        ),
        kind=Kind.WARNING, key=f"not_arrived:{outbox_id}", escalation_id=escalation.id,
    )  # fmt: skip


def worker_unreachable(work: Work, worker: Worker, reason: str) -> None:
    """A worker opted out, or their number fails: coordinators hear of it at once when a shift lies ahead.

    What they were asked to take goes on to the next, what they have in hand is offered to the others.
    """
    warn_of_worker(work, worker, reason)
    theirs = sorted(pages.open_of_worker(work.conn, worker.id), key=lambda pair: pair[1].person_id)
    # Every person first, in one order, so that two of these never wait for one another.
    locked = {escalation.person_id: people.lock(work.conn, escalation.person_id) for _, escalation in theirs}
    for page, escalation in theirs:
        now_standing = escalations.get(work.conn, escalation.id)
        person = locked[escalation.person_id]
        if now_standing is not None and person is not None:
            _without(work, page, now_standing, person)


def _without(work: Work, page: Page, escalation: Escalation, person: Person) -> None:
    """Go on without the worker of this page."""
    if escalation.status is EscalationStatus.CLOSED:
        return
    if escalation.taken_by == page.worker_id:
        if escalation.nudged_at is None or escalation.rung < 0 or not still_asked(work, escalation):
            leave_taker(work, escalation, person)
        return
    if page.state is not PageState.PAGED:
        return
    was_asked = page in still_asked(work, escalation)
    pages.set_state(work.conn, [page.id], PageState.FAILED)
    record(work, "escalation_page_failed", escalation, worker_id=page.worker_id)
    if was_asked and not still_asked(work, escalation):
        climb(work, escalation, person)
