"""Open an escalation, or add to the one that is open for the same need."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.escalations import Escalation, EscalationStatus, PageState, Urgency
from bot.domain.ladder import DANGER_BEFORE_OFFER, first_page_at, is_higher
from bot.domain.messages import Kind, Priority
from bot.domain.people import Person
from bot.store import escalations, pages, people, workers
from bot.usecases.escalating.paging import record, stand_down, start_climbing
from bot.usecases.escalating.wording import (
    IN_TALK,
    PAGE_LENGTH,
    add_to_reason,
    add_to_words,
    is_area_offer,
    link_to,
    name_of,
    why_with_words,
)
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work


def open_escalation(
    work: Work,
    person: Person,
    *,
    urgency: Urgency,
    reason: str,
    need: str,
    words: str,
    area: str | None = None,
    caller_tells: bool = False,
) -> Escalation:
    """Fetch a human for a person, and give the escalation as it stands after that.

    One that is open for the same need takes the words and counts a repeat; a higher urgency raises it, and
    danger pages again at once. Otherwise the first rung is paged now, or for `whenever` at nine on the next
    working day. `area`: whose ladder is climbed, the person's own when not given. Need `area:<name>` offers
    the person to a new area, and withdraws an earlier offer to another.

    `exhausted_at` is set on the result when there was nobody to page at all. The person is then told so
    here, unless `caller_tells` or their own text is being answered: then whoever answers says it.
    """
    people.hold(work.conn, person.id)
    caller_tells = caller_tells or work.is_answering(person.id)
    key = need or reason
    under_way = escalations.open_of_person(work.conn, person.id)
    for earlier in under_way:
        if (earlier.need or earlier.reason) == key:
            return _add(work, earlier, person, urgency, reason, words, caller_tells=caller_tells)
    escalation = Escalation(
        id=work.deps.new_id(),
        person_id=person.id,
        area=area or person.area,
        urgency=urgency,
        reason=reason,
        need=need,
        words=add_to_words("", words),
        status=EscalationStatus.OPEN,
        opened_at=work.now,
        next_due=first_page_at(urgency, work.deps.calendar, now=work.now),
    )
    escalations.add(work.conn, escalation)
    record(work, "escalation_opened", escalation, urgency=urgency.value, reason=reason, need=need)
    if is_area_offer(escalation):
        withdraw_area_offers(work, person, but=escalation.id)
    if escalation.next_due == work.now:
        escalation = start_climbing(work, escalation, person, caller_tells=caller_tells)
    return escalation


def add_words(work: Work, person: Person, body: str) -> bool:
    """Put what a person writes to what nobody has taken yet. False: nothing of theirs waits for a taker."""
    waiting = [
        escalation
        for escalation in escalations.open_of_person(work.conn, person.id)
        if escalation.status is EscalationStatus.OPEN and not is_area_offer(escalation)
    ]
    if not waiting:
        return False
    newest = waiting[-1]
    escalations.change(work.conn, newest.id, words=add_to_words(newest.words, body))
    record(work, "escalation_words", newest)
    return True


def withdraw_area_offers(work: Work, person: Person, *, but: str = "") -> int:
    """Close the offers of a person to new areas, except the one with the id `but`; gives how many."""
    count = 0
    for escalation in escalations.open_of_person(work.conn, person.id):
        if not is_area_offer(escalation) or escalation.id == but:
            continue
        if escalations.close(work.conn, escalation.id, worker_id=None, note="withdrawn", now=work.now):
            stand_down(work, escalation, "escalation.stand_down_closed")
            record(work, "escalation_closed", escalation, note="withdrawn")
            count += 1
    return count


def _add(
    work: Work, earlier: Escalation, person: Person, urgency: Urgency, reason: str, words: str, *,
    caller_tells: bool,
) -> Escalation:  # fmt: skip
    is_raised = is_higher(urgency, earlier.urgency)
    merged = replace(
        earlier,
        words=add_to_words(earlier.words, words),
        repeats=earlier.repeats + 1,
        urgency=urgency if is_raised else earlier.urgency,
        reason=reason if is_raised else add_to_reason(earlier.reason, reason),
    )
    escalations.change(
        work.conn, merged.id, words=merged.words, repeats=merged.repeats, urgency=merged.urgency,
        reason=merged.reason,
    )  # fmt: skip
    record(work, "escalation_repeated", merged, urgency=merged.urgency.value, reason=reason)
    if merged.status is EscalationStatus.TAKEN:
        is_danger = urgency is Urgency.DANGER and (is_raised or not _is_in_talk(work, earlier))
        shown = replace(merged, words=words, reason=reason)
        return _tell_taker(work, merged, person, shown, is_danger=is_danger, is_news=reason != earlier.reason)
    if urgency is Urgency.DANGER and not is_raised and merged.rung >= 0:
        _tell_asked(work, merged, person, replace(merged, words=words, reason=reason))
    if not is_raised and merged.exhausted_at is None:
        return merged
    if is_raised and merged.urgency is not Urgency.DANGER and merged.rung >= 0:
        return merged
    if not is_raised and merged.rung >= 0:
        return merged
    # Danger pages again from the first rung. Between two walks of the ladder, a new word starts the next.
    return start_climbing(
        work, replace(merged, rounds=merged.rounds + is_raised), person, caller_tells=caller_tells
    )


def _tell_asked(work: Work, escalation: Escalation, person: Person, shown: Escalation) -> None:
    """Tell everyone who was paged and has not answered what more there is of danger, as in `shown`."""
    asked = [p for p in pages.of_escalation(work.conn, escalation.id) if p.state is PageState.PAGED]
    known = workers.by_ids(work.conn, (page.worker_id for page in asked))
    for page in asked:
        why = why_with_words(shown, PAGE_LENGTH - 120)
        text_worker(
            work, known[page.worker_id],
            phrase(work, "escalation.again", None, code=page.code, first_name=name_of(person), why=why),
            kind=Kind.WARNING, escalation_id=escalation.id, priority=Priority.DANGER,
        )  # fmt: skip


def _is_in_talk(work: Work, escalation: Escalation) -> bool:
    """Whether the worker who has it wrote to the person a moment ago."""
    wrote = escalations.last_relay_to_person(work.conn, escalation)
    return wrote is not None and work.now - wrote <= IN_TALK


def _tell_taker(
    work: Work, escalation: Escalation, person: Person, shown: Escalation, *, is_danger: bool, is_news: bool
) -> Escalation:
    """Tell whoever has it what is new, as in `shown`; in danger they have three minutes to say something.

    What was relayed to them in this turn is only said again when the reason is news.
    """
    taker = workers.get(work.conn, escalation.taken_by or "")
    page = pages.get(work.conn, escalation.id, escalation.taken_by or "")
    if taker is None or page is None or page.state is not PageState.TAKEN:
        return escalation
    is_told = escalations.last_relay_to_worker(work.conn, escalation, taker.phone) == work.now
    if is_danger or is_news or not is_told:
        values = {"code": page.code, "first_name": name_of(person), "link": link_to(work, escalation)}
        text_worker(
            work,
            taker,
            phrase(
                work,
                "escalation.raised" if is_danger else "escalation.again",
                None,
                why=why_with_words(shown, PAGE_LENGTH - 120),
                **values,
            ),
            kind=Kind.WARNING,
            escalation_id=escalation.id,
            priority=Priority.DANGER if is_danger else Priority.PAGE,
        )
    if not is_danger:
        return escalation
    soon = work.now + DANGER_BEFORE_OFFER
    due = min(escalation.next_due or soon, soon)
    raised = replace(escalation, nudged_at=escalation.nudged_at or work.now, next_due=due)
    escalations.change(work.conn, raised.id, nudged_at=raised.nudged_at, next_due=raised.next_due)
    return raised
