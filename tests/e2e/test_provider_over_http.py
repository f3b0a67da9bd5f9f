"""What the provider really does, to a real server: repeats, reports out of order, wrong signatures, old tokens."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
import requests

from tests.e2e.running import SAM, WORKERS, a_server, all_at_once, load, people_rows, phone, rows, soon
from tests.server import GatepostServer
from tests.standin.provider import StandInProvider

# Its servers are started once: all of it runs in one process.
pytestmark = pytest.mark.xdist_group("provider_over_http")

OLD_TOKEN = "the token before"
FRIDAY_4PM = "2026-06-05T15:00:00+00:00"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, standin: StandInProvider) -> Iterator[GatepostServer]:
    folder = tmp_path_factory.mktemp("server")
    more = {"TWILIO_AUTH_TOKEN_PREVIOUS": OLD_TOKEN, "CLOCK": FRIDAY_4PM}
    with a_server(folder, standin, **more) as server:
        load(server, "workers", WORKERS)
        shift = {"area": "Bolton", "worker": SAM, "level": "1"}
        load(server, "rota", [{**shift, "starts_at": "2026-06-01 09:00", "ends_at": "2026-07-01 09:00"}])
        load(server, "people", people_rows(range(10)))
        server.move_clock(advance_seconds=1)
        yield server


def outbox_of(server: GatepostServer, address: str) -> list[dict[str, object]]:
    return [dict(row) for row in rows(server.environ["DATABASE_URL"], "outbox") if row["address"] == address]


def test_the_same_text_twice_gives_the_same_bytes_and_one_effect(
    server: GatepostServer, standin: StandInProvider
) -> None:
    first = standin.text_in(server.url, "nowhere to stay", sender=phone(0), sid="SMtwice")
    before = len(outbox_of(server, phone(0)))

    again = standin.text_in(server.url, "nowhere to stay", sender=phone(0), sid="SMtwice")

    assert first.texts
    assert again.raw == first.raw
    assert len(outbox_of(server, phone(0))) == before


def test_reports_on_an_answer_out_of_order_and_doubled_end_where_they_should(
    server: GatepostServer, standin: StandInProvider
) -> None:
    standin.text_in(server.url, "help", sender=phone(1))
    made = next(one for one in reversed(standin.messages) if one.to == phone(1))

    assert set(standin.report(made, "delivered", "sent", "queued", "sent", doubled=True)) == {204}

    statuses = [row["status"] for row in outbox_of(server, phone(1)) if row["provider_id"] == made.sid]
    assert statuses == ["delivered"]


def test_reports_at_once_on_a_text_we_started_end_where_they_should(
    server: GatepostServer, standin: StandInProvider
) -> None:
    made = next(one for one in standin.messages if one.to == phone(2))

    def report(status: str) -> None:
        assert standin.report(made, status, doubled=True) == [204, 204]

    all_at_once([partial(report, status) for status in ("sent", "delivered", "queued")])

    assert [row["status"] for row in outbox_of(server, phone(2))] == ["delivered"]


def test_a_wrong_signature_is_refused_and_leaves_nothing(
    server: GatepostServer, standin: StandInProvider
) -> None:
    before = len(rows(server.environ["DATABASE_URL"], "inbound"))
    form = {"MessageSid": "SMwrong", "From": phone(3), "Body": "i want to die"}
    for path in ("/twilio/sms", "/twilio/status", "/twilio/voice"):
        for signature in (
            "",
            "bm90IG9uZQ==",
            standin.signature("https://elsewhere.example/twilio/sms", form),
        ):
            answer = requests.post(
                server.url + path, data=form, headers={"X-Twilio-Signature": signature}, timeout=10
            )
            assert answer.status_code == 403, path

    assert standin.text_in(server.url, "help", sender=phone(3), token="a guess").status == 403
    assert len(rows(server.environ["DATABASE_URL"], "inbound")) == before


def test_a_form_that_was_changed_on_the_way_is_refused(
    server: GatepostServer, standin: StandInProvider
) -> None:
    form = {"MessageSid": "SMchanged", "From": phone(3), "Body": "hello"}
    signature = standin.signature(f"{server.url}/twilio/sms", form)

    answer = requests.post(
        f"{server.url}/twilio/sms",
        data={**form, "From": SAM},
        headers={"X-Twilio-Signature": signature},
        timeout=10,
    )

    assert answer.status_code == 403


def test_the_token_before_is_accepted_while_it_is_rotated(
    server: GatepostServer, standin: StandInProvider
) -> None:
    assert standin.text_in(server.url, "help", sender=phone(4), token=OLD_TOKEN).texts


def test_odd_characters_survive_the_way_there_and_back(
    server: GatepostServer, standin: StandInProvider
) -> None:
    for body in ("😀 & <b>", "\u202eمرحبا", "a\x00b", "", "x" * 1600, "e\u0301", "]]>"):
        assert standin.text_in(server.url, body, sender=phone(5)).texts, repr(body)


def test_an_opt_out_that_the_provider_tells_us_of_is_kept(
    server: GatepostServer, standin: StandInProvider
) -> None:
    standin.text_in(server.url, "nowhere to stay", sender=phone(6))
    server.move_clock(advance_seconds=1)
    standin.fail_next(21610, to=phone(6))
    code = next(text.split()[1] for text in reversed(standin.texts_to(SAM)) if text.startswith("TODAY"))
    standin.text_in(server.url, code, sender=SAM)
    server.move_clock(advance_seconds=1)

    people = rows(server.environ["DATABASE_URL"], "people")
    person = next(row for row in people if row["external_id"] == "P6")
    assert person["opted_out_at"] is not None
    assert person["opt_out_source"] == "provider"
    had = len(standin.texts_to(phone(6)))
    assert "no texts" in " ".join(standin.text_in(server.url, f"{code} are you there", sender=SAM).bodies)
    server.move_clock(advance_seconds=120)
    assert len(standin.texts_to(phone(6))) == had
    assert standin.text_in(server.url, "START", sender=phone(6)).texts == ()
    assert standin.text_in(server.url, "help", sender=phone(6)).texts


def test_a_stop_is_silent_and_nothing_is_sent_after_it(
    server: GatepostServer, standin: StandInProvider
) -> None:
    had = len(standin.texts_to(phone(7)))

    assert standin.text_in(server.url, "STOP", sender=phone(7)).texts == ()
    server.move_clock(advance_seconds=2 * 86400)

    assert len(standin.texts_to(phone(7))) == had


def test_health_and_metrics_answer_without_personal_data(server: GatepostServer) -> None:
    assert requests.get(f"{server.url}/health", timeout=10).status_code == 200
    metrics = requests.get(f"{server.url}/metrics", timeout=10)
    assert metrics.status_code == 200
    assert "gatepost_" in metrics.text
    assert "07700" not in metrics.text
    assert "4477009" not in metrics.text


def test_the_log_has_no_number_name_or_word_of_a_text(server: GatepostServer) -> None:
    log = soon(server.output.read_text, "something in the log")

    for secret in (
        "4477009",
        "nowhere to stay",
        "i want to die",
        "NameA",
        "a token that is not one",
        OLD_TOKEN,
    ):
        assert secret not in log, secret
