"""The numbers people are and were reached on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, false, insert, select, update

from bot.domain.people import Number, Person
from bot.store import people as people_rows
from bot.store.schema import numbers, people
from bot.store.statements import Statement

_n = numbers.c
_PERSON = _n.person_id == bindparam("of_person")
_ADDRESS = _n.address == bindparam("at_address")
_OPEN = _n.until_at.is_(None)

_CURRENT = Statement(
    select(_n.address)
    .where(_PERSON, _OPEN, _n.is_bad == false())
    .order_by(_n.from_at.desc(), _n.id.desc())
    .limit(1)
)
_OWNERS = Statement(
    select(*people_rows.COLUMNS)
    .join(numbers, _n.person_id == people.c.id)
    .where(_ADDRESS, _OPEN)
    .order_by(_n.from_at.desc(), _n.id.desc())
)
_has_it_now = numbers.alias()
_FORMER = (
    select(*people_rows.COLUMNS)
    .where(
        people.c.id.in_(select(_n.person_id).where(_ADDRESS, _n.until_at.is_not(None))),
        people.c.id.not_in(
            select(_has_it_now.c.person_id).where(
                _has_it_now.c.address == bindparam("at_address"), _has_it_now.c.until_at.is_(None)
            )
        ),
    )
    .order_by(people.c.id)
)
_OPEN_ONES = select(_n.id, _n.address, _n.is_bad).where(_PERSON, _OPEN)
_END = update(numbers).where(_n.id == bindparam("row_id")).values(until_at=bindparam("ended_at"))
_UNLINK = update(numbers).where(_PERSON, _ADDRESS, _OPEN).values(until_at=bindparam("ended_at"))
_WORKS_AGAIN = update(numbers).where(_n.id == bindparam("row_id")).values(is_bad=False)
_BAD = update(numbers).where(_ADDRESS, _OPEN, _n.from_at <= bindparam("seen_at")).values(is_bad=True)
_HISTORY = (
    select(_n.person_id, _n.address, _n.from_at, _n.until_at, _n.is_bad)
    .where(_PERSON)
    .order_by(_n.from_at, _n.id)
)


def current_address(conn: Connection, person_id: str) -> str | None:
    """The newest address of the person that is still theirs and not bad."""
    return _CURRENT.scalar(conn, {"of_person": person_id})


def owners(conn: Connection, address: str) -> list[Person]:
    """Everyone who has this address now, who got it last first. Several people may share a phone."""
    return [people_rows.from_row(row) for row in _OWNERS.rows(conn, {"at_address": address})]


def former_owners(conn: Connection, address: str) -> list[Person]:
    """Everyone who had this address once and has it no more."""
    return [people_rows.from_row(row) for row in conn.execute(_FORMER, {"at_address": address})]


def link(conn: Connection, person_id: str, address: str, *, now: datetime) -> None:
    """Make this the person's address on its channel; the one before ends now.

    Linking the same address again changes nothing, except that a bad one counts as good again. What others
    have on the same address stays theirs.
    """
    is_linked = False
    for row_id, open_address, is_bad in conn.execute(_OPEN_ONES, {"of_person": person_id}).all():
        if open_address == address:
            is_linked = True
            if is_bad:
                conn.execute(_WORKS_AGAIN, {"row_id": row_id})
        elif _is_whatsapp(open_address) == _is_whatsapp(address):
            conn.execute(_END, {"row_id": row_id, "ended_at": now})
    if not is_linked:
        conn.execute(insert(numbers), {"person_id": person_id, "address": address, "from_at": now})


def unlink(conn: Connection, person_id: str, address: str, *, now: datetime) -> None:
    """This address is not the person's any more, from now on."""
    conn.execute(_UNLINK, {"of_person": person_id, "at_address": address, "ended_at": now})


def mark_bad(conn: Connection, address: str, *, now: datetime) -> None:
    """Nothing reaches this address, for everyone who has it; a link made after `now` is not touched."""
    conn.execute(_BAD, {"at_address": address, "seen_at": now})


def history(conn: Connection, person_id: str) -> list[Number]:
    """Every address the person has or had, earliest first."""
    return [Number(*row) for row in conn.execute(_HISTORY, {"of_person": person_id})]


def _is_whatsapp(address: str) -> bool:
    return address.startswith("whatsapp:")
