"""The provider's own SDK, over HTTP, against the stand-in."""

from __future__ import annotations

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.messages import Channel, DeliveryStatus, OutgoingMessage
from bot.errors import SendFailed
from bot.settings import Settings
from bot.transports.provider_http import PooledHttpClient
from bot.transports.twilio import TwilioTransport
from tests.standin import StandInProvider
from tests.standin.provider import OURS, Failure

AMINA = "+447700900101"


def transport_for(provider: StandInProvider, **settings: object) -> TwilioTransport:
    return TwilioTransport(Settings(**provider.settings(**settings)))


def a_text(
    body: str = "See you at 10.", *, to: str = AMINA, channel: Channel = Channel.SMS
) -> OutgoingMessage:
    return OutgoingMessage(7, to, body, channel, "http://127.0.0.1:9/twilio/status?m=7")


def test_a_text_is_made_with_our_sender_and_the_address_for_reports(provider: StandInProvider) -> None:
    accepted = transport_for(provider).send(a_text("It's 10am, £5 & all"))

    [made] = provider.messages
    assert (accepted.provider_id, accepted.status) == (made.sid, DeliveryStatus.ACCEPTED)
    assert (made.to, made.sender, made.body) == (AMINA, OURS, "It's 10am, £5 & all")
    assert made.status_callback == "http://127.0.0.1:9/twilio/status?m=7"


def test_a_messaging_service_takes_the_place_of_the_number(provider: StandInProvider) -> None:
    transport_for(provider, twilio_messaging_service_sid="MG" + "1" * 32).send(a_text())

    [made] = provider.messages
    assert (made.sender, made.service) == (None, "MG" + "1" * 32)


def test_whatsapp_goes_from_the_whatsapp_sender_whether_or_not_it_says_so(provider: StandInProvider) -> None:
    message = a_text(to=f"whatsapp:{AMINA}", channel=Channel.WHATSAPP)

    for sender in ("+447700900009", "whatsapp:+447700900009"):
        transport_for(provider, twilio_whatsapp_from=sender).send(message)
    with pytest.raises(SendFailed) as caught:
        transport_for(provider).send(message)

    assert [made.sender for made in provider.messages] == ["whatsapp:+447700900009"] * 2
    assert (caught.value.retry, caught.value.ambiguous) == (False, False)


@pytest.mark.parametrize(
    ("failure", "retry", "ambiguous", "code", "is_made"),
    [
        ("busy", True, False, 20429, False),
        ("down", True, True, 20500, False),
        ("broken", True, True, 20500, True),
        ("cut", True, True, None, True),
        ("refused", True, True, None, False),
        (21610, False, False, 21610, False),
        (21211, False, False, 21211, False),
        (20003, False, False, 20003, False),
    ],
)
def test_each_failure_says_whether_the_message_may_exist(
    provider: StandInProvider, failure: Failure, retry: bool, ambiguous: bool, code: int | None, is_made: bool
) -> None:
    provider.fail_next(failure)

    with pytest.raises(SendFailed) as caught:
        transport_for(provider).send(a_text())

    found = caught.value
    assert (found.retry, found.ambiguous, found.code) == (retry, ambiguous, code)
    assert bool(provider.messages) is is_made
    assert AMINA not in str(found)


def test_a_provider_that_does_not_answer_in_time_may_have_the_message(provider: StandInProvider) -> None:
    provider.delay = 5.0
    transport = TwilioTransport(Settings(**provider.settings()), timeout=(1.0, 0.1))

    with pytest.raises(SendFailed) as caught:
        transport.send(a_text())

    assert (caught.value.retry, caught.value.ambiguous) == (True, True)


def test_where_nothing_listens_nothing_was_made() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        settings = Settings(
            twilio_account_sid="AC1", twilio_auth_token="t", twilio_from=OURS,
            twilio_base_url=f"http://127.0.0.1:{port}",
        )  # fmt: skip
        with pytest.raises(SendFailed) as caught:
            TwilioTransport(settings).send(a_text())

    assert (caught.value.retry, caught.value.ambiguous) == (True, False)


