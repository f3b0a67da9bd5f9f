"""Somebody to remind and to look after: files loaded as a coordinator would, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from textwrap import dedent

from sqlalchemy import func, select

from bot.deps import Deps
from bot.domain.messages import OutboxMessage
from bot.domain.people import Person
from bot.domain.reminders import Reminder
from bot.domain.timers import Timer
from bot.store import outbox, people, reminders, schema, timers, workers
from bot.usecases.loading import LoadReport, load_bytes

AMINA = "external_id,first_name,phone,area,consent\nP1,Amina,07700 900101,Bolton,yes\n"
WORKERS = (
    "name,phone,role,areas\nSam Okoro,07700 900201,peer_mentor,Bolton\n"
    "Lee Hughes,07700 900202,key_worker,Salford\n"
    "Nadia Rahman,07700 900203,coordinator,Bolton;Salford\n"
)


def load(deps: Deps, kind: str, content: str, *, now: datetime | None = None) -> LoadReport:
    return load_bytes(deps, kind, dedent(content).encode(), file=f"{kind}.csv", now=now or deps.clock())


def an_appointment(starts_at: str, *, id: str = "A1", kind: str = "housing", **cells: str) -> str:
    """A file with one appointment of Amina's."""
    return appointments_file(
        {"external_id": id, "person": "P1", "kind": kind, "starts_at": starts_at, **cells}
    )


def appointments_file(*rows: dict[str, str]) -> str:
    header = ["external_id", "person", "kind", "starts_at", "with", "where", "travel", "status"]
    lines = [",".join(f'"{row.get(name, "")}"' for name in header) for row in rows]
    return "\n".join([",".join(header), *lines]) + "\n"


def wall(deps: Deps, text: str) -> datetime:
    """A wall clock time as an instant."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=deps.calendar.zone).astimezone(UTC)


def person(deps: Deps, external_id: str = "P1") -> Person:
    with deps.store.read() as conn:
        found = people.by_external_id(conn, external_id)
    assert found is not None
    return found


def texts_to_person(deps: Deps, external_id: str = "P1") -> list[OutboxMessage]:
    person_id = person(deps, external_id).id
    with deps.store.read() as conn:
        return [message for message in outbox.of_person(conn, person_id) if message.worker_id is None]


def texts_to_worker(deps: Deps, phone: str) -> list[str]:
    with deps.store.read() as conn:
        return [message.body for message in outbox.to_address(conn, phone)]


def timers_of(deps: Deps, external_id: str = "P1") -> list[Timer]:
    person_id = person(deps, external_id).id
    with deps.store.read() as conn:
        return timers.of_person(conn, person_id)


def reminders_of(deps: Deps, external_id: str = "P1") -> list[Reminder]:
    person_id = person(deps, external_id).id
    with deps.store.read() as conn:
        return reminders.of_person(conn, person_id)


def planned(deps: Deps) -> list[tuple[str, str]]:
    """What waits, with its wall clock time."""
    return [
        (r.kind, deps.calendar.local(r.due_at).strftime("%Y-%m-%d %H:%M"))
        for r in reminders_of(deps)
        if r.status == "waiting"
    ]


def make_responsible(deps: Deps, phone: str, external_id: str = "P1") -> None:
    person_id = person(deps, external_id).id
    with deps.store.begin() as conn:
        worker = workers.by_phone(conn, phone)
        assert worker is not None
        people.change(conn, person_id, responsible_worker_id=worker.id)


def fingerprint(deps: Deps) -> dict[str, object]:
    """How many rows each table has, and what the ones that change say."""
    with deps.store.read() as conn:
        found: dict[str, object] = {
            table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in schema.metadata.sorted_tables
        }
        for table in (
            schema.people,
            schema.appointments,
            schema.reminders,
            schema.timers,
            schema.loaded_rows,
        ):
            found[f"{table.name} rows"] = [tuple(map(str, row)) for row in conn.execute(select(table))]
    return found
