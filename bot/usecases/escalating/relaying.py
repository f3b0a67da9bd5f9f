"""Texts both ways through our number, each side's number hidden from the other."""

from __future__ import annotations

from datetime import datetime

from bot.domain.escalations import Escalation, EscalationStatus, Page
from bot.domain.ladder import QUIET_BEFORE_NUDGE
from bot.domain.messages import DeliveryStatus, Kind
from bot.domain.people import Person, Worker
from bot.store import escalations, pages, people, workers
from bot.usecases.escalating.end_of_ladder import truth
from bot.usecases.escalating.paging import hold, record, still_asked
from bot.usecases.escalating.quiet_takers import leave_taker
from bot.usecases.escalating.taking import take
from bot.usecases.escalating.wording import (
    IN_TALK,
    add_to_words,
    how_to_reach,
    link_to,
    name_of,
    parts,
    say,
)
from bot.usecases.texting import phrase, text_person, text_worker
from bot.usecases.work import Work


def relay_to_person(work: Work, worker: Worker, page: Page, words: str) -> None:
    """Send a worker's words to the person, signed with the worker's first name.

    Words to somebody nobody has yet take the escalation too. What can't go is said, and why.
    """
    page, escalation, person = hold(work, page)
    if escalation.status is EscalationStatus.CLOSED:
        say(work, worker, "not_sent_closed", code=page.code)
        return
    if escalation.taken_by is not None and escalation.taken_by != worker.id:
        taker = workers.get(work.conn, escalation.taken_by)
        say(
            work, worker, "not_sent_not_yours", code=page.code,
            worker_name=taker.first_name if taker else "Somebody",
        )  # fmt: skip
        return
    is_new = escalation.taken_by is None
    taken = take(work, worker, page, quietly=not is_new)
    if taken is None:
        return
    is_first = is_new or escalations.last_relay_to_person(work.conn, taken) is None
    for piece in parts(words):
        sent = text_person(
            work, person, phrase(work, "escalation.to_person", person, words=piece,
                                 worker_name=worker.first_name),
            kind=Kind.RELAY, escalation_id=taken.id,
        )  # fmt: skip
        if sent.status is DeliveryStatus.REFUSED:
            if sent.reason == "opted_out":
                how = how_to_reach(work, person, taken)
                say(work, worker, "not_sent_opted_out", first_name=name_of(person), how=how)
            else:
                say(work, worker, "not_sent_no_number", first_name=name_of(person), link=link_to(work, taken))
            return
    record(work, "relayed_to_person", taken, worker_id=worker.id)
    if is_first:
        say(work, worker, "sent", first_name=name_of(person))


def relay_to_worker(
    work: Work, person: Person, body: str, *, acknowledge: bool = True, asked: str = ""
) -> bool:
    """Send a person's words to whoever has taken their escalation. False: nobody has.

    `asked`: what these words answer, when they say little by themselves.

    Several takers each get it, with their own code. The person hears that it arrived, unless the worker
    wrote in the last ten minutes or `acknowledge` is false; or that it did not, when none can be reached.
    """
    people.hold(work.conn, person.id)
    newest: dict[str, Escalation] = {}
    for escalation in escalations.open_of_person(work.conn, person.id):
        if escalation.status is EscalationStatus.TAKEN and escalation.taken_by is not None:
            known = newest.get(escalation.taken_by)
            if known is None or _last_activity(escalation) >= _last_activity(known):
                newest[escalation.taken_by] = escalation
    if not newest:
        return False
    takers = workers.by_ids(work.conn, newest)
    for worker_id, escalation in newest.items():
        _to_worker(work, person, takers[worker_id], escalation, body, asked)
    if acknowledge:
        _acknowledge(work, person, [(takers[worker_id], one) for worker_id, one in newest.items()])
    return True


