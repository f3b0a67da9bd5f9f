"""500 texts from 50 people at once: every turn whole, in order per person, none lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

import pytest
import requests

from tests.e2e.running import a_server, all_at_once, load, people_rows, phone, rows
from tests.postgres import Server
from tests.server import GatepostServer
from tests.standin.provider import OURS, StandInProvider
from tests.standin.twiml import Answer, read_answer

# Its servers are started once: all of it runs in one process.
pytestmark = pytest.mark.xdist_group("many_at_once")

PEOPLE = 50
AGAIN = range(60, 80)
KNOWN = [*range(25), *range(60, 70)]  # the others text from numbers that nobody knows
TALK = (
    "nowhere to stay",
    "1",
    "2",
    "im hungry",
    "1",
    "help",
    "7",
    "thanks",
    "the bus was purple",
    "my name is zed",
)


@dataclass
class Hosts:
    """One database, and the servers in front of it."""

    url: str
    servers: list[GatepostServer]
    provider: StandInProvider
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))

    def text(self, session: requests.Session, number: int, turn: int, body: str) -> Answer:
        """One signed text to one of the servers, in turn."""
        server = self.servers[(number + turn) % len(self.servers)]
        sid = f"SM{number:016x}{turn:016x}"
        form = {"MessageSid": sid, "From": phone(number), "To": OURS, "Body": body, "NumMedia": "0"}
        signature = self.provider.signature(f"{server.environ['PUBLIC_URL']}/twilio/sms", form)
        response = session.post(
            f"{server.url}/twilio/sms", data=form, headers={"X-Twilio-Signature": signature}, timeout=60
        )
        answer = read_answer(sid, response.status_code, response.text)
        assert answer.status == 200, answer.raw
        return answer


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "two servers"])
def hosts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, standin: StandInProvider
) -> Iterator[Hosts]:
    folder = tmp_path_factory.mktemp("hosts")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/gatepost.db"
    else:
        server: Server = request.getfixturevalue("postgres")
        url = server.new_database()
    with ExitStack() as stack:
        roles = ("all", "web") if request.param == "two servers" else ("all",)
        servers = [
            stack.enter_context(a_server(folder, standin, role=role, DATABASE_URL=url, SECRET_KEY="k"))
            for role in roles
        ]
        load(servers[0], "people", people_rows(KNOWN, consent="no"))
        yield Hosts(url, servers, standin)


def test_500_texts_from_50_people_are_whole_in_order_and_none_is_lost(hosts: Hosts) -> None:
    def talk(number: int) -> None:
        with requests.Session() as session:
            for turn, body in enumerate(TALK):
                hosts.answers[phone(number)].append(hosts.text(session, number, turn, body))

    all_at_once([partial(talk, number) for number in range(PEOPLE)])

    theirs = {phone(number) for number in range(PEOPLE)}
    received = [row for row in rows(hosts.url, "inbound") if row["address"] in theirs]
    assert len(received) == PEOPLE * len(TALK)
    assert {row["outcome"] for row in received} & {None, "failed", ""} == set()
    of_address = defaultdict(list)
    for row in received:
        of_address[row["address"]].append(row)
    replies = defaultdict(list)
    for row in rows(hosts.url, "outbox"):
        replies[row["reply_to"]].append(row)
    for number in range(PEOPLE):
        mine = of_address[phone(number)]
        assert [row["body"] for row in mine] == list(TALK), "in the order they were sent"
        assert len({row["person_id"] for row in mine}) == 1
        for row, answer in zip(mine, hosts.answers[phone(number)], strict=True):
            assert answer.texts, f"no answer to {row['body']}"
            assert [reply["body"] for reply in replies[row["id"]]] == answer.bodies
            assert {reply["person_id"] for reply in replies[row["id"]]} == {row["person_id"]}
    asking = [row["person_id"] for row in rows(hosts.url, "conversations") if row["is_asking"]]
    assert len(asking) == len(set(asking))
    opened = [
        (row["person_id"], row["need"]) for row in rows(hosts.url, "escalations") if row["status"] != "closed"
    ]
    assert len(opened) == len(set(opened)), "a need of somebody was opened twice"


def test_the_same_text_again_and_again_at_once_has_one_effect_and_one_answer(hosts: Hosts) -> None:
    def text(number: int) -> None:
        with requests.Session() as session:
            hosts.answers[phone(number)].append(hosts.text(session, number, 0, "nowhere to stay"))

    all_at_once([partial(text, number) for number in AGAIN for _ in range(3)])

    mine = {phone(number) for number in AGAIN}
    assert len([row for row in rows(hosts.url, "inbound") if row["address"] in mine]) == len(AGAIN)
    for number in AGAIN:
        first, *others = hosts.answers[phone(number)]
        assert first.texts
        assert [other.texts for other in others] == [first.texts] * 2
    people = {row["address"]: row["person_id"] for row in rows(hosts.url, "numbers")}
    assert len(people) == len(rows(hosts.url, "numbers")), "somebody new became two people"
    asked = [row["person_id"] for row in rows(hosts.url, "escalations") if row["need"] == "housing"]
    assert len(asked) == len(set(asked))
    assert {people[phone(number)] for number in KNOWN if number in AGAIN} <= set(asked)
