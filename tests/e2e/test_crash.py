"""The power goes in the middle of sending: nothing is lost and nothing is said twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.e2e.running import load, people_rows, phone, rows, settings_of, soon
from tests.postgres import Server
from tests.server import GatepostServer
from tests.standin.provider import StandInProvider

MONDAY_NOON = "2026-06-08T11:00:00+00:00"
PEOPLE = 80


@pytest.fixture
def provider() -> Iterator[StandInProvider]:
    with StandInProvider() as provider:
        yield provider


@pytest.fixture(params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path: Path, provider: StandInProvider
) -> Iterator[GatepostServer]:
    more = {"CLOCK": MONDAY_NOON}
    if request.param == "postgresql":
        postgres: Server = request.getfixturevalue("postgres")
        more |= {"DATABASE_URL": postgres.new_database(), "SECRET_KEY": "k"}
    with GatepostServer(tmp_path, **settings_of(provider, **more)) as server:
        yield server


def welcomed(provider: StandInProvider) -> Counter[str]:
    """How many welcome texts each phone has got."""
    return Counter(made.to for made in provider.messages if "Gatepost here" in made.body)


def test_killed_in_the_middle_of_sending_everybody_gets_each_text_once(
    server: GatepostServer, provider: StandInProvider
) -> None:
    provider.delay = 0.2  # each call takes that long, so many are under way at any moment
    load(server, "people", people_rows(range(PEOPLE)))
    sending = threading.Thread(target=move_on, args=(server,), daemon=True)
    sending.start()
    soon(lambda: len(provider.messages) >= 10, "the first texts")

    server.kill()

    sending.join(60)
    at_the_end = welcomed(provider)
    assert 10 <= at_the_end.total() < PEOPLE, "it was not killed in the middle"
    provider.delay = 0
    server.start()
    for _ in range(3):
        server.move_clock(advance_seconds=61)

    assert welcomed(provider) == {phone(number): 1 for number in range(PEOPLE)}
    texts = [row for row in rows(server.environ["DATABASE_URL"], "outbox") if row["person_id"]]
    assert len({row["provider_id"] for row in texts}) == PEOPLE
    assert {row["status"] for row in texts} == {"accepted"}


def test_a_text_that_was_answered_and_never_heard_of_gets_its_answer_again(
    server: GatepostServer, provider: StandInProvider
) -> None:
    """The server dies after it has answered; the provider never got it and asks again."""
    load(server, "people", people_rows(range(1), consent="no"))
    form = {"MessageSid": "SMcut", "From": phone(0), "To": "+447700900000", "Body": "help", "NumMedia": "0"}
    url = f"{server.url}/twilio/sms"
    first = provider.call_webhook(url, form).text

    server.kill()
    server.start()

    assert provider.call_webhook(url, form).text == first
    assert len(rows(server.environ["DATABASE_URL"], "inbound")) == 1


def move_on(server: GatepostServer) -> None:
    """Move the clock a second, as long as there is somebody to answer."""
    try:
        requests.post(f"{server.url}/dev/clock", json={"advance_seconds": 1}, timeout=60)
    except requests.RequestException:
        return