def is_silent_since(work: Work, person: Person, *, since: datetime, taking_counts: bool) -> bool:
    """Whether somebody has an escalation of this person and none of them has written to them since then.

    With `taking_counts` they have not taken it since then either.
    """
    taken = [
        escalation
        for escalation in escalations.open_of_person(work.conn, person.id)
        if escalation.status is EscalationStatus.TAKEN
    ]
    for escalation in taken:
        wrote = escalations.last_relay_to_person(work.conn, escalation)
        if wrote is not None and wrote >= since:
            return False
        if taking_counts and escalation.taken_at is not None and escalation.taken_at >= since:
            return False
    return bool(taken)


def tell_of_stop(work: Work, person: Person) -> None:
    """Tell whoever has a person that they stopped our texts, and how to reach them now."""
    for escalation in escalations.open_of_person(work.conn, person.id):
        worker = workers.get(work.conn, escalation.taken_by or "")
        page = pages.get(work.conn, escalation.id, worker.id) if worker is not None else None
        if worker is not None and not worker.can_be_paged:
            leave_taker(work, escalation, person)
        elif worker is not None and page is not None:
            text_worker(
                work, worker, phrase(work, "escalation.stopped", None, code=page.code,
                                     first_name=name_of(person), how=how_to_reach(work, person, escalation)),
                kind=Kind.WARNING, escalation_id=escalation.id,
            )  # fmt: skip


def _to_worker(
    work: Work, person: Person, worker: Worker, escalation: Escalation, body: str, asked: str
) -> None:
    page = pages.get(work.conn, escalation.id, worker.id)
    code = page.code if page is not None else ""
    values = {"code": code, "first_name": name_of(person)}
    wrote = escalations.last_relay_to_person(work.conn, escalation)
    answered_until = max(at for at in (wrote, escalation.taken_at, escalation.opened_at) if at is not None)
    told_at = escalations.last_relay_to_worker(work.conn, escalation, worker.phone)
    said = phrase(work, "escalation.in_answer", None, words=body.strip(), asked=asked) if asked else body
    for piece in parts(said):
        text_worker(
            work, worker, phrase(work, "escalation.from_person", None, words=piece, **values),
            kind=Kind.RELAY, escalation_id=escalation.id,
        )  # fmt: skip
    if not body.strip():
        text_worker(
            work, worker, phrase(work, "escalation.from_person_empty", None, **values), kind=Kind.RELAY,
            escalation_id=escalation.id,
        )  # fmt: skip
    changes: dict[str, object] = {"words": add_to_words(escalation.words, body)}
    # The hour runs from the first words that wait for an answer; more of them don't put it off.
    if escalation.nudged_at is None and (told_at is None or told_at <= answered_until):
        changes.update(last_activity_at=work.now, next_due=work.now + QUIET_BEFORE_NUDGE)
    escalations.change(work.conn, escalation.id, **changes)
    record(work, "relayed_to_worker", escalation, worker_id=worker.id)
    if not worker.can_be_paged:
        leave_taker(work, escalation, person)


def _acknowledge(work: Work, person: Person, takers: list[tuple[Worker, Escalation]]) -> None:
    for _, escalation in takers:
        wrote = escalations.last_relay_to_person(work.conn, escalation)
        if wrote is not None and work.now - wrote <= IN_TALK:
            return
    reached = [worker for worker, _ in takers if worker.can_be_paged]
    if reached:
        body = phrase(work, "answers.relay_ack", person, worker_name=reached[-1].first_name)
    elif work.answers:  # they have just been told that nobody has picked up
        return
    else:
        worker, escalation = takers[-1]
        now_standing = escalations.get(work.conn, escalation.id) or escalation
        others = still_asked(work, now_standing)
        body = (
            phrase(work, "escalation.someone_else", person, worker_name=worker.first_name)
            if others
            else truth(work, now_standing, person)
        )
    text_person(work, person, body, kind=Kind.ANSWER)


def _last_activity(escalation: Escalation) -> float:
    at = escalation.last_activity_at or escalation.taken_at or escalation.opened_at
    return at.timestamp()
