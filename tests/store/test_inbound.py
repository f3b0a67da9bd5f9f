"""Texts that came in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from bot.domain.messages import Channel, DeliveryStatus, Kind, NewMessage, Priority
from bot.store import inbound, outbox
from tests.store.rows import NOON, PHONE, a_person, a_text

MINUTE = timedelta(minutes=1)


def an_answer(body: str, *, reply_to: int | None, via_twiml: bool = True) -> NewMessage:
    return NewMessage(
        address=PHONE, body=body, kind=Kind.ANSWER, priority=Priority.ANSWER, due_at=NOON,
        reply_to=reply_to, via_twiml=via_twiml, status=DeliveryStatus.HANDED_OVER,
    )  # fmt: skip


def test_the_same_provider_id_is_kept_once(conn):
    text = a_text("hi")

    assert inbound.add(conn, text, now=NOON) is not None
    assert inbound.add(conn, text, now=NOON) is None
    assert inbound.add(conn, replace(text, body="hi again"), now=NOON) is None


def test_the_same_text_twice_at_once_is_kept_once(store):
    text = a_text("hi")

    def receive(_: int) -> int | None:
        with store.begin() as conn:
            return inbound.add(conn, text, now=NOON)

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(receive, range(16)))

    assert len([one for one in ids if one is not None]) == 1


def test_a_text_whose_transaction_was_undone_may_come_again(store):
    text = a_text("hi")
    try:
        with store.begin() as conn:
            inbound.add(conn, text, now=NOON)
            raise ConnectionAbortedError
    except ConnectionAbortedError:
        pass

    with store.begin() as conn:
        assert inbound.add(conn, text, now=NOON) is not None


def test_a_repeat_gets_the_stored_answers_in_order(conn):
    text, other = a_text("hi"), a_text("hello")
    row, other_row = inbound.add(conn, text, now=NOON), inbound.add(conn, other, now=NOON)
    for message in (
        an_answer("One.", reply_to=row),
        an_answer("Not this.", reply_to=other_row),
        an_answer("Nor this, which goes by the provider.", reply_to=row, via_twiml=False),
        an_answer("Two.", reply_to=row),
    ):
        outbox.add(conn, message, now=NOON)

    assert inbound.answers(conn, text.provider_id) == ["One.", "Two."]
    assert inbound.answers(conn, "SM-unknown") == []


def test_what_was_made_of_a_text_is_kept_with_who_sent_it(conn):
    a_person(conn)
    row = inbound.add(conn, replace(a_text("hi"), channel=Channel.WHATSAPP, media_count=2), now=NOON)

    inbound.settle(conn, row, person_id="amina", outcome="danger")
    inbound.settle(conn, row, outcome="danger, relayed")

    (kept,) = inbound.of_person(conn, "amina", since=NOON)
    assert (kept.id, kept.body, kept.channel, kept.media_count) == (row, "hi", Channel.WHATSAPP, 2)
    assert (kept.received_at, kept.outcome) == (NOON, "danger, relayed")


def test_the_last_text_of_a_person_is_the_newest_one_of_theirs(conn):
    a_person(conn)
    a_person(conn, "sam")
    assert inbound.last_from(conn, "amina") is None

    for minutes, sender in ((5, "amina"), (3, "amina"), (9, "sam")):
        row = inbound.add(conn, a_text(), now=NOON + minutes * MINUTE)
        inbound.settle(conn, row, person_id=sender, outcome="answer:help")

    assert inbound.last_from(conn, "amina") == NOON + 5 * MINUTE


def test_a_persons_texts_come_earliest_first_from_the_instant_asked_for(conn):
    a_person(conn)
    for minutes in (5, 3, 1):
        row = inbound.add(conn, a_text(f"after {minutes}"), now=NOON + minutes * MINUTE)
        inbound.settle(conn, row, person_id="amina", outcome="answer:help")

    found = inbound.of_person(conn, "amina", since=NOON + 3 * MINUTE)

    assert [text.body for text in found] == ["after 3", "after 5"]


def test_every_odd_sender_and_body_is_kept_as_it_came(conn):
    a_person(conn)
    odd = [
        ("", ""),
        ("60006", "x" * 1600),
        ("ExampleBank", "🙂\u200d\u202e ﷽"),
        ("whatsapp:+447700900001", "\r\n\t"),
    ]
    for address, body in odd:
        row = inbound.add(conn, a_text(body, address=address), now=NOON)
        inbound.settle(conn, row, person_id="amina", outcome="other")

    assert [(text.address, text.body) for text in inbound.of_person(conn, "amina", since=NOON)] == odd
