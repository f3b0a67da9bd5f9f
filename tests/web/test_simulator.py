"""The phones on a page: what its addresses answer, and that they are there only in place of a provider."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from bot.deps import Deps
from bot.domain.messages import Kind
from bot.domain.people import Person
from bot.usecases.clocks import HeldClock
from bot.usecases.demo import load_demo
from bot.usecases.texting import text_person
from bot.usecases.work import Work
from bot.web.simulator import MOVES, next_moment
from tests.builders import AMINA, LEE, SAM, Town
from tests.conftest import FRIDAY

STRANGER = "+447700900555"


@pytest.fixture
def town(deps: Deps) -> Town:
    deps.settings = deps.settings.model_copy(update={"secret_key": "s"})
    return Town(deps)


@pytest.fixture
def amina(town: Town) -> Person:
    return town.person()


@pytest.fixture
def client(town: Town) -> Iterator[FlaskClient]:
    with create_app(deps=town.deps).test_client() as client:
        yield client


def state(client: FlaskClient) -> dict[str, Any]:
    found = client.get("/simulator/state").get_json()
    assert isinstance(found, dict)
    return found


def phone(found: dict[str, Any], address: str) -> dict[str, Any]:
    [one] = [phone for phone in found["phones"] if phone["address"] == address]
    return dict(one)


def texts(found: dict[str, Any], address: str) -> list[str]:
    return [line["body"] for line in phone(found, address)["lines"]]


def send(client: FlaskClient, address: str, body: str) -> dict[str, Any]:
    response = client.post("/simulator/texts", json={"address": address, "body": body})
    assert response.status_code == 200, response.text
    return dict(response.get_json())


def test_the_front_page_leads_to_the_phones(client: FlaskClient) -> None:
    assert client.get("/").location == "/simulator"
    assert "Try it in two minutes" in client.get("/simulator").text


def test_the_page_loads_and_runs_only_what_is_ours(client: FlaskClient) -> None:
    page = client.get("/simulator")

    rules = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in rules
    assert "frame-ancestors 'none'" in rules
    assert "unsafe" not in rules
    assert " style=" not in page.text
    assert "<script>" not in page.text


def test_with_a_real_provider_there_is_no_simulator(deps: Deps) -> None:
    live = {"twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_from": AMINA, "secret_key": "s"}
    deps.settings = deps.settings.model_copy(update=live)
    with create_app(deps=deps).test_client() as client:
        assert client.get("/simulator").status_code == 404
        assert client.get("/simulator/state").status_code == 404
        for path in ("texts", "phones", "clock"):
            assert client.post(f"/simulator/{path}", json={}).status_code == 404


@pytest.mark.parametrize("path", ["texts", "phones", "clock"])
def test_only_json_changes_anything(client: FlaskClient, amina: Person, path: str) -> None:
    form = {"address": AMINA, "body": "hello", "to": "hour"}
    before = client.get("/simulator/state").data

    for response in (
        client.post(f"/simulator/{path}", data=form),
        client.post(f"/simulator/{path}", data='{"address": "x"}', content_type="text/plain"),
        client.post(f"/simulator/{path}", data="{", content_type="application/json"),
        client.post(f"/simulator/{path}", json=["address"]),
    ):
        assert response.status_code == 415
        assert response.get_json()["error"]
    assert client.get("/simulator/state").data == before


def test_a_text_from_a_phone_is_answered_on_it(client: FlaskClient, amina: Person) -> None:
    found = send(client, AMINA, "hello")

    mine, *answers = phone(found, AMINA)["lines"]
    assert (mine["fromUs"], mine["body"], mine["time"], mine["about"]) == (False, "hello", "4:05pm", [])
    assert answers
    assert all(line["fromUs"] for line in answers)
    assert answers[0]["about"] == ["delivered", "1 part"]


def test_a_page_is_on_the_workers_phone_with_the_answer(
    client: FlaskClient, town: Town, amina: Person
) -> None:
    town.worker()

    found = send(client, AMINA, "nowhere to stay")

    [page] = texts(found, SAM)
    offer = found["steps"]["offer"]
    assert offer["address"] == SAM
    assert offer["code"] in page
    assert found["escalations"][0]["state"] == "Sam has been paged"
    assert phone(found, SAM)["about"] == "Worker, on call"


def test_taking_and_closing_move_the_guide_on(client: FlaskClient, town: Town, amina: Person) -> None:
    town.worker()
    code = send(client, AMINA, "nowhere to stay")["steps"]["offer"]["code"]

    taken = send(client, SAM, code)
    assert taken["steps"]["done"] == [False, True, True, False, False]
    assert taken["escalations"][0]["look"] == "taken"
    assert "can you meet me" in " ".join(texts(send(client, AMINA, "can you meet me"), SAM))

    closed = send(client, SAM, f"{code} done")
    assert closed["steps"]["done"] == [False, True, True, True, False]
    assert closed["steps"]["offer"] is None
    assert closed["escalations"] == []


def test_what_nobody_takes_is_red(client: FlaskClient, town: Town, amina: Person) -> None:
    town.deps.clock = HeldClock(town.deps.store, FRIDAY)
    town.worker()
    send(client, AMINA, "nowhere to stay")

    found = client.post("/simulator/clock", json={"to": "hour"}).get_json()

    assert found["escalations"][0]["look"] == "red"


def test_the_same_words_over_and_over_are_one_line(client: FlaskClient, town: Town, amina: Person) -> None:
    town.deps.clock = HeldClock(town.deps.store, FRIDAY)
    town.worker()
    send(client, AMINA, "nowhere to stay")

    found = client.post("/simulator/clock", json={"to": "tonight"}).get_json()

    [line] = phone(found, SAM)["lines"]
    assert "times, last Friday" in line["about"][0]


def test_texts_of_one_instant_stand_in_the_order_in_which_they_came(
    client: FlaskClient, town: Town, amina: Person
) -> None:
    town.worker()
    code = send(client, AMINA, "nowhere to stay")["steps"]["offer"]["code"]
    send(client, SAM, code)
    for sender, words in ((AMINA, "are you near"), (AMINA, "ok"), (SAM, "two minutes"), (AMINA, "thanks")):
        found = send(client, sender, words)

    told = [line["body"] for line in phone(found, SAM)["lines"]]
    assert told[0].startswith("TODAY")
    assert told[1] == code
    assert [body for body in told if body.startswith(f"{code} Amina:")][-1] == told[-1]
    theirs = [
        body for body in texts(found, AMINA) if body in ("are you near", "ok", "two minutes - Sam", "thanks")
    ]
    assert theirs == ["are you near", "ok", "two minutes - Sam", "thanks"]


def test_stop_shows_that_the_network_answers(client: FlaskClient, amina: Person) -> None:
    found = phone(send(client, AMINA, "STOP"), AMINA)

    [line] = found["lines"]
    assert "network answers STOP itself" in line["note"]
    assert found["stopped"] is True
    assert "START itself" in phone(send(client, AMINA, "start"), AMINA)["lines"][1]["note"]


def test_words_of_ones_own_to_stop_are_answered_by_us(client: FlaskClient, amina: Person) -> None:
    lines = phone(send(client, AMINA, "stop texting me"), AMINA)["lines"]

    assert lines[0]["note"] == ""
    assert lines[1]["fromUs"]


def test_what_may_not_be_sent_says_why(client: FlaskClient, town: Town) -> None:
    ben = town.person("+447700900102", "Ben", opted_out_at=town.now)
    with town.deps.store.begin() as conn:
        text_person(Work(town.deps, conn, town.now), ben, "Hello", kind=Kind.REMINDER)

    [line] = phone(state(client), "+447700900102")["lines"]
    assert line["about"][0] == "not sent: they asked for no texts"
    assert line["look"] == "held"


def test_a_phone_that_is_added_can_text_us(client: FlaskClient) -> None:
    response = client.post("/simulator/phones", json={"address": "07700 900555", "label": "  Me  "})

    added = phone(response.get_json(), STRANGER)
    assert (added["label"], added["number"], added["about"]) == (
        "Me",
        "07700 900555",
        "Added by you, not on record",
    )
    assert texts(send(client, STRANGER, "hello"), STRANGER)[1:]


def test_a_phone_on_record_is_shown_as_its_owners(client: FlaskClient, town: Town) -> None:
    for number in range(101, 106):
        town.person(f"+447700900{number}", f"Person {number}")

    client.post("/simulator/phones", json={"address": "07700 900105", "label": "Me"})

    found = state(client)
    assert phone(found, "+447700900105")["label"] == "Person 105"
    assert len(found["phones"]) == 4


@pytest.mark.parametrize(
    ("number", "said"),
    [("", "Type a number first."), ("0770", "too short"), ("hello", "not a phone number"),
     ("999", "can't get texts"), (None, "Type a number"), (7, "too short")],
)  # fmt: skip
def test_a_number_that_is_none_is_refused_in_words(client: FlaskClient, number: object, said: str) -> None:
    for path in ("phones", "texts"):
        response = client.post(f"/simulator/{path}", json={"address": number, "body": "x"})
        assert response.status_code == 422
        assert said in response.get_json()["error"]


def test_nothing_new_costs_no_body(client: FlaskClient, amina: Person) -> None:
    first = client.get("/simulator/state")
    tag = first.headers["ETag"]

    same = client.get("/simulator/state", headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")

    assert send(client, AMINA, "hello")
    changed = client.get("/simulator/state", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_what_an_act_answers_has_the_tag_of_how_things_stand(client: FlaskClient, amina: Person) -> None:
    tag = client.post("/simulator/texts", json={"address": AMINA, "body": "hello"}).headers["ETag"]

    assert client.get("/simulator/state", headers={"If-None-Match": tag}).status_code == 304


def test_every_move_of_the_clock_goes_forward_to_its_wall_time(deps: Deps) -> None:
    for name, (wall, weekday) in MOVES.items():
        for hours in range(0, 24 * 8, 5):
            now = FRIDAY + timedelta(hours=hours)
            to = next_moment(deps, name, now=now)
            local = deps.calendar.local(to)
            assert now < to <= now + timedelta(days=8)
            assert local.time() == wall
            assert weekday in (None, local.weekday())
    assert next_moment(deps, "hour", now=FRIDAY) == FRIDAY + timedelta(hours=1)


def test_a_weekend_goes_by_and_the_days_after_are_there(client: FlaskClient, town: Town) -> None:
    town.deps.clock = HeldClock(town.deps.store, FRIDAY - timedelta(minutes=5))
    load_demo(town.deps, now=town.now)

    found = client.post("/simulator/clock", json={"to": "friday"}).get_json()
    assert found["now"] == {"day": "Friday 5 June", "time": "4:05pm"}
    assert any("open now" in text for text in texts(found, AMINA))
    assert found["steps"]["done"][0] is True

    found = client.post("/simulator/clock", json={"to": "monday"}).get_json()
    assert found["now"] == {"day": "Monday 8 June", "time": "9am"}
    assert any("How are you doing" in text for text in texts(found, AMINA))
    assert any("Hand-over" in text for text in [*texts(found, SAM), *texts(found, LEE)])


@pytest.mark.parametrize("to", ["", "yesterday", 7, None])
def test_the_clock_goes_nowhere_else(client: FlaskClient, to: object) -> None:
    response = client.post("/simulator/clock", json={"to": to})

    assert response.status_code == 400
    assert "hour" in response.get_json()["error"]


def test_a_real_clock_is_not_moved(client: FlaskClient) -> None:
    assert client.post("/simulator/clock", json={"to": "hour"}).status_code == 409


def test_what_comes_next_is_said_in_words_earliest_first(
    client: FlaskClient, town: Town, amina: Person
) -> None:
    town.appointment(amina)
    load_demo(town.deps, now=town.now)

    coming = state(client)["coming"]
    assert 0 < len(coming) <= 5
    assert all(one["when"][0].isupper() and "_" not in one["what"] for one in coming)
