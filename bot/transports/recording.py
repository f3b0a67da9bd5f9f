"""A transport that keeps what it was given, for tests and for scenarios. It can be told to fail."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from datetime import datetime

from bot.domain.messages import OutgoingMessage
from bot.errors import SendFailed
from bot.transports.base import Accepted, StatusReport


class RecordingTransport:
    """Every text in the order it came. Ids are `SM1`, `SM2`, … with leading zeros, 34 characters long."""

    name = "recording"
    threads = 1

    def __init__(self) -> None:
        self.sent: list[OutgoingMessage] = []
        self._lock = threading.Lock()
        self._failures: defaultdict[str | None, deque[tuple[SendFailed, bool]]] = defaultdict(deque)
        self._reports: list[StatusReport] = []
        self._ids: dict[str, OutgoingMessage] = {}

    @property
    def recipients(self) -> list[str]:
        """The addresses written to, in order."""
        return [message.address for message in self.sent]

    def texts_to(self, address: str) -> list[str]:
        """What one address got, in order."""
        return [message.body for message in self.sent if message.address == address]

    def fail_next(
        self, failure: SendFailed, *, address: str | None = None, times: int = 1, made: bool = False
    ) -> None:
        """Fail the next calls, or those to one address; `made`: the message exists all the same."""
        self._failures[address].extend([(failure, made)] * times)

    def work_again(self) -> None:
        """Fail no more."""
        self._failures.clear()

    def report_later(self, *reports: StatusReport) -> None:
        """Give these reports when asked for them next."""
        self._reports.extend(reports)

    def send(self, message: OutgoingMessage) -> Accepted:
        with self._lock:
            waiting = self._failures[message.address] or self._failures[None]
            failure, made = waiting.popleft() if waiting else (None, True)
            provider_id = self._make(message) if made else ""
        if failure is not None:
            raise failure
        return Accepted(provider_id)

    def find(
        self, message: OutgoingMessage, *, since: datetime, taken: frozenset[str] = frozenset()
    ) -> Accepted | None:
        """By address and words; `since` does not count, since a recording has no clock."""
        for provider_id, made in self._ids.items():
            if provider_id not in taken and (made.address, made.body) == (message.address, message.body):
                return Accepted(provider_id)
        return None

    def take_reports(self) -> list[StatusReport]:
        reports, self._reports = self._reports, []
        return reports

    def check(self) -> str | None:
        return None

    def _make(self, message: OutgoingMessage) -> str:
        self.sent.append(message)
        provider_id = f"SM{len(self.sent):032d}"
        self._ids[provider_id] = message
        return provider_id
