"""Takes a conversation from one question or wait to the next. It decides; it never sends.

One turn runs steps until a question, a wait or the end. A turn that reaches a limit is undone whole: nothing
of it is said or changed, the conversation ends where it stood, a human is fetched and the person is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.reading import Reading
from bot.engine.answers import read_answer
from bot.engine.book import FlowBook
from bot.engine.conversation import Conversation, Turn
from bot.engine.definition import Ask, Exit, Flow, Wait
from bot.engine.effects import OpenEscalation, SendText
from bot.engine.exits import NO_REPLY, NOT_UNDERSTOOD, TOO_MANY_TRIES
from bot.engine.texts import choose
from bot.engine.walk import LimitReached, Walk
from bot.engine.world import World
from bot.errors import NotFound

__all__ = ["TRIES", "World", "answer", "matches", "start", "time_passed"]

TRIES = 3


def start(
    flow: Flow,
    *,
    book: FlowBook,
    conversation_id: str,
    person_id: str,
    world: World,
    now: datetime,
    subject: dict[str, str] | None = None,
) -> Turn:
    """The first turn of a new conversation. `subject` is what it is about; its values win in texts."""
    begun = Conversation(
        id=conversation_id, person_id=person_id, flow_id=flow.id, revision=flow.revision, step=flow.start,
        subject=dict(subject or {}),
    )  # fmt: skip
    walk = Walk(begun, flow, book=book, world=world, now=now)
    try:
        walk.go(flow.start)
    except LimitReached as limit:
        return _fetch_human(begun, limit, book=book, world=world)
    return walk.turn()


def answer(
    conversation: Conversation, text: str, reading: Reading, *, book: FlowBook, world: World, now: datetime
) -> Turn:
    """What a reply to the open question leads to. `understood` says whether it answered.

    A reply that is not understood leaves the question open and says so; with the third it takes the exit
    `too_many_tries`. Saying so asks the question again: silence is counted afresh from that text, under a
    new `seq`, so that nobody who did write is treated as silent.
    """
    try:
        flow, ask = _question(conversation, book)
    except LimitReached as limit:
        return _fetch_human(conversation, limit, book=book, world=world)
    if ask is None or not conversation.asking:
        return Turn(conversation, understood=False)
    walk = Walk(conversation, flow, book=book, world=world, now=now)
    found = read_answer(ask, text, reading, today=world.local(now).date())
    try:
        if found is not None:
            walk.take(found.exit)
            walk.keep(ask.save or conversation.step, found.value)
            walk.go(found.go)
        elif conversation.tries + 1 < TRIES:
            walk.take(NOT_UNDERSTOOD)
            walk.say(ask.not_understood)
            walk.ask_again(ask, tries=conversation.tries + 1)
        else:
            _leave(walk, TOO_MANY_TRIES, ask.too_many_tries)
    except LimitReached as limit:
        return _fetch_human(conversation, limit, book=book, world=world, understood=found is not None)
    return walk.turn(understood=found is not None)


def matches(
    conversation: Conversation, text: str, reading: Reading, *, book: FlowBook, world: World, now: datetime
) -> bool:
    """Whether a text answers the question this conversation stands at, open or overtaken."""
    try:
        _, ask = _question(conversation, book)
    except LimitReached:
        return False
    return ask is not None and read_answer(ask, text, reading, today=world.local(now).date()) is not None


def time_passed(
    conversation: Conversation,
    *,
    kind: str,
    seq: int,
    book: FlowBook,
    world: World,
    now: datetime,
) -> Turn | None:
    """What a timer leads to; none when it is late, because the conversation has gone on since it was set.

    `kind` is that of the `SetTimer`: `no_reply` or `wait`.
    A question that was overtaken by a newer one still has its `no_reply`, but says nothing then: the person
    has another question before them.
    """
    if conversation.finished or conversation.seq != seq:
        return None
    try:
        flow = _flow(conversation, book)
        step = flow.steps.get(conversation.step)
        walk = Walk(conversation, flow, book=book, world=world, now=now)
        if kind == "no_reply" and isinstance(step, Ask):
            _leave(walk, NO_REPLY, step.no_reply, quietly=not conversation.asking)
        elif kind == "wait" and isinstance(step, Wait):
            walk.take("passed")
            walk.go(step.go)
        else:
            return None
    except LimitReached as limit:
        return _fetch_human(conversation, limit, book=book, world=world)
    return walk.turn()


def _leave(walk: Walk, name: str, way: Exit, *, quietly: bool = False) -> None:
    walk.take(name)
    if way.say is not None and not quietly:
        walk.say(way.say)
    walk.go(way.go)


def _flow(conversation: Conversation, book: FlowBook) -> Flow:
    try:
        return book.get(conversation.flow_id, conversation.revision)
    except NotFound as error:
        raise LimitReached("flow_missing") from error


def _question(conversation: Conversation, book: FlowBook) -> tuple[Flow, Ask | None]:
    flow = _flow(conversation, book)
    step = flow.steps.get(conversation.step)
    return flow, step if isinstance(step, Ask) and not conversation.finished else None


def _fetch_human(
    conversation: Conversation, limit: LimitReached, *, book: FlowBook, world: World, understood: bool = True
) -> Turn:
    """The turn undone, its question closed, and somebody asked to look."""
    entry = f"{conversation.flow_id}.{conversation.step}>limit:{limit.reason}"
    ended = replace(conversation, asking=False, finished=True, stack=()).noted(entry)
    told = choose(book.human_asked, language=world.language, flavour=world.flavour)
    effects = (OpenEscalation("today", limit.reason), SendText(told))
    return Turn(ended, effects, understood=understood, trail=(entry,))
