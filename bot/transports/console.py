"""A transport that writes each text to a stream, for trying things out on a terminal."""

from __future__ import annotations

import secrets
import sys
from datetime import datetime
from typing import TextIO

from bot.domain.messages import DeliveryStatus, OutgoingMessage
from bot.transports.base import Accepted


class ConsoleTransport:
    """Shows texts instead of sending them. Numbers and words appear on the stream, so never in production."""

    name = "console"
    threads = 1

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    def send(self, message: OutgoingMessage) -> Accepted:
        self._stream.write(f"to {message.address}: {message.body}\n")
        self._stream.flush()
        return Accepted(f"SM{secrets.token_hex(16)}", DeliveryStatus.DELIVERED)

    def find(
        self, message: OutgoingMessage, *, since: datetime, taken: frozenset[str] = frozenset()
    ) -> Accepted | None:
        """Never: what was on a terminal before a crash is not known."""
        return None

    def check(self) -> str | None:
        return None
