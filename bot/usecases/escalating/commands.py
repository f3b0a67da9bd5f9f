"""A worker's text: a command, words for a person, or neither."""

from __future__ import annotations

from bot.domain.escalations import Escalation, EscalationStatus, Page, PageState
from bot.domain.messages import Kind
from bot.domain.people import Person, Worker
from bot.domain.reading import Reading
from bot.domain.worker_words import Command, Word, parse
from bot.store import pages, people, workers
from bot.usecases.escalating.on_call import who_text
from bot.usecases.escalating.relaying import relay_to_person
from bot.usecases.escalating.taking import close, pass_on, take
from bot.usecases.escalating.wording import link_to, listed, say
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work

Items = list[tuple[Page, Escalation, Person | None]]


def is_command(work: Work, worker: Worker, body: str) -> bool:
    """Whether a worker's text is a command, or words that `handle_worker_text` would pass to a person."""
    command = parse(body)
    if command.code:
        return _page(work, worker, command) is not None
    if command.word is not Word.NONE:
        return True
    taken = [page for page, _, _ in _mine(work, worker) if page.state is PageState.TAKEN]
    return len(taken) == 1 and bool(command.rest)


def handle_worker_text(work: Work, worker: Worker, body: str, reading: Reading) -> bool:
    """Do what a worker's text asks, or pass its words to the person; true when it has been answered.

    False: it is no command and there is nobody to pass it to. Text without a code is never guessed about:
    it goes only while the worker has exactly one in hand. `reading` is not needed: danger has been seen to.
    """
    if worker.phone_is_bad:  # their phone works after all
        workers.change(work.conn, worker.id, phone_is_bad=False)
    command = parse(body)
    if command.code:
        page = _page(work, worker, command)
        if page is not None:
            _act(work, worker, page, command)
            return True
        if not _mine(work, worker) and command.word is Word.SAY:
            return False
        say(work, worker, "no_such_code", code=command.code, list=_list(work, _mine(work, worker)))
        return True
    match command.word:
        case Word.OPEN:
            mine = _mine(work, worker)
            say(work, worker, "open_list" if mine else "open_none", list=_list(work, mine))
            return True
        case Word.WHO:
            text_worker(work, worker, who_text(work, worker), kind=Kind.ANSWER)
            return True
        case Word.OK:
            return _ok(work, worker, command)
        case _:
            return _without_code(work, worker, command)


def _act(work: Work, worker: Worker, page: Page, command: Command) -> None:
    match command.word:
        case Word.TAKE:
            take(work, worker, page)
        case Word.PASS:
            pass_on(work, worker, page)
        case Word.DONE:
            close(work, worker, page, command.rest)
        case Word.CALL:
            link = next(
                (link_to(work, one) for found, one, _ in _mine(work, worker) if found.id == page.id), ""
            )
            say(work, worker, "calls_later", code=page.code, link=link)
        case _:
            relay_to_person(work, worker, page, command.rest)


def _ok(work: Work, worker: Worker, command: Command) -> bool:
    offers = [item for item in _mine(work, worker) if item[0].state is not PageState.TAKEN]
    if len(offers) == 1:
        take(work, worker, offers[0][0])
        return True
    if offers:
        say(work, worker, "which_offer", list=_list(work, offers))
        return True
    return _without_code(work, worker, command)


def _without_code(work: Work, worker: Worker, command: Command) -> bool:
    """Text without a code: to the person while exactly one is taken, else refused with the codes."""
    mine = _mine(work, worker)
    taken = [item for item in mine if item[0].state is PageState.TAKEN]
    if not mine or not command.rest:
        return False
    if command.word in (Word.PASS, Word.DONE, Word.CALL):
        say(work, worker, "code_first", code=(taken or mine)[0][0].code, word=command.word.value)
    elif len(taken) == 1:
        relay_to_person(work, worker, taken[0][0], command.rest)
    elif len(taken) > 1:
        say(work, worker, "which_code", list=_list(work, taken))
    else:
        say(work, worker, "open_list", list=_list(work, mine))
    return True


def _page(work: Work, worker: Worker, command: Command) -> Page | None:
    return pages.by_code(work.conn, worker.id, command.code)


def _mine(work: Work, worker: Worker) -> Items:
    """What a worker has in hand or is asked to take, with whom it is about."""
    found: Items = []
    for page, escalation in pages.open_of_worker(work.conn, worker.id):
        is_taken = escalation.status is EscalationStatus.TAKEN and escalation.taken_by == worker.id
        if is_taken or page.state in (PageState.PAGED, PageState.FAILED):
            found.append((page, escalation, people.get(work.conn, escalation.person_id)))
    return found


def _list(work: Work, items: Items) -> str:
    return listed(work, items) or phrase(work, "escalation.none_now")
