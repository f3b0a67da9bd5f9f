"""The provider in this process: takes every text and reports that it was delivered, at once.

The phones of the simulator's page show the outbox itself, so a text that was handed over is at its phone.
"""

from __future__ import annotations

import secrets
import threading
from datetime import datetime

from bot.domain.messages import DeliveryStatus, OutgoingMessage
from bot.errors import SendFailed
from bot.transports.base import Accepted, StatusReport


class SimulatorTransport:
    """A provider without an account. A number can be told to fail as a real one would."""

    name = "simulator"
    threads = 1

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refused: dict[str, int] = {}
        self._lost: dict[str, int] = {}
        self._reports: list[StatusReport] = []

    def refuse(self, address: str, code: int = 21211) -> None:
        """Accept nothing for this address from now on, with this error code."""
        with self._lock:
            self._refused[address] = code

    def lose(self, address: str, code: int = 30003) -> None:
        """Accept texts to this address from now on, and report them undelivered with this error code."""
        with self._lock:
            self._lost[address] = code

    def work_again(self, address: str) -> None:
        """Let texts reach this address again."""
        with self._lock:
            self._refused.pop(address, None)
            self._lost.pop(address, None)

    def send(self, message: OutgoingMessage) -> Accepted:
        with self._lock:
            refused = self._refused.get(message.address)
            if refused is not None:
                raise SendFailed(f"the simulator refuses this number ({refused})", retry=False, code=refused)
            provider_id = f"SM{secrets.token_hex(16)}"
            lost = self._lost.get(message.address)
            last = DeliveryStatus.DELIVERED if lost is None else DeliveryStatus.UNDELIVERED
            self._reports += [
                StatusReport(provider_id, DeliveryStatus.SENT, None, message.outbox_id),
                StatusReport(provider_id, last, lost, message.outbox_id),
            ]
        return Accepted(provider_id)

    def find(
        self, message: OutgoingMessage, *, since: datetime, taken: frozenset[str] = frozenset()
    ) -> Accepted | None:
        """Always there: the page shows it from the moment it was handed over."""
        return Accepted(f"SM{secrets.token_hex(16)}", DeliveryStatus.DELIVERED)

    def take_reports(self) -> list[StatusReport]:
        with self._lock:
            reports, self._reports = self._reports, []
        return reports

    def check(self) -> str | None:
        return None
