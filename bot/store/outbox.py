"""Texts to go and gone, with where each one stands. Claiming them is `bot/store/claims.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, insert, select, text, update

from bot.domain.messages import (
    FINAL,
    Channel,
    DeliveryStatus,
    Kind,
    NewMessage,
    OutboxMessage,
    Priority,
    may_follow,
)
from bot.store import rates
from bot.store.inserts import InsertNew
from bot.store.schema import outbox
from bot.store.statements import Statement
from bot.store.types import UtcDateTime

# A claim that nobody handed over is due again after this long, a hand-over without an answer is looked up.
CLAIM_LEASE = timedelta(minutes=2)
HAND_OVER_LEASE = timedelta(minutes=1)
# A text that went back in a webhook's own answer: the provider's report is what tells us that it arrived.
ANSWER_LEASE = timedelta(minutes=3)

_o = outbox.c
# In the order of the fields of `OutboxMessage`, so that a row becomes one by position.
COLUMNS = (
    _o.id, _o.address, _o.body, _o.kind, _o.priority, _o.status, _o.due_at, _o.created_at, _o.person_id,
    _o.worker_id, _o.channel, _o.provider_id, _o.reply_to, _o.via_twiml, _o.attempts, _o.error_code,
    _o.reason, _o.escalation_id, _o.conversation_id, _o.appointment_id, _o.handed_at, _o.key,
)  # fmt: skip

_ADD = Statement(insert(outbox).returning(_o.id))
_ADD_NEW = InsertNew(outbox, "key", returning="id", where=text("key IS NOT NULL"))
_GET = Statement(select(*COLUMNS).where(_o.id == bindparam("outbox_id")))
_BY_PROVIDER_ID = Statement(select(*COLUMNS).where(_o.provider_id == bindparam("provider_id")))
_OF_PERSON = select(*COLUMNS).where(_o.person_id == bindparam("person_id")).order_by(_o.id)
_TO_ADDRESS = select(*COLUMNS).where(_o.address == bindparam("address")).order_by(_o.id)
_LAST_TO = select(_o.created_at).where(_o.address == bindparam("address")).order_by(_o.id.desc()).limit(1)
_LAST_OF_CONVERSATION = Statement(
    select(_o.body)
    .where(_o.person_id == bindparam("person_id"), _o.conversation_id == bindparam("conversation_id"))
    .order_by(_o.id.desc())
    .limit(1)
)
_KNOWN_IDS = select(_o.provider_id).where(
    _o.address == bindparam("address"), _o.body == bindparam("body"), _o.provider_id.is_not(None)
)
_another = outbox.alias()
_FROM_PROVIDER = bindparam("from_provider", type_=_o.provider_id.type)
_MAY_BECOME = {
    new: Statement(update(outbox)
    .where(
        _o.id == bindparam("outbox_id"),
        _o.status.in_([old.value for old in DeliveryStatus if may_follow(old, new)]),
        ~exists().where(_another.c.provider_id == _FROM_PROVIDER, _another.c.id != bindparam("outbox_id")),
    )
    .values(
        status=new.value,
        provider_id=func.coalesce(_o.provider_id, _FROM_PROVIDER),
        error_code=bindparam("code", type_=_o.error_code.type),
        reason=bindparam("why", type_=_o.reason.type),
        claimed_by=None,
        finished_at=bindparam("at", type_=UtcDateTime) if new in FINAL else _o.finished_at,
    ))
    for new in DeliveryStatus
}

# One branch a priority, each a single look at the index; what is held up by an earlier text does not count,
# since that one's own instant does. The conditions are spelled as in the partial indexes.
_NEXT_DUE = text(
    "SELECT MIN(at) AS at FROM ("
    + " UNION ALL ".join(
        f"""SELECT * FROM (
            SELECT o.due_at AS at FROM outbox o WHERE o.status = 'due' AND o.priority = {priority:d}
              AND NOT EXISTS (
                SELECT 1 FROM outbox e WHERE e.address = o.address
                  AND e.status IN ('due', 'claimed', 'handed_over') AND NOT e.via_twiml
                  AND (e.priority < o.priority OR (e.priority = o.priority AND e.id < o.id))
                  AND (e.status <> 'due' OR e.attempts > 0))
            ORDER BY o.due_at, o.id LIMIT 1) AS due_{priority:d}"""
        for priority in Priority
    )
    + """ UNION ALL
        SELECT MIN(claimed_at) + :claim_lease
          FROM outbox WHERE status IN ('claimed', 'handed_over') AND status = 'claimed'
        UNION ALL
        SELECT MIN(claimed_at) + :hand_over_lease
          FROM outbox WHERE status IN ('claimed', 'handed_over') AND status = 'handed_over'
    ) AS instants"""
).columns(at=UtcDateTime)


def add(conn: Connection, message: NewMessage, *, now: datetime) -> int | None:
    """Write a text for the outbox and give its id; none when its key was there before."""
    is_answer = message.status is DeliveryStatus.HANDED_OVER
    row = {
        "key": message.key,
        "address": message.address,
        "channel": message.channel.value,
        "body": message.body,
        "kind": message.kind.value,
        "priority": int(message.priority),
        "status": message.status.value,
        "due_at": message.due_at,
        "created_at": now,
        "person_id": message.person_id,
        "worker_id": message.worker_id,
        "escalation_id": message.escalation_id,
        "conversation_id": message.conversation_id,
        "appointment_id": message.appointment_id,
        "reply_to": message.reply_to,
        "via_twiml": message.via_twiml,
        "handed_at": now if is_answer else None,
        # Counted from here, so that one look at the index finds whatever has waited too long.
        "claimed_at": now + ANSWER_LEASE - HAND_OVER_LEASE if is_answer else None,
        "finished_at": now if message.status in FINAL else None,
        "reason": message.reason,
    }
    if message.key is not None:
        added: int | None = _ADD_NEW(conn, row)
        return added
    return _ADD.scalar(conn, row)


def get(conn: Connection, outbox_id: int) -> OutboxMessage | None:
    """The text with this id, wherever it stands."""
    row = _GET.first(conn, {"outbox_id": outbox_id})
    return None if row is None else from_row(row)


def by_provider_id(conn: Connection, provider_id: str) -> OutboxMessage | None:
    """The text that the provider knows by this id."""
    row = _BY_PROVIDER_ID.first(conn, {"provider_id": provider_id})
    return None if row is None else from_row(row)


def of_person(conn: Connection, person_id: str) -> list[OutboxMessage]:
    """Every text to or about a person, in the order they were written."""
    return [from_row(row) for row in conn.execute(_OF_PERSON, {"person_id": person_id})]


def to_address(conn: Connection, address: str) -> list[OutboxMessage]:
    """Every text to an address, in the order they were written."""
    return [from_row(row) for row in conn.execute(_TO_ADDRESS, {"address": address})]


def last_to(conn: Connection, address: str) -> datetime | None:
    """When the newest text to an address was written."""
    return conn.execute(_LAST_TO, {"address": address}).scalar()


def last_of_conversation(conn: Connection, person_id: str, conversation_id: str) -> str | None:
    """The words of the newest text to a person in one conversation."""
    found: str | None = _LAST_OF_CONVERSATION.scalar(
        conn, {"person_id": person_id, "conversation_id": conversation_id}
    )
    return found


def provider_ids_of(conn: Connection, address: str, body: str) -> frozenset[str]:
    """The provider's ids of every text with these words to an address that we know to have gone."""
    return frozenset(conn.execute(_KNOWN_IDS, {"address": address, "body": body}).scalars())


