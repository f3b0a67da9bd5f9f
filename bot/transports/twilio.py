"""The real provider, through its own SDK."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any

from bot.domain.delivery import status_of
from bot.domain.messages import Channel, DeliveryStatus, OutgoingMessage
from bot.errors import SendFailed
from bot.settings import Settings
from bot.transports.base import Accepted

THREADS = 32
TIMEOUT = (10.0, 10.0)  # seconds to connect, seconds between two bytes of the answer
_REAL = "https://api.twilio.com"
# Our clock and the provider's need not agree to the second.
_CLOCKS_DIFFER = timedelta(minutes=2)
_SAME_NUMBER = 200


class TwilioTransport:
    """Texts by SMS and WhatsApp. The SDK is loaded by the first call."""

    name = "twilio"
    threads = THREADS

    def __init__(self, settings: Settings, *, timeout: tuple[float, float] = TIMEOUT) -> None:
        self._settings = settings
        self._timeout = timeout
        self._loading = threading.Lock()

    def send(self, message: OutgoingMessage) -> Accepted:
        options: dict[str, str] = {"to": message.address, "body": message.body, **self._sender(message)}
        if message.status_callback:
            options["status_callback"] = message.status_callback
        messages = self._client.messages
        with _failures():
            made = messages.create(**options)
            return Accepted(_id_of(made), status_of(str(made.status)) or DeliveryStatus.ACCEPTED)

    def find(
        self, message: OutgoingMessage, *, since: datetime, taken: frozenset[str] = frozenset()
    ) -> Accepted | None:
        """By address, words and the time it was made; while our clock is held, whenever it was made.

        What is still queued at the provider has no date of sending, so a second list goes without one.
        """
        held = self._settings.held_clock is not None
        earliest = None if held else since - _CLOCKS_DIFFER
        from_day = datetime.combine((since - timedelta(days=1)).date(), time(), UTC)
        filters: list[dict[str, Any]] = [{}] if held else [{"date_sent_after": from_day}, {}]
        messages = self._client.messages
        for dates in filters:
            with _failures():
                listed = messages.list(to=message.address, limit=_SAME_NUMBER, **dates)
            # The provider lists the newest first; the oldest that nothing else accounts for is ours.
            for made in reversed(listed):
                if made.sid not in taken and _is_same(made, message, earliest):
                    return Accepted(made.sid, status_of(str(made.status)) or DeliveryStatus.ACCEPTED)
        return None

    def check(self) -> str | None:
        account = self._client.api.v2010.account
        try:
            with _failures():
                found = account.fetch()
        except SendFailed as failure:
            return failure.reason
        status = getattr(found.status, "value", found.status)
        return None if status == "active" else f"the account at the provider is {status}"

    def _sender(self, message: OutgoingMessage) -> dict[str, str]:
        if message.channel is Channel.WHATSAPP:
            if self._settings.twilio_whatsapp_from is None:
                raise SendFailed("TWILIO_WHATSAPP_FROM is missing", retry=False)
            number = self._settings.twilio_whatsapp_from.removeprefix("whatsapp:")
            return {"from_": f"whatsapp:{number}"}
        if self._settings.twilio_messaging_service_sid:
            return {"messaging_service_sid": self._settings.twilio_messaging_service_sid}
        return {"from_": self._settings.twilio_from or ""}

    @property
    def _client(self) -> Any:
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> Any:
        from twilio.rest import Client

        from bot.transports.provider_http import PooledHttpClient

        base = self._settings.twilio_base_url.rstrip("/")
        http = PooledHttpClient(base=None if base == _REAL else base, pool=THREADS, timeout=self._timeout)
        client = Client(self._settings.twilio_account_sid, self._settings.twilio_auth_token, http_client=http)
        # Makes its parts one after the other on first use: once, before other threads come.
        assert client.messages is not None
        return client


@contextmanager
def _failures() -> Iterator[None]:
    """Turn whatever the SDK and the network raise into `SendFailed`."""
    from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
    from urllib3 import exceptions as network

    try:
        yield
    except (TwilioRestException, TwilioServiceException) as error:
        raise _refusal(error.status, error.code) from error
    except network.HTTPError as error:
        # Through a proxy, the proxy may not have been reached.
        cause = error.original_error if isinstance(error, network.ProxyError) else error
        reached = not isinstance(cause, network.ConnectTimeoutError | network.NewConnectionError)
        reason = f"no answer from the provider ({type(error).__name__})"
        raise SendFailed(reason, retry=True, ambiguous=reached) from error
    except (TwilioException, ValueError, KeyError, TypeError, AttributeError) as error:
        # An answer of success that can't be read.
        reason = f"the provider's answer can't be read ({type(error).__name__})"
        raise SendFailed(reason, retry=True, ambiguous=True) from error


def _refusal(status: int, code: int | None) -> SendFailed:
    reason = f"the provider answered {status} (code {code})"
    if status == 429 or code == 20429:
        return SendFailed(reason, retry=True, code=20429)
    ambiguous = status >= 500 or status == 408
    return SendFailed(reason, retry=ambiguous, ambiguous=ambiguous, code=code)


def _id_of(made: Any) -> str:
    if not made.sid:
        raise ValueError("a message without an id")
    return str(made.sid)


def _is_same(made: Any, message: OutgoingMessage, earliest: datetime | None) -> bool:
    """Whether a message at the provider is this one. A trial account writes a notice before the words."""
    if not str(made.direction or "outbound").startswith("outbound"):
        return False
    if earliest is not None and made.date_created is not None and made.date_created < earliest:
        return False
    there, here = (" ".join((body or "").split()) for body in (made.body, message.body))
    return there == here or there.endswith(f"trial account - {here}")
