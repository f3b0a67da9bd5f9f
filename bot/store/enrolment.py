"""Many people at once: look-ups and writes for loading files and for sending in batches.

What one turn needs of one person is in `people`, `numbers` and `timers`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, false, insert, select

from bot.domain.people import Person
from bot.store.people import COLUMNS, from_row
from bot.store.schema import numbers, people, person_areas, timers

_BY_EXTERNAL_IDS = select(*COLUMNS).where(people.c.external_id.in_(bindparam("external_ids", expanding=True)))
_BY_IDS = select(*COLUMNS).where(people.c.id.in_(bindparam("ids", expanding=True))).order_by(people.c.id)
_LOCK = _BY_IDS.with_for_update(key_share=True)
_CURRENT = (
    select(numbers.c.person_id, numbers.c.address)
    .where(
        numbers.c.person_id.in_(bindparam("ids", expanding=True)),
        numbers.c.until_at.is_(None),
        numbers.c.is_bad == false(),
    )
    .order_by(numbers.c.from_at, numbers.c.id)
)
_STRANGERS = (
    select(numbers.c.address, *COLUMNS)
    .join(people, people.c.id == numbers.c.person_id)
    .where(
        numbers.c.address.in_(bindparam("addresses", expanding=True)),
        numbers.c.until_at.is_(None),
        people.c.is_known == false(),
    )
    .order_by(people.c.id)
)

_AT_ADDRESSES = (
    select(numbers.c.address, people.c.external_id)
    .join(people, people.c.id == numbers.c.person_id)
    .where(
        numbers.c.address.in_(bindparam("addresses", expanding=True)),
        numbers.c.until_at.is_(None),
        people.c.external_id.is_not(None),
    )
    .order_by(numbers.c.id)
)


@dataclass(frozen=True)
class NewPerson:
    """Somebody to enrol: with a phone or without, and when the welcome text is due, none when it is not."""

    person: Person
    address: str | None = None
    welcome_at: datetime | None = None


def by_external_ids(conn: Connection, external_ids: Collection[str]) -> dict[str, Person]:
    """The people other systems know by these ids, by that id. For a few hundred at a time."""
    found = map(from_row, conn.execute(_BY_EXTERNAL_IDS, {"external_ids": list(external_ids)}))
    return {person.external_id: person for person in found if person.external_id is not None}


def lock(conn: Connection, ids: Collection[str]) -> dict[str, Person]:
    """These people by id, and nobody else's turn with them until this transaction ends."""
    return {person.id: person for person in map(from_row, conn.execute(_LOCK, {"ids": sorted(ids)}))}


def current_addresses(conn: Connection, ids: Collection[str]) -> dict[str, str]:
    """The newest address of each of these people that is still theirs and not bad, by person."""
    return {row[0]: row[1] for row in conn.execute(_CURRENT, {"ids": list(ids)})}


def strangers_at(conn: Connection, addresses: Collection[str]) -> dict[str, Person]:
    """Who has texted from these addresses without our knowing who they are, by address."""
    found = conn.execute(_STRANGERS, {"addresses": list(addresses)})
    return {row[0]: from_row(row[1:]) for row in found}


def sharing(conn: Connection, addresses: Collection[str]) -> dict[str, list[str]]:
    """Of these addresses those that several people have now, with the external ids of these people."""
    found: dict[str, list[str]] = {}
    for address, external_id in conn.execute(_AT_ADDRESSES, {"addresses": list(addresses)}):
        found.setdefault(address, []).append(external_id)
    return {address: ids for address, ids in found.items() if len(ids) > 1}


def add(conn: Connection, new: Iterable[NewPerson], *, now: datetime) -> None:
    """Write new people with their number, the history of their areas and the timer of their welcome."""
    everyone = list(new)
    if not everyone:
        return
    conn.execute(insert(people), [_columns(one.person, now) for one in everyone])
    conn.execute(
        insert(person_areas),
        [{"person_id": one.person.id, "area": one.person.area, "from_at": now} for one in everyone],
    )
    reached = [one for one in everyone if one.address]
    if reached:
        conn.execute(
            insert(numbers),
            [{"person_id": one.person.id, "address": one.address, "from_at": now} for one in reached],
        )
    welcomed = [one for one in reached if one.welcome_at is not None]
    if welcomed:
        conn.execute(
            insert(timers),
            [
                {"key": f"welcome:{one.person.id}", "kind": "welcome", "person_id": one.person.id,
                 "due_at": one.welcome_at, "data": {}}
                for one in welcomed
            ],
        )  # fmt: skip


def _columns(person: Person, now: datetime) -> dict[str, object]:
    return {
        "id": person.id, "external_id": person.external_id, "first_name": person.first_name,
        "last_name": person.last_name, "area": person.area, "language": person.language,
        "safe_to_text": person.safe_to_text.value, "contact_from": person.contact_from,
        "contact_until": person.contact_until, "needs": list(person.needs), "consent": person.consent,
        "is_known": person.is_known, "misses": 0, "created_at": now,
    }  # fmt: skip
