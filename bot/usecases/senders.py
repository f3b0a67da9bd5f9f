"""Who a text is from: a worker, a person, several people on one phone, a former number, or nobody we know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.calendar import NATIONAL
from bot.domain.messages import DeliveryStatus, InboundText, Kind, NewMessage, Priority
from bot.domain.people import Person, Worker
from bot.domain.phone_numbers import can_be_texted
from bot.store import inbound, numbers, outbox, people, person_areas, workers
from bot.usecases.texting import phrase
from bot.usecases.work import Answer, Work

# For how long the one of several who wrote last from a shared phone is taken to be writing still.
SAME_SPEAKER = timedelta(hours=1)
# A sender that can't be answered is told so once in this time: robots answer robots.
TOLD_ONCE = timedelta(days=1)


@dataclass(frozen=True)
class Sender:
    """Exactly one of `worker` and `person` is set. `sharing`: the people on a shared phone, when it is not
    clear which of them writes; `person` is then the likeliest. `waiting`: an earlier text of theirs that
    we could not give to anybody until now."""

    worker: Worker | None = None
    person: Person | None = None
    sharing: tuple[Person, ...] = ()
    waiting: str | None = None

    @property
    def id(self) -> str | None:
        found = self.worker or self.person
        return found.id if found else None


def bare(address: str) -> str:
    """The number inside an address: `whatsapp:+44…` is +44…."""
    return address.removeprefix("whatsapp:")


def answer_without_a_way_back(work: Work, text: InboundText, inbound_id: int) -> list[Answer] | None:
    """What to answer a sender that can't be texted back (withheld, alphanumeric, short code); none for others.

    The provider drops an answer that can't go; where it does go (a short code) it goes once a day.
    """
    if can_be_texted(bare(text.address)):
        return None
    inbound.settle(work.conn, inbound_id, outcome="no_way_back")
    last = outbox.last_to(work.conn, text.address)
    if last is not None and work.now - last < TOLD_ONCE:
        return []
    body = phrase(work, "turn.no_way_back")
    message = NewMessage(
        address=text.address, body=body, kind=Kind.ANSWER, priority=Priority.ANSWER, due_at=work.now,
        reply_to=inbound_id, via_twiml=True, status=DeliveryStatus.HANDED_OVER, channel=text.channel,
    )  # fmt: skip
    outbox_id = outbox.add(work.conn, message, now=work.now)
    return [Answer(outbox_id, body)] if outbox_id is not None else []


def recognise(work: Work, text: InboundText) -> Sender:
    """Who it is from. Somebody nobody knows becomes a person of their own, of whom nothing is said.

    The row of the person is locked, so that turns and timers of one person come one after the other.
    """
    number = bare(text.address)
    worker = workers.by_phone(work.conn, number)
    if worker is not None:
        return Sender(worker=worker)
    owners = numbers.owners(work.conn, text.address)
    if not owners:
        owners = _on_the_other_channel(work, text.address)
        for owner in owners:
            numbers.link(work.conn, owner.id, text.address, now=work.now)
    if not owners:
        return Sender(person=_newcomer(work, text))
    if len(owners) == 1:
        return Sender(person=people.held(work.conn, owners[0]))
    return _one_of(work, text, owners)


def _on_the_other_channel(work: Work, address: str) -> list[Person]:
    """Who has the same phone on the other channel, and never gave this one up."""
    number = bare(address)
    gave_up = {person.id for person in numbers.former_owners(work.conn, address)}
    found = numbers.owners(work.conn, number if number != address else f"whatsapp:{number}")
    return [person for person in found if person.id not in gave_up]


def _newcomer(work: Work, text: InboundText) -> Person:
    person = Person(
        id=work.deps.new_id(), external_id=None, first_name="", last_name="",
        area=NATIONAL, is_known=False, created_at=work.now,
    )  # fmt: skip
    people.add(work.conn, person, now=work.now)
    person_areas.move(work.conn, person.id, person.area, now=work.now)
    numbers.link(work.conn, person.id, text.address, now=work.now)
    return person


def _one_of(work: Work, text: InboundText, owners: list[Person]) -> Sender:
    """The one of several people on a phone who says their name, or who wrote a moment ago.

    When it is not clear who writes, it is taken to be somebody who wants texts, if anybody there does: that
    another one stopped them must not leave this one without an answer.
    """
    said = text.body.strip().casefold().strip(".!, ")
    named = [
        p
        for p in owners
        if p.first_name and said in (p.first_name.casefold(), f"its {p.first_name.casefold()}")
    ]
    if len(named) == 1:
        person = people.held(work.conn, named[0])
        return Sender(
            person=person, waiting=inbound.waiting(work.conn, text.address, since=work.now - SAME_SPEAKER)
        )
    times: list[tuple[datetime, Person]] = []
    for owner in owners:
        at = inbound.last_from(work.conn, owner.id)
        if at is not None:
            times.append((at, owner))
    times.sort(key=lambda pair: pair[0], reverse=True)
    if times and work.now - times[0][0] < SAME_SPEAKER:
        return Sender(person=people.held(work.conn, times[0][1]))
    in_order = [person for _, person in times] + [p for p in owners if p.id not in {q.id for _, q in times}]
    likeliest = next((p for p in in_order if not p.is_opted_out), in_order[0])
    return Sender(person=people.held(work.conn, likeliest), sharing=tuple(owners))


def settled(sender: Sender) -> Sender:
    """The same sender, now that it is clear who writes."""
    return replace(sender, sharing=(), waiting=None)
