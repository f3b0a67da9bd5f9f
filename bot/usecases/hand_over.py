"""Hand somebody who came out out of hours over to a worker, at nine on the first working day."""

from __future__ import annotations

from datetime import datetime
from textwrap import shorten

from bot.domain.escalations import Escalation, EscalationStatus, Event
from bot.domain.messages import Kind
from bot.domain.people import Person, Worker
from bot.domain.releases import released_at
from bot.domain.rota import who_is_on_call
from bot.domain.timers import Timer
from bot.engine.conversation import Conversation
from bot.store import conversations, escalations, events, releases, shifts, workers
from bot.usecases import escalating
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work

LONGEST = 306
_LONGEST_ITEM = 40
# Where the first night keeps whether they had a place: by the name of the answer.
_STAY = ("place_tonight", "tonight", "tonight_nobody")
_STAYS = {"yes": "stay_yes", "no": "stay_no", "not sure": "stay_not_sure"}


def hand_over(work: Work, person: Person, timer: Timer) -> None:
    """Text a summary of the first days to a worker, and put the whole of it on the record.

    To the worker responsible, else to whoever is on call first in the area, else to the coordinators.
    """
    release = releases.get(work.conn, timer.subject_id or "")
    since = released_at(release, work.deps.calendar) if release is not None else timer.due_at
    begun = conversations.begun_since(work.conn, person.id, since=since)
    waiting = escalations.open_of_person(work.conn, person.id)
    asked = _asked(work, begun)
    check_ins = [bool(c.answers) for c in begun if c.flow_id == "check_in"]
    stay = next((_STAYS[a] for c in begun for name in _STAY if (a := c.answers.get(name, "")) in _STAYS), "")
    body = _summary(work, person, since, stay=stay, asked=asked, check_ins=check_ins, waiting=waiting)
    key = f"hand_over:{timer.subject_id or timer.id}"
    to = _takers(work, person)
    for worker in to:
        text_worker(work, worker, body, kind=Kind.WARNING, key=f"{key}:{worker.id}", person_id=person.id)
    if not to:
        escalating.warn_coordinators(work, person.area, body, key=key)
    data: dict[str, object] = {
        "release": timer.subject_id,
        "to": [worker.id for worker in to] or "coordinators",
        "asked": asked,
        "stay": stay.removeprefix("stay_"),
        "check_ins_answered": sum(check_ins),
        "check_ins_silent": len(check_ins) - sum(check_ins),
        "open": [{"id": e.id, "need": e.need, "reason": e.reason, "status": e.status.value} for e in waiting],
    }
    events.add(work.conn, Event(at=work.now, kind="handed_over", person_id=person.id, data=data))


def _takers(work: Work, person: Person) -> list[Worker]:
    """The worker responsible, else whoever is on call first; nobody when neither can be texted."""
    responsible = workers.get(work.conn, person.responsible_worker_id or "")
    if responsible is not None and responsible.can_be_paged:
        return [responsible]
    chain = work.deps.calendar.chain(person.area)
    on = shifts.covering(work.conn, chain, at=work.now)
    rungs = who_is_on_call(on, at=work.now, chain=chain)
    known = workers.by_ids(work.conn, (worker_id for rung in rungs for worker_id in rung))
    for rung in rungs:
        found = [known[worker_id] for worker_id in rung if worker_id in known]
        if reachable := [worker for worker in found if worker.can_be_paged]:
            return reachable[:1]
    return []


def _asked(work: Work, begun: list[Conversation]) -> list[str]:
    """What they asked for, in their order, by the flows they went through."""
    flows = [
        flow_id
        for conversation in begun
        for flow_id in (conversation.flow_id, *(entry.partition(".")[0] for entry in conversation.history))
    ]
    names = [f"hand_over.asked_{flow_id}" for flow_id in dict.fromkeys(flows)]
    return list(dict.fromkeys(phrase(work, name) for name in names if name in work.deps.phrases))


def _summary(
    work: Work,
    person: Person,
    since: datetime,
    *,
    stay: str,
    asked: list[str],
    check_ins: list[bool],
    waiting: list[Escalation],
) -> str:
    """The text, with as much of each list as fits."""
    still_open = list(dict.fromkeys(_open_words(work, escalation) for escalation in waiting))
    for most in (6, 4, 3, 2, 1):
        body = phrase(
            work,
            "hand_over.summary",
            area=person.area,
            first_name=person.first_name or "someone",
            day=work.deps.calendar.day_text(since, now=work.now),
            stay=phrase(work, f"hand_over.{stay}") if stay else "",
            asked=_line(work, "asked", asked[:most]),
            check_ins=phrase(
                work, "hand_over.check_ins", answered=sum(check_ins), silent=len(check_ins) - sum(check_ins)
            ) if check_ins else "",
            open=_line(work, "open", still_open[:most]),
        )  # fmt: skip
        if len(body) <= LONGEST:
            break
    return body[:LONGEST]


def _line(work: Work, name: str, items: list[str]) -> str:
    if not items:
        return phrase(work, f"hand_over.{name}_nothing")
    return phrase(work, f"hand_over.{name}", list=", ".join(items))


def _open_words(work: Work, escalation: Escalation) -> str:
    said = (escalation.reason or escalation.need).replace("_", " ").partition(";")[0]
    words = shorten(said, width=_LONGEST_ITEM, placeholder="")
    if escalation.status is not EscalationStatus.TAKEN or escalation.taken_by is None:
        return words
    taker = workers.get(work.conn, escalation.taken_by)
    return f"{words} ({taker.first_name} has it)" if taker is not None else words
