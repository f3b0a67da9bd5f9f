"""The benchmarks run: their databases are whole, their client counts, their lines have names."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bench import growth
from bench.__main__ import LINES
from bench.client import webhook
from bench.dialogues import DIALOGUES, in_turn
from bench.figures import Figure, table
from bench.seeds import address_of, id_of, seed_reminders
from bench.town import Towns, midday, open_deps
from bot.store import conversations, numbers, people, reminders
from bot.store.schema import inbound, outbox
from tests.standin.provider import TOKEN

PEOPLE, MESSAGES = 20, 60


@pytest.fixture
def towns(tmp_path: Path) -> Towns:
    return Towns(tmp_path, quiet=True)


def test_every_goal_has_a_line() -> None:
    assert sorted(LINES) == list("abcdefgh")


def test_a_seeded_database_has_the_people_and_their_pasts(towns: Towns) -> None:
    deps = open_deps(towns.new("small", PEOPLE, MESSAGES))

    with deps.store.read() as conn:
        person = people.get(conn, id_of(PEOPLE - 1))
        assert person is not None
        assert person.consent
        assert numbers.owners(conn, address_of(PEOPLE - 1)) == [person]
        latest = conversations.latest(conn, person.id)
        assert latest is not None
        assert latest[0].finished
        count = conn.execute(select(func.count()).select_from(inbound)).scalar_one()
        assert count + conn.execute(select(func.count()).select_from(outbox)).scalar_one() == MESSAGES
    deps.store.close()


def test_seeded_reminders_wait_until_they_are_due(towns: Towns) -> None:
    deps = open_deps(towns.new("small", PEOPLE, 0))
    now = midday()
    seed_reminders(
        deps.store, 5, people_count=PEOPLE, due_at=now, starts_at=now + timedelta(days=1), quiet=True
    )

    def due(at: datetime) -> int:
        with deps.store.begin() as conn:
            found = reminders.take_due(conn, now=at, limit=50)
        return sum(reminder.person_id in {id_of(n) for n in range(PEOPLE)} for reminder in found)

    assert due(now - timedelta(seconds=1)) == 0
    assert due(now) == 5
    deps.store.close()


def test_turns_can_be_compared_over_two_sizes(towns: Towns) -> None:
    (figure,) = growth.thousandfold(towns, few=10, many=20, asked=2)

    assert figure.line == "g"
    assert figure.value > 0


def test_everybody_says_their_texts_in_order() -> None:
    said = list(in_turn(range(30), at_once=7))

    for person in range(30):
        assert tuple(text for who, text in said if who == person) == DIALOGUES[person % len(DIALOGUES)]


def test_a_webhook_is_signed_as_the_provider_signs() -> None:
    from urllib.parse import parse_qsl

    from twilio.request_validator import RequestValidator

    url = "http://127.0.0.1:8000/twilio/sms"

    head, _, body = webhook(url, sid="SM1", sender=address_of(1), body="it's £5 & more").partition(
        b"\r\n\r\n"
    )

    signature = head.decode().partition("X-Twilio-Signature: ")[2].partition("\r\n")[0]
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    assert RequestValidator(TOKEN).validate(url, form, signature)


def test_a_figure_says_whether_its_goal_is_met() -> None:
    short = Figure("b", "p99 of a turn", 51, "ms", 50)
    enough = Figure("a", "whole turns", 0.51, "", 0.5, at_most=False)

    assert (short.is_met, enough.is_met) == (False, True)
    assert "SHORT" in table([short])
