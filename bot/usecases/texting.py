"""Write a text for the outbox, or record why it may not go. Nothing is sent here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.messages import Channel, DeliveryStatus, Kind, NewMessage, Priority
from bot.domain.people import Person, SafeToText, Worker
from bot.domain.quiet_hours import next_allowed, quiet_hours_of
from bot.store import inbound, numbers, outbox
from bot.usecases.work import Answer, Work

PRIORITY = {
    Kind.DANGER: Priority.DANGER,
    Kind.ANSWER: Priority.ANSWER,
    Kind.RELAY: Priority.ANSWER,
    Kind.PAGE: Priority.PAGE,
    Kind.WARNING: Priority.PAGE,
    Kind.REMINDER: Priority.REMINDER,
    Kind.CHECK_IN: Priority.REMINDER,
    Kind.FLOW: Priority.REMINDER,
}
# What we start ourselves: it needs consent, and quiet hours hold it back.
STARTED_BY_US = frozenset({Kind.REMINDER, Kind.CHECK_IN, Kind.FLOW})

# How long after a person's own message WhatsApp takes words of ours that are no template.
# Source: https://www.twilio.com/docs/whatsapp/key-concepts#the-24-hour-window
WHATSAPP_WINDOW = timedelta(hours=24)


def text_person(
    work: Work,
    person: Person,
    body: str,
    *,
    kind: Kind,
    due_at: datetime | None = None,
    key: str | None = None,
    despite_opt_out: bool = False,
    conversation_id: str | None = None,
    escalation_id: str | None = None,
    appointment_id: str | None = None,
) -> NewMessage:
    """Put one text to a person in the outbox, and give back the row as it was written.

    It answers the inbound text being handled when that came from this person's phone. What may not go is
    written as `refused` with its reason. A text that we start waits for the end of quiet hours.
    Somebody who said texts are not safe only gets answers to their own, in the same turn, and what a worker
    writes. `despite_opt_out` is for the one confirmation of an opt-out.
    """
    answering = work.answering
    is_answer = kind in (Kind.DANGER, Kind.ANSWER) and work.is_answering(person.id)
    if answering is not None and is_answer:
        address: str | None = answering.address
        channel = answering.channel
    else:
        found = _address_of(work, person)
        address, channel = (found, channel_of(found)) if found else (None, Channel.SMS)
    reason = _why_not(person, kind, address, is_answer=is_answer, despite_opt_out=despite_opt_out)
    status, due_at = DeliveryStatus.DUE, due_at or work.now
    if reason is not None:
        status = DeliveryStatus.REFUSED
    elif is_answer:
        status = DeliveryStatus.HANDED_OVER
    elif kind in STARTED_BY_US:
        due_at = next_allowed(quiet_hours_of(person, work.deps.calendar.zone), due_at)
    message = NewMessage(
        address=address or "",
        body=body,
        kind=kind,
        priority=PRIORITY[kind],
        due_at=due_at,
        status=status,
        reason=reason,
        person_id=person.id,
        channel=channel,
        key=key,
        reply_to=answering.inbound_id if answering is not None and is_answer else None,
        via_twiml=is_answer and reason is None,
        conversation_id=conversation_id,
        escalation_id=escalation_id,
        appointment_id=appointment_id,
    )
    _write(work, message)
    return message


def text_worker(
    work: Work,
    worker: Worker,
    body: str,
    *,
    kind: Kind = Kind.PAGE,
    key: str | None = None,
    escalation_id: str | None = None,
    person_id: str | None = None,
    priority: Priority | None = None,
) -> int | None:
    """Put one text to a worker in the outbox and give its id, none when `key` was there before.

    It answers the inbound text being handled when that came from this worker. A worker who opted out gets
    nothing: the row is `refused`, and whoever pages them moves on.
    """
    answering = work.answering
    is_answer = kind is Kind.ANSWER and work.is_answering(worker.id)
    message = NewMessage(
        address=answering.address if answering is not None and is_answer else worker.phone,
        body=body,
        kind=kind,
        priority=PRIORITY[kind] if priority is None else priority,
        due_at=work.now,
        worker_id=worker.id,
        person_id=person_id,
        channel=answering.channel if answering is not None and is_answer else Channel.SMS,
        key=key,
        reply_to=answering.inbound_id if answering is not None and is_answer else None,
        via_twiml=is_answer,
        escalation_id=escalation_id,
    )
    if worker.opted_out_at is not None:
        message = replace(message, status=DeliveryStatus.REFUSED, reason="opted_out", via_twiml=False)
    elif is_answer:
        message = replace(message, status=DeliveryStatus.HANDED_OVER)
    return _write(work, message)


def flavour_of(person: Person) -> str | None:
    """The variant of texts for this person: `discreet` unless they said open texts are fine."""
    return "discreet" if person.is_discreet else None


def phrase(work: Work, name: str, person: Person | None = None, **values: object) -> str:
    """A text of the phrasebook, in the person's language and variant."""
    phrases = work.deps.phrases
    if person is None:
        return phrases.render(name, values)
    values = {"first_name": person.first_name, **values}
    return phrases.render(name, values, language=person.language, flavour=flavour_of(person))


def channel_of(address: str) -> Channel:
    """The channel an address belongs to."""
    return Channel.WHATSAPP if address.startswith("whatsapp:") else Channel.SMS


def _address_of(work: Work, person: Person) -> str | None:
    """Where a text that is no answer goes: WhatsApp only takes one within a day of theirs, else it is a text."""
    address = numbers.current_address(work.conn, person.id)
    if address is None or channel_of(address) is not Channel.WHATSAPP:
        return address
    if inbound.has_written(work.conn, address, since=work.now - WHATSAPP_WINDOW):
        return address
    known = numbers.history(work.conn, person.id)
    texts = [one for one in known if one.until_at is None and channel_of(one.address) is Channel.SMS]
    good = [one.address for one in texts if not one.is_bad]
    if good:
        return good[-1]
    return address if texts else address.removeprefix("whatsapp:")


def _write(work: Work, message: NewMessage) -> int | None:
    outbox_id = outbox.add(work.conn, message, now=work.now)
    if outbox_id is not None and message.via_twiml:
        work.answers.append(Answer(outbox_id, message.body))
    return outbox_id


def _why_not(
    person: Person, kind: Kind, address: str | None, *, is_answer: bool, despite_opt_out: bool
) -> str | None:
    if person.is_opted_out and not despite_opt_out:
        return "opted_out"
    if not address:
        return "no_number"
    if kind in STARTED_BY_US and not person.consent:
        return "no_consent"
    if person.safe_to_text is SafeToText.NO and not is_answer and kind is not Kind.RELAY:
        return "not_safe_to_text"
    return None
