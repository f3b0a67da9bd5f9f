"""What is said to whoever watches the service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from app import create_app
from bot.deps import Deps, real_now
from bot.store import heartbeats
from bot.store.migrate import refuse_other_schema


@pytest.fixture
def client(deps: Deps) -> Iterator[FlaskClient]:
    deps.settings = deps.settings.model_copy(
        update={"secret_key": "s", "twilio_account_sid": "AC1", "twilio_auth_token": "t"}
    )
    with create_app(deps=deps).test_client() as client:
        yield client


def beat(deps: Deps, host: str, *, seconds_ago: float) -> None:
    with deps.store.begin() as conn:
        heartbeats.beat(conn, host, "worker", now=real_now() - timedelta(seconds=seconds_ago))


def test_one_host_that_ticks_is_enough_and_a_dead_one_does_no_harm(deps: Deps, client: FlaskClient) -> None:
    assert client.get("/health").status_code == 503
    beat(deps, "dead", seconds_ago=86_400)
    answer = client.get("/health")
    assert (answer.status_code, answer.json) == (
        503, {"status": "down", "reason": "scheduler: no tick within a minute"}
    )  # fmt: skip

    beat(deps, "alive", seconds_ago=10)
    assert client.get("/health").status_code == 200


def test_a_database_that_does_not_answer_is_said(deps: Deps, client: FlaskClient) -> None:
    beat(deps, "alive", seconds_ago=1)
    with deps.store.begin() as conn:
        conn.execute(text("DROP TABLE heartbeats"))

    answer = client.get("/health")

    assert answer.status_code == 503
    assert answer.json == {"status": "down", "reason": "database: OperationalError"}


def test_a_host_of_an_old_release_is_down_and_sends_the_provider_to_the_fallback(
    deps: Deps, client: FlaskClient
) -> None:
    beat(deps, "new", seconds_ago=1)
    with deps.store.begin() as conn:
        conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        conn.execute(text("INSERT INTO alembic_version VALUES ('0999')"))
    deps.store.guard = refuse_other_schema

    answer = client.get("/health")
    assert answer.status_code == 503
    assert "0999" in answer.text
    form = {"MessageSid": "SM1", "From": "+447700900101", "Body": "food"}
    url = f"{deps.settings.public_url}/twilio/sms"
    signature = RequestValidator("t").compute_signature(url, form)
    headers = {"X-Twilio-Signature": signature}
    assert client.post("/twilio/sms", data=form, headers=headers).status_code == 503
    url += "/fallback"
    headers = {"X-Twilio-Signature": RequestValidator("t").compute_signature(url, form)}
    assert client.post("/twilio/sms/fallback", data=form, headers=headers).status_code == 200
