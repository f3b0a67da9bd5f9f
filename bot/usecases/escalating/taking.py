"""Take, pass on and close: each one conditional update, told to everyone it concerns."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.escalations import Escalation, EscalationStatus, Page, PageState
from bot.domain.ladder import QUIET_BEFORE_NUDGE
from bot.domain.messages import Kind
from bot.domain.people import Person, SafeToText, Worker
from bot.domain.quiet_hours import next_allowed, quiet_hours_of
from bot.store import escalations, pages, people, person_areas, workers
from bot.usecases.escalating.paging import climb, hold, offer_to_others, record, stand_down, still_asked
from bot.usecases.escalating.warning import warn_coordinators
from bot.usecases.escalating.wording import how_to_reach, is_area_offer, name_of, offered_area, say
from bot.usecases.plan_reminders import replan_person
from bot.usecases.texting import phrase, text_person, text_worker
from bot.usecases.work import Work

WORDS_SHOWN = 900


def take(work: Work, worker: Worker, page: Page, *, quietly: bool = False) -> Escalation | None:
    """Give the escalation of this page to the worker; none when they can't have it (and that was said).

    A second taker is told who has it. One whose taker went quiet, and which was offered to this worker since,
    goes over to them. Taking what they have already is a sign of life. `quietly`: no answer when it works.
    """
    page, escalation, person = hold(work, page)
    if escalation.status is EscalationStatus.CLOSED:
        say(work, worker, "closed_already", code=page.code)
        return None
    if escalation.taken_by == worker.id:
        sign_of_life(work, escalation, worker)
        if not quietly:
            say(work, worker, "yours_already", code=page.code, first_name=name_of(person))
        return escalation
    former = escalation.taken_by
    if former is not None and page.state is not PageState.PAGED:
        _say_who_has_it(work, worker, page, escalation)
        return None
    due = work.now + QUIET_BEFORE_NUDGE
    if not escalations.take(
        work.conn, escalation.id, worker.id, instead_of=former, now=work.now, next_due=due
    ):
        _say_who_has_it(work, worker, page, escalations.get(work.conn, escalation.id) or escalation)
        return None
    taken = replace(
        escalation, status=EscalationStatus.TAKEN, taken_by=worker.id, taken_at=work.now, next_due=due,
        last_activity_at=work.now, nudged_at=None, exhausted_at=None,
    )  # fmt: skip
    pages.set_state(work.conn, [page.id], PageState.TAKEN)
    record(work, "escalation_taken", taken, worker_id=worker.id, **({"instead_of": former} if former else {}))
    if not quietly:
        _tell_taker(work, worker, page, taken, person)
    stand_down(work, taken, "escalation.stand_down", but_not=(worker.id,), worker_name=worker.first_name)
    if former is not None:
        _relieve(work, taken, former, worker)
    if is_area_offer(taken):
        _move_person(work, taken, person, worker)
    else:
        _tell_person_who_comes(work, taken, person, worker, is_instead=former is not None)
    return taken


def pass_on(work: Work, worker: Worker, page: Page) -> None:
    """Pass an offer, or what the worker has taken, to the next."""
    page, escalation, person = hold(work, page)
    if escalation.status is EscalationStatus.CLOSED:
        say(work, worker, "closed_already", code=page.code)
        return
    had_it = escalations.give_back(work.conn, escalation.id, worker.id, next_due=work.now)
    if not had_it and escalation.taken_by is not None and page.state is not PageState.PAGED:
        _say_who_has_it(work, worker, page, escalation)
        return
    was_asked = page in still_asked(work, escalation)
    pages.set_state(work.conn, [page.id], PageState.PASSED)
    record(work, "escalation_passed", escalation, worker_id=worker.id, had_it=had_it)
    say(work, worker, "passed", code=page.code)
    if had_it:
        if not is_area_offer(escalation):
            text_person(
                work, person, phrase(work, "escalation.someone_else", person, worker_name=worker.first_name),
                kind=Kind.ANSWER, escalation_id=escalation.id,
            )  # fmt: skip
        given_back = replace(
            escalation, status=EscalationStatus.OPEN, taken_by=None, taken_at=None, nudged_at=None
        )
        offer_to_others(work, given_back, person, but_not=worker.id)
    elif was_asked and not still_asked(work, escalation):
        climb(work, escalation, person)


def close(work: Work, worker: Worker, page: Page, note: str) -> None:
    """Close what the worker has, or what nobody has, with a note."""
    page, escalation, person = hold(work, page)
    if escalation.status is EscalationStatus.CLOSED:
        say(work, worker, "closed_already", code=page.code)
        return
    if not escalations.close(work.conn, escalation.id, worker_id=worker.id, note=note, now=work.now):
        _say_who_has_it(work, worker, page, escalations.get(work.conn, escalation.id) or escalation)
        return
    pages.set_state(work.conn, [page.id], PageState.CLOSED)
    record(work, "escalation_closed", escalation, worker_id=worker.id, note=note)
    say(work, worker, "closed", code=page.code)
    stand_down(work, escalation, "escalation.stand_down_closed", but_not=(worker.id,))
    was_theirs = escalation.taken_by == worker.id and not is_area_offer(escalation)
    if was_theirs and next_allowed(quiet_hours_of(person, work.deps.calendar.zone), work.now) == work.now:
        text_person(
            work, person, phrase(work, "escalation.finished", person, worker_name=worker.first_name),
            kind=Kind.ANSWER, escalation_id=escalation.id,
        )  # fmt: skip


def sign_of_life(work: Work, escalation: Escalation, worker: Worker) -> None:
    """The taker has done something: their hour begins again, and others who were asked stand down."""
    escalations.change(
        work.conn, escalation.id, last_activity_at=work.now, nudged_at=None, exhausted_at=None,
        next_due=work.now + QUIET_BEFORE_NUDGE,
    )  # fmt: skip
    stand_down(
        work, escalation, "escalation.stand_down_active", but_not=(worker.id,), worker_name=worker.first_name
    )


def _move_person(work: Work, escalation: Escalation, person: Person, worker: Worker) -> None:
    """The worker of the new area has accepted: they are responsible now, and everyone hears of it."""
    area = offered_area(escalation)
    person_areas.move(work.conn, person.id, area, now=work.now)
    people.change(work.conn, person.id, responsible_worker_id=worker.id)
    replan_person(work, replace(person, area=area, responsible_worker_id=worker.id))
    record(work, "person_moved", escalation, worker_id=worker.id, area=area, from_area=person.area)
    body = phrase(work, "escalation.moved", worker_name=worker.name, area=area, first_name=name_of(person))
    former = workers.get(work.conn, person.responsible_worker_id or "")
    if former is not None and former.id != worker.id:
        text_worker(
            work, former, body, kind=Kind.WARNING, key=f"moved:{escalation.id}:{former.id}",
            escalation_id=escalation.id,
        )  # fmt: skip
    without = [worker.id] if former is None else [worker.id, former.id]
    warn_coordinators(work, person.area, body, key=f"moved:{escalation.id}", without=without)
    text_person(
        work, person, phrase(work, "escalation.with_you_now", person, worker_name=worker.first_name),
        kind=Kind.ANSWER, escalation_id=escalation.id,
    )  # fmt: skip


def _tell_person_who_comes(
    work: Work, escalation: Escalation, person: Person, worker: Worker, *, is_instead: bool
) -> None:
    is_night = next_allowed(quiet_hours_of(person, work.deps.calendar.zone), work.now) > work.now
    if is_night and not escalation.words:
        return  # they did not ask, so nothing wakes them but the worker
    name = "coming" if escalation.words else "coming_unasked"
    if is_instead:
        name = "coming_instead"
    text_person(
        work, person, phrase(work, f"escalation.{name}", person, worker_name=worker.first_name),
        kind=Kind.ANSWER, escalation_id=escalation.id,
    )  # fmt: skip


def _tell_taker(work: Work, worker: Worker, page: Page, escalation: Escalation, person: Person) -> None:
    """That it is theirs, and all that the person wrote; it may take two texts."""
    how = how_to_reach(work, person, escalation) if person.is_opted_out else ""
    name = "yours_stopped" if person.is_opted_out else "yours"
    body = phrase(work, f"escalation.{name}", code=page.code, first_name=name_of(person), how=how)
    if escalation.words:
        # The newest words matter most when they are too many.
        is_long = len(escalation.words) > WORDS_SHOWN
        words = "..." + escalation.words[-WORDS_SHOWN:] if is_long else escalation.words
        body += " " + phrase(work, "escalation.yours_with_words", words=words)
    if person.safe_to_text is SafeToText.NO:
        body += " " + phrase(work, "escalation.yours_careful")
    text_worker(work, worker, body, kind=Kind.ANSWER, escalation_id=escalation.id)


def _relieve(work: Work, escalation: Escalation, former_id: str, worker: Worker) -> None:
    """Tell the one who went quiet that somebody else has it now."""
    former = workers.get(work.conn, former_id)
    page = pages.get(work.conn, escalation.id, former_id)
    if former is None or page is None:
        return
    pages.set_state(work.conn, [page.id], PageState.STOOD_DOWN)
    text_worker(
        work, former, phrase(work, "escalation.taken_over", code=page.code, worker_name=worker.first_name),
        kind=Kind.WARNING, escalation_id=escalation.id,
    )  # fmt: skip


def _say_who_has_it(work: Work, worker: Worker, page: Page, escalation: Escalation) -> None:
    taker = workers.get(work.conn, escalation.taken_by or "")
    if taker is None or escalation.status is EscalationStatus.CLOSED:
        say(work, worker, "closed_already", code=page.code)
    else:
        say(work, worker, "has_it", code=page.code, worker_name=taker.first_name)
