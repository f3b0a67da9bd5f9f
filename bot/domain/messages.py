"""Texts in and out, and where each one stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Channel(StrEnum):
    SMS = "sms"
    WHATSAPP = "whatsapp"


class Priority(IntEnum):
    """What goes out first; lower goes first."""

    DANGER = 0
    ANSWER = 1
    PAGE = 2
    REMINDER = 3
    BULK = 4


class Kind(StrEnum):
    """Why a message exists. Only `answer` and `danger` may go out in quiet hours to a person."""

    DANGER = "danger"
    ANSWER = "answer"
    RELAY = "relay"
    PAGE = "page"
    REMINDER = "reminder"
    CHECK_IN = "check_in"
    FLOW = "flow"
    WARNING = "warning"


class DeliveryStatus(StrEnum):
    """Where an outbox message stands. It only moves forward: see `may_follow`."""

    DUE = "due"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    REFUSED = "refused"
    SKIPPED = "skipped"


FINAL = frozenset(
    {
        DeliveryStatus.DELIVERED,
        DeliveryStatus.FAILED,
        DeliveryStatus.UNDELIVERED,
        DeliveryStatus.REFUSED,
        DeliveryStatus.SKIPPED,
    }
)
_RANK = {
    DeliveryStatus.DUE: 0,
    DeliveryStatus.CLAIMED: 1,
    DeliveryStatus.HANDED_OVER: 2,
    DeliveryStatus.ACCEPTED: 3,
    DeliveryStatus.SENT: 4,
    DeliveryStatus.FAILED: 5,
    DeliveryStatus.UNDELIVERED: 5,
    DeliveryStatus.DELIVERED: 5,
    DeliveryStatus.REFUSED: 5,
    DeliveryStatus.SKIPPED: 5,
}


def may_follow(old: DeliveryStatus, new: DeliveryStatus) -> bool:
    """Whether a status report moves a message forward. A final status is never overwritten."""
    return old not in FINAL and _RANK[new] > _RANK[old]


@dataclass(frozen=True)
class InboundText:
    """One text as the provider or the simulator handed it in, before anything was made of it.

    `address` is the sender as given (E.164, `whatsapp:+44…`, a short code, an alphanumeric sender, or
    empty when withheld); `body` is untouched. `opt_out_type` is STOP, START or HELP where the provider says so.
    """

    provider_id: str
    address: str
    to_address: str
    body: str
    channel: Channel = Channel.SMS
    media_count: int = 0
    opt_out_type: str | None = None


@dataclass(frozen=True)
class ReceivedText:
    """A text as it was kept, and what was made of it (`outcome`, none while it is being handled)."""

    id: int
    provider_id: str
    address: str
    channel: Channel
    body: str
    media_count: int
    received_at: datetime
    outcome: str | None


@dataclass(frozen=True)
class OutgoingMessage:
    """What a transport is asked to send. `status_callback` is where delivery reports go."""

    outbox_id: int
    address: str
    body: str
    channel: Channel = Channel.SMS
    status_callback: str | None = None


@dataclass(frozen=True)
class NewMessage:
    """A row for the outbox. `key`, when set, is unique: the same key twice is one message.

    `reply_to` with `via_twiml`: it goes back in the webhook's own answer and is never handed over by us.
    """

    address: str
    body: str
    kind: Kind
    priority: Priority
    due_at: datetime
    person_id: str | None = None
    worker_id: str | None = None
    channel: Channel = Channel.SMS
    key: str | None = None
    reply_to: int | None = None
    via_twiml: bool = False
    status: DeliveryStatus = DeliveryStatus.DUE
    reason: str | None = None
    escalation_id: str | None = None
    conversation_id: str | None = None
    appointment_id: str | None = None


@dataclass(frozen=True)
class OutboxMessage:
    """One message of the outbox as it stands."""

    id: int
    address: str
    body: str
    kind: Kind
    priority: Priority
    status: DeliveryStatus
    due_at: datetime
    created_at: datetime
    person_id: str | None
    worker_id: str | None
    channel: Channel
    provider_id: str | None
    reply_to: int | None
    via_twiml: bool
    attempts: int
    error_code: int | None
    reason: str | None
    escalation_id: str | None
    conversation_id: str | None
    appointment_id: str | None
    handed_at: datetime | None
    key: str | None
