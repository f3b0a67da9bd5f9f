"""The append-only record."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.escalations import Event
from bot.store import events
from tests.store.rows import NOON

MINUTE = timedelta(minutes=1)


def test_what_happened_to_a_person_comes_earliest_first(conn):
    later = Event(NOON + MINUTE, "opted_in", person_id="amina", data={"source": "START"})
    first = Event(NOON, "opted_out", person_id="amina", worker_id="lee", data={"source": "STOP", "n": 1})
    for event in (later, first, Event(NOON, "opted_out", person_id="sam")):
        events.add(conn, event)

    assert events.of_person(conn, "amina") == [first, later]


def test_two_events_of_one_instant_keep_the_order_they_were_written_in(conn):
    pair = [Event(NOON, kind, person_id="amina", escalation_id="e1") for kind in ("paged", "taken")]
    for event in pair:
        events.add(conn, event)

    assert events.of_person(conn, "amina") == pair
    assert events.of_escalation(conn, "e1") == pair
