"""Taken and then quiet: a nudge, then an offer to the others. Nothing is silently dropped."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.escalations import Escalation, PageState
from bot.domain.ladder import NUDGE_BEFORE_OFFER
from bot.domain.messages import Kind
from bot.domain.people import Person
from bot.store import escalations, pages, workers
from bot.usecases.escalating.paging import go_on, record, start_climbing
from bot.usecases.escalating.wording import name_of
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work


def remind(work: Work, escalation: Escalation, person: Person) -> None:
    """What falls due for a taken escalation: the nudge first, then the others, rung by rung."""
    if escalation.nudged_at is None:
        _nudge(work, escalation, person)
        return
    asked = any(page.state is PageState.PAGED for page in pages.of_escalation(work.conn, escalation.id))
    if asked or escalation.rung < 0:
        go_on(work, escalation, person)
    else:
        _offer(work, escalation, person)


def leave_taker(work: Work, escalation: Escalation, person: Person) -> None:
    """Offer it to the others at once, because whoever has it can't be reached."""
    escalations.change(work.conn, escalation.id, nudged_at=work.now)
    _offer(work, replace(escalation, nudged_at=work.now), person)


def _nudge(work: Work, escalation: Escalation, person: Person) -> None:
    taker = workers.get(work.conn, escalation.taken_by or "")
    page = pages.get(work.conn, escalation.id, escalation.taken_by or "")
    if taker is None or page is None or not taker.can_be_paged:
        leave_taker(work, escalation, person)
        return
    text_worker(
        work, taker, phrase(work, "escalation.nudge", code=page.code, first_name=name_of(person)),
        kind=Kind.WARNING, escalation_id=escalation.id,
    )  # fmt: skip
    escalations.change(work.conn, escalation.id, nudged_at=work.now, next_due=work.now + NUDGE_BEFORE_OFFER)
    record(work, "escalation_nudged", escalation, worker_id=taker.id)


def _offer(work: Work, escalation: Escalation, person: Person) -> None:
    record(work, "escalation_offered_on", escalation, worker_id=escalation.taken_by)
    start_climbing(work, replace(escalation, rounds=escalation.rounds + 1), person)
