"""How fast a sender may hand over, and whether it may at all: kept in the database, so across hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, bindparam, delete, select, update

from bot.store.inserts import InsertNew, InsertOrUpdate
from bot.store.schema import rates

# A tick may plan this far ahead, so that a short pause between ticks costs no sends.
HORIZON = timedelta(seconds=1)
_STOPPED = "(stopped)"

_r = rates.c
_FIRST = InsertNew(rates, "sender")
_SENDER = _r.sender == bindparam("of_sender")
_READ = select(_r.next_free_at).where(_SENDER)
_LOCK = _READ.with_for_update()
_SET = update(rates).where(_SENDER).values(next_free_at=bindparam("free_at"))
_STOP = InsertOrUpdate(rates, "sender", changes=lambda row: {"next_free_at": row.next_free_at})
_GO_ON = delete(rates).where(_SENDER)


@dataclass(frozen=True)
class Allowance:
    """How many texts may be handed over now: the first at `starts_at`, the others `gap` after one another."""

    sender: str
    count: int
    starts_at: datetime
    gap: timedelta


def allowance(conn: Connection, sender: str, *, per_second: float, now: datetime) -> Allowance:
    """What is left of the sender's rate up to a second from now. Holds the sender's row until the commit."""
    _FIRST(conn, {"sender": sender, "next_free_at": now})
    free_at: datetime = conn.execute(_LOCK, {"of_sender": sender}).scalar_one()
    starts_at = max(free_at, now)
    left = (now + HORIZON - starts_at).total_seconds()
    return Allowance(sender, max(0, ceil(left * per_second)), starts_at, timedelta(seconds=1 / per_second))


def use(conn: Connection, allowance: Allowance, count: int) -> Sequence[datetime]:
    """Take `count` of the allowance and give the instant of each, in the transaction of the claim."""
    if count:
        free_at = allowance.starts_at + count * allowance.gap
        conn.execute(_SET, {"of_sender": allowance.sender, "free_at": free_at})
    return [allowance.starts_at + number * allowance.gap for number in range(count)]


def stop_until(conn: Connection, until: datetime) -> None:
    """Hand nothing over before `until`, on any host."""
    _STOP(conn, {"sender": _STOPPED, "next_free_at": until})


def go_on(conn: Connection) -> bool:
    """End a stop. False: there was none."""
    return conn.execute(_GO_ON, {"of_sender": _STOPPED}).rowcount == 1


def stopped_until(conn: Connection) -> datetime | None:
    """Until when nothing may be handed over; none while sending is allowed."""
    return conn.execute(_READ, {"of_sender": _STOPPED}).scalar()
