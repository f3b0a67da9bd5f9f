"""What a way of sending texts must do. The provider and the simulator go through this one Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.domain.messages import DeliveryStatus, OutgoingMessage


@dataclass(frozen=True)
class Accepted:
    """The provider has taken a message and will report on it under `provider_id`."""

    provider_id: str
    status: DeliveryStatus = DeliveryStatus.ACCEPTED


@dataclass(frozen=True)
class StatusReport:
    """What became of a message, as the provider reports it later."""

    provider_id: str
    status: DeliveryStatus
    error_code: int | None = None
    outbox_id: int | None = None


@runtime_checkable
class Reporting(Protocol):
    """A transport that has no webhook to report to: its reports are fetched after sending."""

    def take_reports(self) -> list[StatusReport]:
        """The reports since the last call, in order."""
        ...


class Transport(Protocol):
    """Sends texts. Safe to call from several threads at once; more than `threads` calls would only wait."""

    name: str
    threads: int

    def send(self, message: OutgoingMessage) -> Accepted:
        """Hand one message to the provider.

        Raises:
            SendFailed: not accepted; `retry` says whether trying again can help, `ambiguous` that it may
                exist all the same.
        """
        ...

    def find(
        self, message: OutgoingMessage, *, since: datetime, taken: frozenset[str] = frozenset()
    ) -> Accepted | None:
        """The same message (to, body) if the provider made it at or after `since`; none if it never did.

        `taken`: ids of other messages with the same words, which this one is not.

        Raises:
            SendFailed: the provider could not be asked.
        """
        ...

    def check(self) -> str | None:
        """What is wrong with the way to the provider, none when all is well (for `doctor`)."""
        ...
