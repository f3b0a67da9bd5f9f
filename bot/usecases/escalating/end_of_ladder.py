"""Nobody has answered: the person hears the truth once, coordinators are warned, and we keep trying."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.directory import listing_line
from bot.domain.escalations import Escalation, EscalationStatus, Event, Urgency
from bot.domain.ladder import next_walk_at
from bot.domain.messages import Kind
from bot.domain.people import Person
from bot.store import escalations, events, pages, workers
from bot.usecases.escalating.warning import warn_coordinators
from bot.usecases.escalating.wording import is_area_offer, link_to, name_of, why
from bot.usecases.texting import phrase, text_person, text_worker
from bot.usecases.work import Work

# What in the directory may help while nobody answers, by need. Nothing that gives a person away or names
# what they did not ask about; other needs get the lines that are always open.
_HELP = {
    "housing": ("housing",), "housing_tonight": ("housing",), "first_night": ("housing",), "food": ("food",),
    "money": ("benefits", "money"), "benefits": ("benefits", "money"),
    "money_benefits": ("benefits", "money"), "banking": ("money",), "health": ("health",),
    "healthcare": ("health",), "health_meds_script": ("health",), "id": ("id",), "id_docs": ("id",),
}  # fmt: skip
_TEXT_LENGTH = 306


def reach_the_end(
    work: Work, escalation: Escalation, person: Person, *, caller_tells: bool = False
) -> Escalation:
    """The escalation as it is after its ladder has been walked for nothing: red, and due again.

    The first time since somebody had it the person is told, unless `caller_tells`, and coordinators are
    warned. Nothing of the escalation itself is saved here.
    """
    rounds = escalation.rounds + 1
    is_first = escalation.exhausted_at is None
    ended = replace(
        escalation,
        rung=-1,
        rounds=rounds,
        next_due=next_walk_at(escalation.urgency, rounds, work.deps.calendar, now=work.now),
        exhausted_at=escalation.exhausted_at or work.now,
    )
    if is_first:
        if not caller_tells and _waits_in_vain(work, escalation):
            text_person(
                work, person, truth(work, escalation, person), kind=Kind.ANSWER,
                key=f"nobody:{escalation.id}:{rounds}", escalation_id=escalation.id,
            )  # fmt: skip
        warn_coordinators(
            work,
            escalation.area,
            phrase(
                work, "escalation.nobody_reached", first_name=name_of(person), area=escalation.area,
                why=why(escalation), link=link_to(work, escalation),
            ),
            key=f"nobody:{escalation.id}:{rounds}",
        )  # fmt: skip
    if escalation.status is EscalationStatus.TAKEN:
        _remind_taker(work, escalation, person, rounds)
    events.add(
        work.conn,
        Event(at=work.now, kind="escalation_exhausted", person_id=person.id, escalation_id=escalation.id,
              data={"round": rounds}),
    )  # fmt: skip
    return ended


def truth(work: Work, escalation: Escalation, person: Person) -> str:
    """What the person is told when nobody answers: numbers that are open now, and that we keep trying."""
    if escalation.urgency is Urgency.DANGER:
        return phrase(work, "escalation.nobody_danger", person)
    lines = [
        listing_line(listing, work.deps.calendar, now=work.now)
        for listing in work.deps.directory.find(
            _HELP.get(escalation.need, ()), person.area, at=work.now, limit=3
        )
    ]
    while lines:
        text = phrase(work, "escalation.nobody_open", person, services="\n".join(lines))
        if len(text) <= _TEXT_LENGTH:
            return text
        lines.pop()
    return phrase(work, "escalation.nobody", person)


def _waits_in_vain(work: Work, escalation: Escalation) -> bool:
    """Whether the person waits for a word. Not when they are only offered to an area or said nothing of it
    themselves, nor when the worker who has it wrote last: they have somebody to text."""
    if is_area_offer(escalation) or not escalation.words:
        return False
    wrote = escalations.last_relay_to_person(work.conn, escalation)
    if escalation.status is EscalationStatus.OPEN or wrote is None:
        return True
    taker = workers.get(work.conn, escalation.taken_by or "")
    asked = escalations.last_relay_to_worker(work.conn, escalation, taker.phone) if taker else None
    return asked is not None and asked > wrote


def _remind_taker(work: Work, escalation: Escalation, person: Person, rounds: int) -> None:
    taker = workers.get(work.conn, escalation.taken_by or "")
    page = pages.get(work.conn, escalation.id, escalation.taken_by or "")
    if taker is not None and page is not None:
        text_worker(
            work, taker, phrase(work, "escalation.others_asked", code=page.code, first_name=name_of(person)),
            kind=Kind.WARNING, key=f"keep:{escalation.id}:{taker.id}:{rounds}", escalation_id=escalation.id,
        )  # fmt: skip
