"""Who may move the clock, and how it is asked to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from app import create_app
from bot.deps import Deps
from bot.usecases.clocks import HeldClock
from tests.conftest import FRIDAY


@pytest.fixture
def client(deps: Deps) -> Iterator[FlaskClient]:
    deps.settings = deps.settings.model_copy(update={"clock": FRIDAY.isoformat(), "secret_key": "s"})
    deps.clock = HeldClock(deps.store, FRIDAY)
    with create_app(deps=deps).test_client() as client:
        yield client


def test_the_clock_moves_when_told_from_this_machine(client: FlaskClient) -> None:
    answer = client.post("/dev/clock", json={"advance_seconds": 3600})

    assert (answer.status_code, answer.json) == (200, {"now": "2026-06-05T16:05:00+00:00"})
    assert client.post("/dev/clock", json={"set": "2026-06-05T15:00:00+00:00"}).status_code == 409


@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7", "", "unix:"])
def test_nobody_elsewhere_moves_the_clock(client: FlaskClient, address: str) -> None:
    answer = client.post(
        "/dev/clock", json={"advance_seconds": 1}, environ_overrides={"REMOTE_ADDR": address}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_nobody_moves_the_clock_through_a_proxy_on_this_machine(client: FlaskClient, header: str) -> None:
    answer = client.post("/dev/clock", json={"advance_seconds": 1}, headers={header: "127.0.0.1"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        {}, [], {"set": "2026-06-05T16:00:00"}, {"set": "soon"}, {"advance_seconds": -1},
        {"advance_seconds": 1, "set": "2026-06-06T16:00:00+00:00"}, {"forward": 3},
    ],
)  # fmt: skip
def test_what_is_not_asked_rightly_is_refused_with_the_reason(client: FlaskClient, asked: object) -> None:
    answer = client.post("/dev/clock", json=asked)

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"]


def test_without_a_held_clock_there_is_no_such_address(deps: Deps) -> None:
    deps.settings = deps.settings.model_copy(update={"secret_key": "s"})

    assert create_app(deps=deps).test_client().post("/dev/clock", json={}).status_code == 404
