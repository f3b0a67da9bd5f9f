"""Web and worker hosts on one PostgreSQL: they start together, do the main job together, and outlive one another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import requests

from tests.e2e.running import (
    LEE,
    SAM,
    WORKERS,
    all_at_once,
    load,
    people_rows,
    phone,
    rows,
    settings_of,
    soon,
)
from tests.postgres import Server
from tests.server import GatepostServer
from tests.standin.provider import StandInProvider


@dataclass
class Hosts:
    web: GatepostServer
    worker: GatepostServer
    url: str


@pytest.fixture
def hosts(tmp_path: Path, postgres: Server, standin: StandInProvider) -> Iterator[Hosts]:
    """A web host and a worker host, started at the same moment on an empty database."""
    url = postgres.new_database()
    settings = settings_of(standin, DATABASE_URL=url, SECRET_KEY="k")
    web, worker = (GatepostServer(tmp_path, role=role, **settings) for role in ("web", "worker"))
    try:
        all_at_once([web.start, worker.start])
        yield Hosts(web, worker, url)
    finally:
        web.stop()
        worker.stop()


def rota_for_now() -> list[dict[str, str]]:
    """Sam first, Lee second, for as long as these tests could ever run."""
    long = {"area": "Bolton", "starts_at": "2020-01-01 09:00", "ends_at": "2090-01-01 09:00"}
    return [{**long, "worker": SAM, "level": "1"}, {**long, "worker": LEE, "level": "2"}]


def test_a_web_and_a_worker_host_do_the_main_job_together(hosts: Hosts, standin: StandInProvider) -> None:
    load(hosts.web, "workers", WORKERS)
    load(hosts.web, "rota", rota_for_now())
    load(hosts.web, "people", people_rows(range(1), consent="no"))

    answer = standin.text_in(hosts.web.url, "nowhere to stay", sender=phone(0))
    assert answer.texts
    page = soon(lambda: standin.texts_to(SAM), "the page")[0]
    assert "NameA" in page
    found = re.search(r"\b[A-Z]\d{1,2}\b", page)
    assert found
    code = found[0]
    assert "yours" in standin.text_in(hosts.web.url, code, sender=SAM).bodies[0]
    soon(lambda: any("Sam has your message" in text for text in standin.texts_to(phone(0))), "who comes")
    standin.text_in(hosts.web.url, "are you coming", sender=phone(0))
    soon(lambda: any("are you coming" in text for text in standin.texts_to(SAM)), "the relay")
    standin.text_in(hosts.web.url, f"{code} done sorted", sender=SAM)

    assert [row["status"] for row in rows(hosts.url, "escalations")] == ["closed"]
    assert sum(text == page for text in standin.texts_to(SAM)) == 1
    assert {row["role"] for row in rows(hosts.url, "heartbeats", "host")} == {"worker"}


def test_a_worker_host_that_dies_is_missed_and_another_goes_on(
    hosts: Hosts, standin: StandInProvider
) -> None:
    load(hosts.web, "workers", WORKERS)
    load(hosts.web, "rota", rota_for_now())
    hosts.worker.kill()
    had = len(standin.texts_to(SAM))

    assert standin.text_in(hosts.web.url, "i want to die", sender=phone(1)).texts
    assert len(standin.texts_to(SAM)) == had
    hosts.worker.start()

    soon(lambda: len(standin.texts_to(SAM)) > had, "the page, from the host that goes on")


def test_while_the_database_is_gone_the_fallback_still_answers(
    hosts: Hosts, standin: StandInProvider, postgres: Server
) -> None:
    hosts.worker.stop()
    name = hosts.url.rpartition("/")[2]
    with postgres.connect("postgres") as conn:
        conn.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload]

    form = {"MessageSid": "SMgone", "From": phone(2), "To": "+447700900000", "Body": "help"}
    main = standin.call_webhook(f"{hosts.web.url}/twilio/sms", form)
    assert main.status_code >= 500
    assert "Traceback" not in main.text
    health = requests.get(f"{hosts.web.url}/health", timeout=30)
    assert health.status_code == 503
    assert "database" in health.json()["reason"]
    sms = standin.text_in(hosts.web.url, "help", sender=phone(2), path="/twilio/sms/fallback")
    assert "999" in sms.bodies[0]
    assert "116 123" in sms.bodies[0]
    voice = standin.call_webhook(
        f"{hosts.web.url}/twilio/voice/fallback", {"CallSid": "CA1", "From": phone(2)}
    )
    assert "9 9 9" in voice.text


def test_the_database_that_comes_back_is_used_again(
    hosts: Hosts, standin: StandInProvider, postgres: Server
) -> None:
    """Every connection of the pool is cut, as when PostgreSQL is restarted."""
    load(hosts.web, "people", people_rows(range(4), consent="no"))
    assert standin.text_in(hosts.web.url, "help", sender=phone(3)).texts
    with postgres.connect("postgres") as conn:
        _cut_every_connection(conn, hosts.url.rpartition("/")[2])

    def answered() -> bool:
        return bool(standin.text_in(hosts.web.url, "help", sender=phone(3)).texts)

    assert soon(answered, "an answer after the cut")
    assert requests.get(f"{hosts.web.url}/health", timeout=30).status_code == 200


def _cut_every_connection(conn: psycopg.Connection[object], name: str) -> None:
    conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
