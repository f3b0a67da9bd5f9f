"""Run a flow for a person: the engine decides, this saves the conversation and carries its effects out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.escalations import Event, Urgency
from bot.domain.messages import Kind
from bot.domain.people import Person
from bot.domain.reading import Reading
from bot.engine import runner
from bot.engine.conversation import Conversation, Turn
from bot.engine.definition import Ask
from bot.engine.effects import ChangePerson, OpenEscalation, ReplyToAppointment, SendText, SetTimer
from bot.store import conversations, events, people, timers
from bot.usecases import escalating
from bot.usecases.answer_appointment import answer_appointments
from bot.usecases.change_person import change_person
from bot.usecases.texting import text_person
from bot.usecases.work import Work
from bot.usecases.world import PersonWorld


def start_flow(
    work: Work,
    person: Person,
    flow_id: str,
    *,
    subject: dict[str, str] | None = None,
    kind: Kind = Kind.ANSWER,
    intent: str = "",
) -> Conversation:
    """Begin a flow on its newest revision. A question that was open is parked when this one asks.

    Raises:
        NotFound: no such flow is published.
    """
    book = work.deps.flows
    turn = runner.start(
        book.current(flow_id),
        book=book,
        conversation_id=work.deps.new_id(),
        person_id=person.id,
        world=PersonWorld(work, person, subject=subject or {}, intent=intent),
        now=work.now,
        subject=subject,
    )
    carry_out(work, person, turn, kind=kind)
    return turn.conversation


def answers_question(
    work: Work, person: Person, conversation: Conversation, text: str, reading: Reading
) -> bool:
    """Whether the text is an answer to the question that is open."""
    world = PersonWorld(work, person, subject=conversation.subject)
    return runner.matches(conversation, text, reading, book=work.deps.flows, world=world, now=work.now)


def takes_any_text(work: Work, conversation: Conversation) -> bool:
    """Whether the open question takes whatever is written for its answer."""
    flow = work.deps.flows.get(conversation.flow_id, conversation.revision)
    step = flow.steps.get(conversation.step)
    return isinstance(step, Ask) and step.kind == "text"


def answer_question(
    work: Work, person: Person, conversation: Conversation, text: str, reading: Reading
) -> bool:
    """Give the text to the open question; false when it was not understood (and that was said)."""
    world = PersonWorld(work, person, subject=conversation.subject)
    turn = runner.answer(conversation, text, reading, book=work.deps.flows, world=world, now=work.now)
    carry_out(work, person, turn, kind=Kind.ANSWER)
    return turn.understood


def fire_timer(work: Work, person: Person, conversation: Conversation, *, kind: str, seq: int) -> bool:
    """Tell the conversation that time has passed; false when it has moved on and nothing happens."""
    world = PersonWorld(work, person, subject=conversation.subject)
    turn = runner.time_passed(
        conversation, kind=kind, seq=seq, book=work.deps.flows, world=world, now=work.now
    )
    if turn is None:
        return False
    carry_out(work, person, turn, kind=Kind.FLOW)
    return True


def carry_out(work: Work, person: Person, turn: Turn, *, kind: Kind) -> None:
    """Save the conversation and make its effects happen, in the order the engine gave them."""
    conversation = turn.conversation
    conversations.save(work.conn, conversation, now=work.now)
    sent_at: datetime = work.now
    for effect in turn.effects:
        match effect:
            case SendText(body):
                sent = text_person(
                    work,
                    person,
                    body,
                    kind=kind,
                    conversation_id=conversation.id,
                    appointment_id=conversation.subject.get("appointment"),
                )
                sent_at = max(sent_at, sent.due_at)
            case OpenEscalation(urgency, reason, need):
                escalating.open_escalation(
                    work,
                    person,
                    urgency=Urgency(urgency),
                    reason=reason,
                    need=need,
                    words=work.words,
                    caller_tells=any(isinstance(one, SendText) for one in turn.effects),
                )
            case SetTimer(timer_kind, seq, due_at):
                # A question held back by quiet hours is only asked once it goes out.
                timers.add(
                    work.conn,
                    key=f"conv:{conversation.id}:{seq}:{timer_kind}",
                    kind=timer_kind,
                    person_id=person.id,
                    due_at=due_at + (sent_at - work.now),
                    conversation_id=conversation.id,
                    data={"seq": seq},
                )
            case ReplyToAppointment(appointment_id, reply):
                several = conversation.subject.get("appointments")
                answer_appointments(work, person, several.split(",") if several else [appointment_id], reply)
            case ChangePerson():
                person = change_person(work, person, effect)


def note_understood(work: Work, person: Person) -> Person:
    """Forget earlier texts that were not understood."""
    if person.misses:
        people.change(work.conn, person.id, misses=0)
        return replace(person, misses=0)
    return person


def record(work: Work, kind: str, person: Person, **data: object) -> None:
    """Put one line on the person's record."""
    events.add(work.conn, Event(at=work.now, kind=kind, person_id=person.id, data=dict(data)))
