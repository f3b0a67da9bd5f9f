"""What the provider calls, through the whole application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app import create_app
from bot.deps import Deps
from bot.domain.messages import Channel, DeliveryStatus
from bot.store import inbound, outbox
from bot.usecases.send_due import send_due
from bot.web.fallback import BUILT_IN, load_emergency_texts
from bot.web.webhooks import parse_inbound
from tests.conftest import FRIDAY
from tests.usecases.sending import AMINA, a_text, row, status

TOKEN = "the current token"
PUBLIC = "https://texts.example.org"
SID = "SM" + "0" * 32
FORM = {
    "MessageSid": SID,
    "From": AMINA,
    "To": "+447700900000",
    "Body": "hello",
    "NumMedia": "0",
    "FromCity": "",
}
PATHS = ("/twilio/sms", "/twilio/status", "/twilio/voice", "/twilio/sms/fallback", "/twilio/voice/fallback")


@pytest.fixture
def client(deps: Deps) -> Iterator[FlaskClient]:
    live = {
        "twilio_account_sid": "AC1", "twilio_auth_token": TOKEN, "twilio_from": "+447700900000",
        "twilio_auth_token_previous": "the previous token", "public_url": PUBLIC,
        "secret_key": "s",
    }  # fmt: skip
    deps.settings = deps.settings.model_copy(update=live)
    with create_app(deps=deps).test_client() as client:
        yield client


def post(
    client: FlaskClient, path: str, form: dict[str, str], *, token: str = TOKEN, signed_for: str | None = None
) -> TestResponse:
    signature = RequestValidator(token).compute_signature(signed_for or PUBLIC + path, form)
    return client.post(path, data=form, headers={"X-Twilio-Signature": signature})


def messages(response: TestResponse) -> list[ElementTree.Element]:
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/xml"
    return list(ElementTree.fromstring(response.text).iter("Message"))


def test_a_text_is_answered_and_each_answer_says_where_reports_go(client: FlaskClient, deps: Deps) -> None:
    found = messages(post(client, "/twilio/sms", FORM))

    with deps.store.read() as conn:
        rows = outbox.to_address(conn, AMINA)
    assert found
    assert [m.text for m in found] == [r.body for r in rows]
    assert [m.get("statusCallback") for m in found] == [f"{PUBLIC}/twilio/status?m={r.id}" for r in rows]


def test_the_same_text_again_gets_the_same_answer_and_changes_nothing(
    client: FlaskClient, deps: Deps
) -> None:
    first = post(client, "/twilio/sms", FORM)
    again = post(client, "/twilio/sms", FORM)

    assert first.data == again.data
    with deps.store.read() as conn:
        assert len(outbox.to_address(conn, AMINA)) == len(messages(first))


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_or_missing_signature_is_turned_away(client: FlaskClient, deps: Deps, path: str) -> None:
    assert post(client, path, FORM, token="guessed").status_code == 403
    assert client.post(path, data=FORM).status_code == 403
    assert post(client, path, FORM, signed_for=f"http://elsewhere.example{path}").status_code == 403
    assert client.get(path).status_code in (403, 405)
    with deps.store.read() as conn:
        assert outbox.to_address(conn, AMINA) == []


def test_without_a_token_nobody_is_the_provider(deps: Deps) -> None:
    deps.settings = deps.settings.model_copy(update={"secret_key": "s"})
    with create_app(deps=deps).test_client() as client:
        response = post(client, "/twilio/sms", FORM, token="")

    assert response.status_code == 403
    assert "auth token" in response.text


def test_a_text_without_an_id_is_no_text(client: FlaskClient) -> None:
    for sid in ("", "../../x", "S" * 65, "SM\x00"):
        assert post(client, "/twilio/sms", {**FORM, "MessageSid": sid}).status_code == 400
        assert post(client, "/twilio/status", {"MessageSid": sid}).status_code == 400


def test_a_report_moves_the_text_its_address_names(client: FlaskClient, deps: Deps) -> None:
    outbox_id = a_text(deps, "one")
    send_due(deps, now=FRIDAY)
    form = {"MessageSid": row(deps, outbox_id).provider_id or "", "MessageStatus": "delivered"}

    response = post(client, f"/twilio/status?m={outbox_id}", form)

    assert (response.status_code, response.data) == (204, b"")
    assert status(deps, outbox_id) is DeliveryStatus.DELIVERED


def test_a_report_on_an_answer_finds_it(client: FlaskClient, deps: Deps) -> None:
    [first, *_] = messages(post(client, "/twilio/sms", FORM))
    callback = (first.get("statusCallback") or "").removeprefix(PUBLIC)

    post(client, callback, {"MessageSid": "SMreply", "MessageStatus": "undelivered", "ErrorCode": "30003"})

    outbox_id = int(callback.rpartition("=")[2])
    assert (status(deps, outbox_id), row(deps, outbox_id).error_code) == (DeliveryStatus.UNDELIVERED, 30003)
    assert row(deps, outbox_id).provider_id == "SMreply"


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("?m=", {}), ("?m=abc", {}), ("?m=99999999999999999999", {}), ("?m=9223372036854775807", {}),
        ("?m=-1", {}), ("?m=%C2%B2", {}), ("", {"MessageStatus": "dancing"}), ("", {"ErrorCode": "x"}),
        ("", {"ErrorCode": "9" * 30}),
    ],
)  # fmt: skip
def test_an_odd_report_changes_nothing(client: FlaskClient, query: str, fields: dict[str, str]) -> None:
    form = {"MessageSid": SID, "MessageStatus": "sent", **fields}

    assert post(client, f"/twilio/status{query}", form).status_code == 204


def test_the_form_becomes_a_text_whatever_is_in_it() -> None:
    odd = {"From": f"whatsapp:{AMINA}", "Body": " a\x00b\ud800 ", "NumMedia": "2", "OptOutType": "stop"}

    text = parse_inbound(MultiDict({"MessageSid": SID, **odd}))

    assert text is not None
    assert (text.channel, text.body, text.media_count) == (Channel.WHATSAPP, " ab? ", 2)
    assert text.opt_out_type == "STOP"
    assert parse_inbound(MultiDict({"MessageSid": SID, "NumMedia": "many", "OptOutType": "x"})) is not None
    assert parse_inbound(MultiDict({"SmsSid": SID})) is not None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.text(max_size=1700),
    sender=st.sampled_from([AMINA, f"whatsapp:{AMINA}", "85258", "GATEPOST", "", "+266696687"])
    | st.text(max_size=20),
    media=st.sampled_from(["0", "1", "", "-1", "99999999999", "x"]),
)
def test_no_text_is_answered_by_an_error(
    client: FlaskClient, deps: Deps, body: str, sender: str, media: str
) -> None:
    form = {**FORM, "MessageSid": f"SM{deps.new_id()}", "From": sender, "Body": body, "NumMedia": media}

    response = post(client, "/twilio/sms", form)

    assert response.status_code == 200, response.text
    ElementTree.fromstring(response.text)


def test_a_body_that_is_no_form_is_turned_away(client: FlaskClient) -> None:
    for data, kind in (
        (b"\xff\xfe" * 9, "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"--x", "multipart/form-data; boundary=x"),
    ):
        assert client.post("/twilio/sms", data=data, content_type=kind).status_code == 403
    assert client.post("/twilio/sms", data={"Body": "x" * 70_000}).status_code == 413


def test_a_call_is_answered_with_who_helps_and_that_we_can_be_texted(client: FlaskClient) -> None:
    response = post(client, "/twilio/voice", {"CallSid": "CA1", "From": AMINA})

    said = [say.text or "" for say in ElementTree.fromstring(response.text).iter("Say")]
    assert "9 9 9" in said[0]
    assert "text to this number" in said[0]


def test_the_fallback_answers_while_the_database_is_gone(client: FlaskClient, deps: Deps) -> None:
    deps.store = None  # type: ignore[assignment]

    [text] = messages(post(client, "/twilio/sms/fallback", FORM))
    spoken = post(client, "/twilio/voice/fallback", {"CallSid": "CA1"})

    assert "999" in (text.text or "")
    assert len(text.text or "") <= 306
    assert "9 9 9" in spoken.text


def test_the_fallback_says_what_the_file_says_and_built_in_words_when_it_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "emergency.yaml"
    assert load_emergency_texts(file) == BUILT_IN
    for broken in ("sms: [", "[]", "", "sms: {en: ' '}", "sms: 7", "\x00"):
        file.write_text(broken)
        assert load_emergency_texts(file) == BUILT_IN

    file.write_text("sms:\n  en: Ring 999.\n")

    assert load_emergency_texts(file).sms == "Ring 999."
    assert load_emergency_texts(file).voice == BUILT_IN.voice


def test_built_in_words_are_plain_gsm_and_name_a_number_first() -> None:
    assert re.fullmatch(r"[A-Za-z0-9 .,:]+", BUILT_IN.sms)
    assert len(BUILT_IN.sms) <= 160
    assert "999" in BUILT_IN.sms


def test_the_id_alone_says_what_is_a_repeat(client: FlaskClient, deps: Deps) -> None:
    post(client, "/twilio/sms", FORM)
    post(client, "/twilio/sms", {**FORM, "Body": "other words, same id"})

    with deps.store.read() as conn:
        assert len(inbound.answers(conn, SID)) == len(outbox.to_address(conn, AMINA))
