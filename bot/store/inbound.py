"""Texts that came in, each kept once whatever the provider repeats."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from bot.domain.messages import Channel, InboundText, ReceivedText
from bot.store.inserts import InsertNew
from bot.store.schema import inbound, outbox
from bot.store.statements import Statement

WHICH_PERSON = "which_person"  # the outcome of a text from a shared phone while we ask who wrote it
_i = inbound.c
_ADD = InsertNew(inbound, "provider_id", returning="id")
_ANSWERS = (
    select(outbox.c.body)
    # An answer goes back where the text came from.
    .join(inbound, (outbox.c.address == _i.address) & (outbox.c.reply_to == _i.id))
    .where(_i.provider_id == bindparam("answered_id"), outbox.c.via_twiml)
    .order_by(outbox.c.id)
)
_ANSWERED = Statement(_ANSWERS.add_columns(outbox.c.id))
_LAST_OF_ADDRESS = (
    select(_i.body, _i.outcome)
    .where(
        _i.address == bindparam("of_address"), _i.received_at >= bindparam("since"), _i.outcome.is_not(None)
    )
    .order_by(_i.received_at.desc(), _i.id.desc())
    .limit(1)
)
# Sets the columns it is given values for.
_SETTLE = Statement(update(inbound).where(_i.id == bindparam("of_text")))
_LAST = Statement(select(func.max(_i.received_at)).where(_i.person_id == bindparam("of_person")))
_OF_PERSON = (
    select(_i.id, _i.provider_id, _i.address, _i.channel, _i.body, _i.media_count, _i.received_at, _i.outcome)
    .where(_i.person_id == bindparam("of_person"), _i.received_at >= bindparam("since"))
    .order_by(_i.received_at, _i.id)
)


def add(conn: Connection, text: InboundText, *, now: datetime) -> int | None:
    """Keep a text that came in and give its id; none when this provider id was there before."""
    row_id: int | None = _ADD(
        conn,
        {
            "provider_id": text.provider_id,
            "address": text.address,
            "to_address": text.to_address,
            "channel": text.channel.value,
            "body": text.body,
            "media_count": text.media_count,
            "received_at": now,
        },
    )
    return row_id


def answers(conn: Connection, provider_id: str) -> list[str]:
    """What was answered to this text in the webhook's own answer, in order; a repeat gets it again."""
    return list(conn.execute(_ANSWERS, {"answered_id": provider_id}).scalars())


def settle(
    conn: Connection,
    inbound_id: int,
    *,
    person_id: str | None = None,
    worker_id: str | None = None,
    outcome: str,
) -> None:
    """Record who sent a text and what was made of it. A sender that is not given stays as it was."""
    values: dict[str, object] = {"of_text": inbound_id, "outcome": outcome}
    if person_id is not None:
        values["person_id"] = person_id
    if worker_id is not None:
        values["worker_id"] = worker_id
    _SETTLE.run(conn, values)


def last_from(conn: Connection, person_id: str) -> datetime | None:
    """When the person last texted us."""
    return _LAST.scalar(conn, {"of_person": person_id})


def of_person(conn: Connection, person_id: str, *, since: datetime) -> list[ReceivedText]:
    """What the person has texted from `since` on, earliest first."""
    rows = conn.execute(_OF_PERSON, {"of_person": person_id, "since": since})
    return [
        ReceivedText(id, provider_id, address, Channel(channel), body, media_count, received_at, outcome)
        for id, provider_id, address, channel, body, media_count, received_at, outcome in rows
    ]


def answered(conn: Connection, provider_id: str) -> list[tuple[int, str]]:
    """Outbox id and body of each text that answered this one, in order; empty when nothing did."""
    return [(id, body) for body, id in _ANSWERED.rows(conn, {"answered_id": provider_id})]


def has_written(conn: Connection, address: str, *, since: datetime) -> bool:
    """Whether a text has come from this address since then."""
    return conn.execute(_LAST_OF_ADDRESS, {"of_address": address, "since": since}).first() is not None


def waiting(conn: Connection, address: str, *, since: datetime) -> str | None:
    """The last text from a shared phone since then, while it waits for us to hear who wrote it."""
    row = conn.execute(_LAST_OF_ADDRESS, {"of_address": address, "since": since}).first()
    return row.body if row is not None and row.outcome == WHICH_PERSON else None
