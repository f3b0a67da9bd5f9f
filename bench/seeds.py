"""Databases of a given size, written by the database itself: a series of numbers becomes rows.

Person `n` has the id `id_of(n)` and the number `address_of(n)`. Rows of different people take turns, as they
do when texts come in, so that those of one person are not beside one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    case,
    cast,
    column,
    func,
    insert,
    literal,
    select,
)
from tqdm import tqdm

from bot.domain.people import Worker
from bot.engine.conversation import Conversation
from bot.store import services, shifts, workers
from bot.store.database import Store
from bot.store.schema import (
    appointments,
    conversations,
    inbound,
    numbers,
    outbox,
    people,
    person_areas,
    reminders,
)

CHUNK = 50_000
AREAS = (
    "Bolton", "Bury", "Manchester", "Oldham", "Rochdale", "Salford", "Stockport", "Tameside", "Trafford", "Wigan",
)  # fmt: skip
WORKERS_AN_AREA = 4
_EXAMPLE = "Example Town"
# 0500 numbers were withdrawn in 2017, so these million belong to nobody.
# Source: https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/0500-numbers
_PREFIX = "+44500"
MOST_PEOPLE = 1_000_000
_DIGITS = 6
# Messages of one person lie this many people apart; shares no factor with round numbers.
_STRIDE = 7_919
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_N = column("n", Integer)  # the number of the row that is being written


def id_of(person: int) -> str:
    """The id of the person with this number."""
    return f"p{person:0{_DIGITS}d}"


def address_of(person: int) -> str:
    """The phone number of the person with this number."""
    return f"{_PREFIX}{person:0{_DIGITS}d}"


def seed_people(store: Store, count: int, *, messages: int, now: datetime, quiet: bool = False) -> None:
    """Write `count` people who can be texted, and their past: half of the messages in, half out.

    Each has one conversation that has ended. The messages are of the last ninety days.
    """
    if count > MOST_PEOPLE:
        raise ValueError(f"at most {MOST_PEOPLE:,} people have a number")
    n = _N
    person = _padded("p", n)
    address = _padded(_PREFIX, n)
    area = case(dict(enumerate(AREAS)), value=n % len(AREAS))
    earlier = now - timedelta(days=120)
    common = {"person_id": person, "from_at": earlier}
    pairs = messages // 2
    of_person = n * _STRIDE % count
    asked_at = _instants(now - timedelta(days=90), n, timedelta(days=89) / max(pairs, 1))
    ended = Conversation(id="", person_id="", flow_id="welcome", revision=1, step="", seq=1, finished=True)
    jobs: list[tuple[Table, int, Mapping[str, Any]]] = [
        (people, count, {
            "id": person, "external_id": _padded("x", n), "first_name": "Amina", "last_name": "",
            "area": area, "language": "en", "safe_to_text": "yes", "needs": ["id"], "consent": True,
            "is_known": True, "misses": 0, "created_at": earlier,
        }),
        (numbers, count, {**common, "address": address, "is_bad": False}),
        (person_areas, count, {**common, "area": area}),
        (conversations, count, {
            "id": _padded("c", n), "person_id": person, "flow_id": "welcome", "revision": 1,
            "is_finished": True, "is_asking": False, "doc": ended.to_doc(), "started_at": earlier,
            "updated_at": earlier,
        }),
        (inbound, pairs, {
            "provider_id": _padded("SM", n), "address": _padded(_PREFIX, of_person), "to_address": "+447700900000",
            "channel": "sms", "body": "where can i get some food today, i have not had anything since friday",
            "media_count": 0, "person_id": _padded("p", of_person), "received_at": asked_at,
            "outcome": "flow:food",
        }),
        (outbox, pairs, {
            "address": _padded(_PREFIX, of_person), "channel": "sms", "kind": "answer", "priority": 1,
            "body": "Example Food Bank 0161 496 0112, open until 3pm\nExample Kitchen 0161 496 0111, opens 4pm",
            "status": "delivered", "due_at": asked_at, "created_at": asked_at,
            "person_id": _padded("p", of_person), "via_twiml": True, "provider_id": _padded("SMO", n),
            "attempts": 0, "handed_at": asked_at, "finished_at": asked_at,
        }),
    ]  # fmt: skip
    _write(store, jobs, quiet=quiet)


def seed_areas(store: Store, *, now: datetime) -> None:
    """Give each area four workers, two of them on call first, and the services of the example area."""
    since, until = now - timedelta(days=1), now + timedelta(days=30)
    with store.begin() as conn:
        examples = [service for service in services.all(conn) if service.area == _EXAMPLE]
        for place, area in enumerate(AREAS):
            services.save(conn, (replace(one, id=f"{one.id}-{area}", area=area) for one in examples))
            for number in range(WORKERS_AN_AREA):
                worker_id = f"w{place}{number}"
                workers.add(
                    conn,
                    Worker(worker_id, f"Sam Okoro{worker_id}", f"+4477009003{place}{number}", "",
                           "peer_mentor", (area,)),
                    now=now,
                )  # fmt: skip
                shifts.add(conn, area=area, worker_id=worker_id, starts_at=since, ends_at=until,
                           level=1 + number // 2)  # fmt: skip


def seed_reminders(
    store: Store, count: int, *, people_count: int, due_at: datetime, starts_at: datetime, quiet: bool = False
) -> None:
    """Write `count` waiting reminders of as many appointments, shared out among the people."""
    with store.read() as conn:
        first = conn.execute(select(func.count()).select_from(appointments)).scalar_one()
    number = _N + literal(first, Integer)
    of_person = _padded("p", _N % people_count)
    appointment = _padded("a", number, 8)
    jobs: list[tuple[Table, int, Mapping[str, Any]]] = [
        (appointments, count, {
            "id": appointment, "external_id": _padded("x", number, 8), "person_id": of_person,
            "kind": "housing", "starts_at": starts_at, "with_whom": "Jo", "place": "Example Town Hall",
            "travel": "Bus 42", "status": "booked", "version": 1, "created_at": due_at - timedelta(days=30),
        }),
        (reminders, count, {
            "appointment_id": appointment, "person_id": of_person, "kind": "evening",
            "starts_at": starts_at, "due_at": due_at, "status": "waiting",
        }),
    ]  # fmt: skip
    _write(store, jobs, quiet=quiet)


def _write(store: Store, jobs: Iterable[tuple[Table, int, Mapping[str, Any]]], *, quiet: bool) -> None:
    jobs = list(jobs)
    with tqdm(total=sum(count for _, count, _ in jobs), unit=" rows", unit_scale=True, leave=False,
              disable=True if quiet else None) as bar:  # fmt: skip
        for table, count, row in jobs:
            bar.set_description(table.name)
            for first in range(0, count, CHUNK):
                size = min(CHUNK, count - first)
                with store.begin() as conn:
                    _insert(conn, table, row, first, size)
                bar.update(size)
    if not store.is_sqlite:  # what PostgreSQL does by itself after a while
        with store.begin() as conn:
            conn.exec_driver_sql("ANALYZE")


def _insert(conn: Connection, table: Table, row: Mapping[str, Any], first: int, size: int) -> None:
    series = select(literal(first).label("n")).cte("series", recursive=True)
    series = series.union_all(select((series.c.n + 1).label("n")).where(series.c.n < first + size - 1))
    values = [
        value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in row.items()
    ]
    conn.execute(insert(table).from_select(list(row), select(*values).select_from(series)))


def _padded(prefix: str, number: ColumnElement[int], digits: int = _DIGITS) -> ColumnElement[str]:
    return literal(prefix, String) + func.substr(cast(number + 10**digits, String), 2)


def _instants(first: datetime, number: ColumnElement[int], step: timedelta) -> ColumnElement[int]:
    """As `UtcDateTime` keeps them."""
    apart = step // timedelta(microseconds=1)
    return literal((first - _EPOCH) // timedelta(microseconds=1), BigInteger) + number * literal(
        apart, BigInteger
    )
