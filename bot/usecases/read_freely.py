"""A person's text without an open question: the flow for what it means, services, or a human."""

from __future__ import annotations

import re

from bot.domain.directory import listing_line
from bot.domain.escalations import Urgency
from bot.domain.messages import Kind
from bot.domain.people import Person
from bot.domain.reading import Reading
from bot.store import conversations, people
from bot.usecases import escalating
from bot.usecases.run_flow import note_understood, start_flow
from bot.usecases.texting import phrase, text_person
from bot.usecases.work import Work

# How sure a reading must be to act on it.
LIKELY = 0.5
# What is only said in passing: while a human is awaited it needs no flow of its own.
SMALL_TALK = frozenset({"thanks", "greeting", "gibberish", "abuse_of_bot", "other"})
# The flow that says so. A text that is surely gibberish leads to it as well, and counts as a miss.
NOT_UNDERSTOOD = "not_understood"
_DEAD_ANSWER = re.compile(r"(?:\d{1,2}|yes|yeah|yep|yh|y|no|nah|nope|n)[\s.!]*", re.IGNORECASE)


def read_freely(work: Work, person: Person, body: str, reading: Reading, *, waits_for_human: bool) -> str:
    """Answer a text on its own and give what was made of it.

    `waits_for_human`: an escalation of theirs is open and has these words now, so what we can't read needs
    no menu and no second human.
    """
    best = reading.best
    if not waits_for_human and _answers_a_dead_question(work, person, body, reading):
        text_person(work, person, phrase(work, "answers.dead_question", person), kind=Kind.ANSWER)
        return "dead_question"
    if best is not None and best.confidence >= LIKELY and not (waits_for_human and best.name in SMALL_TALK):
        flow = work.deps.flows.for_intent(best.name)
        if flow is not None and flow.id != NOT_UNDERSTOOD:
            flow_id = "new_person" if _is_new(work, person) else flow.id
            start_flow(work, note_understood(work, person), flow_id, intent=best.name)
            return f"flow:{flow_id}"
    if waits_for_human:
        text_person(work, person, phrase(work, "turn.words_passed_on", person), kind=Kind.ANSWER)
        return "words_passed_on"
    if _share_services(work, person, body):
        note_understood(work, person)
        return "services"
    return _not_understood(work, person)


def _answers_a_dead_question(work: Work, person: Person, body: str, reading: Reading) -> bool:
    """Whether a bare "1" or "yes" answers a question that has lapsed. It is never guessed which one; only
    a "yes" after a text about an appointment says that they are coming."""
    if not _DEAD_ANSWER.fullmatch(body.strip()):
        return False
    latest = conversations.latest(work.conn, person.id)
    if latest is None:
        return False
    is_about_appointment = "appointment" in latest[0].subject
    return not (is_about_appointment and reading.best is not None and reading.best.confidence >= LIKELY)


def _share_services(work: Work, person: Person, body: str) -> bool:
    """Name the services the words stand for, when the directory has some that are open."""
    found = work.deps.directory.search(body[:100], person.area, at=work.now, limit=2)
    lines = [listing_line(one, work.deps.calendar, now=work.now) for one in found if one.is_open]
    if not lines:
        return False
    text_person(work, person, "\n".join(lines), kind=Kind.ANSWER)
    return True


def _not_understood(work: Work, person: Person) -> str:
    """Say so, with the menu and a human; the second time in a row the human is fetched unasked."""
    if person.misses >= 1:
        people.change(work.conn, person.id, misses=0)
        escalating.open_escalation(
            work, person, urgency=Urgency.TODAY, reason="wrote twice and we could not make it out",
            need="not_understood", words=work.words,
        )  # fmt: skip
        text_person(work, person, phrase(work, "answers.second_not_understood", person), kind=Kind.ANSWER)
        return "not_understood_twice"
    people.change(work.conn, person.id, misses=person.misses + 1)
    start_flow(work, person, "new_person" if _is_new(work, person) else NOT_UNDERSTOOD)
    return "not_understood"


def _is_new(work: Work, person: Person) -> bool:
    """Whether this is the first that a number we do not know has to say: help comes with who we are."""
    return not person.is_known and conversations.latest(work.conn, person.id) is None