def test_texts_go_through_the_proxy_of_the_environment_unless_it_is_excepted(
    provider: StandInProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://amina:secret@127.0.0.1:{nobody.getsockname()[1]}")
        monkeypatch.setenv("no_proxy", "example.org")
        with pytest.raises(SendFailed) as caught:
            transport_for(provider).send(a_text())
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        transport_for(provider).send(a_text("direct"))

    assert (caught.value.retry, caught.value.ambiguous) == (True, False)
    assert [made.body for made in provider.messages] == ["direct"]


def test_a_message_is_found_by_address_and_words_queued_or_sent(provider: StandInProvider) -> None:
    transport = transport_for(provider)
    since = datetime.now(UTC)
    provider.make(AMINA, "other words", None)
    provider.make("+447700900102", "See you at 10.", None)
    assert transport.find(a_text(), since=since) is None

    made = provider.make(AMINA, "See  you at 10.\n", None)
    found = transport.find(a_text(), since=since)
    assert found is not None
    assert found.provider_id == made.sid

    made.status, made.date_sent = "delivered", datetime.now(UTC)
    found = transport.find(a_text(), since=since)
    assert found is not None
    assert (found.provider_id, found.status) == (made.sid, DeliveryStatus.DELIVERED)


def test_an_earlier_message_and_one_that_came_in_are_not_it(provider: StandInProvider) -> None:
    transport = transport_for(provider)
    provider.make(AMINA, "See you at 10.", None, direction="inbound")
    earlier = provider.make(AMINA, "See you at 10.", None)
    now = datetime.now(UTC)

    assert transport.find(a_text(), since=now + timedelta(minutes=10)) is None
    assert transport.find(a_text(), since=now, taken=frozenset({earlier.sid})) is None


def test_while_our_clock_is_held_the_providers_dates_do_not_count(provider: StandInProvider) -> None:
    made = provider.make(AMINA, "See you at 10.", None)
    held = datetime(2030, 12, 25, 16, tzinfo=UTC)

    found = transport_for(provider, clock=held.isoformat()).find(a_text(), since=held)

    assert found is not None
    assert found.provider_id == made.sid


def test_calls_at_once_share_a_pool_of_connections_that_stay_open(provider: StandInProvider) -> None:
    transport = transport_for(provider)

    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda n: transport.send(a_text(f"text {n}")), range(80)))

    assert len({accepted.provider_id for accepted in sent}) == 80
    assert len({call.connection for call in provider.calls}) <= 8


def test_check_says_what_is_wrong_with_the_account(provider: StandInProvider) -> None:
    assert transport_for(provider).check() is None
    assert "20003" in (transport_for(provider, twilio_auth_token="wrong").check() or "")


@pytest.mark.parametrize(
    ("uri", "goes_to"),
    [
        ("https://api.twilio.com/2010-04-01/Accounts.json?To=1", "http://127.0.0.1:9/base/2010-04-01/Accounts.json?To=1"),
        ("https://api.dublin.ie1.twilio.com/x", "http://127.0.0.1:9/base/x"),
        ("https://twilio.com.example.org/x", "https://twilio.com.example.org/x"),
        ("https://nottwilio.com/x", "https://nottwilio.com/x"),
    ],
)  # fmt: skip
def test_only_the_providers_own_hosts_go_to_the_other_base(uri: str, goes_to: str) -> None:
    client = PooledHttpClient(base="http://127.0.0.1:9/base/", pool=1, timeout=(1, 1))

    assert client.place(uri) == goes_to


def test_the_sdk_is_not_loaded_before_the_first_text() -> None:
    code = "import sys, bot.transports.twilio; sys.exit(bool({'twilio.rest', 'requests'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