def next_due(conn: Connection) -> datetime | None:
    """When sending has something to do next: a text falls due, or one left in hand must be looked at.

    In the past while something can go at once; while sending is stopped, not before it begins again.
    """
    leases = {
        "claim_lease": CLAIM_LEASE // timedelta(microseconds=1),
        "hand_over_lease": HAND_OVER_LEASE // timedelta(microseconds=1),
    }
    found: datetime | None = conn.execute(_NEXT_DUE, leases).scalar()
    stopped_until = rates.stopped_until(conn)
    if found is None or stopped_until is None:
        return found
    return max(found, stopped_until)


def advance(
    conn: Connection,
    outbox_id: int,
    status: DeliveryStatus,
    *,
    now: datetime,
    provider_id: str | None = None,
    error_code: int | None = None,
    reason: str | None = None,
) -> bool:
    """Move a text forward to `status`, in one conditional update. False: it is there or further already.

    A provider id that is known already stays. False, too, when another text has this provider id.
    """
    values = {
        "outbox_id": outbox_id,
        "from_provider": provider_id,
        "code": error_code,
        "why": reason,
        "at": now,
    }
    return _MAY_BECOME[status].run(conn, values) == 1


def from_row(row: Sequence[Any]) -> OutboxMessage:
    """The text in a row of `COLUMNS`."""
    (
        id,
        address,
        body,
        kind,
        priority,
        status,
        due_at,
        created_at,
        person_id,
        worker_id,
        channel,
        *rest,
    ) = row
    return OutboxMessage(
        id, address, body, Kind(kind), Priority(priority), DeliveryStatus(status), due_at, created_at,
        person_id, worker_id, Channel(channel), *rest,
    )  # fmt: skip
