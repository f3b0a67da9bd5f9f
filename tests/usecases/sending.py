"""Texts to send, and what became of them."""

from __future__ import annotations

from datetime import datetime

from bot.deps import Deps
from bot.domain.messages import DeliveryStatus, Kind, NewMessage, OutboxMessage
from bot.domain.people import Person, Worker
from bot.store import events, numbers, outbox, people, workers
from bot.usecases.texting import PRIORITY, channel_of

AMINA, BEN, SAM = "+447700900101", "+447700900102", "+447700900201"


def a_person(deps: Deps, address: str = AMINA, id: str = "amina", **fields: object) -> Person:
    """Somebody in Bolton who has this number."""
    person = Person(id, None, id.title(), "", "Bolton", consent=True, **fields)  # type: ignore[arg-type]
    now = deps.clock()
    with deps.store.begin() as conn:
        people.add(conn, person, now=now)
        numbers.link(conn, person.id, address, now=now)
    return person


def a_worker(deps: Deps, phone: str = SAM, id: str = "sam", role: str = "peer_mentor") -> Worker:
    worker = Worker(id, f"{id.title()} Okoro", phone, "", role, ("Bolton",))
    with deps.store.begin() as conn:
        workers.add(conn, worker, now=deps.clock())
    return worker


def a_text(
    deps: Deps, body: str, *, to: str = AMINA, kind: Kind = Kind.ANSWER, due_at: datetime | None = None,
    **fields: object,
) -> int:  # fmt: skip
    """A due text; a known person's when `person_id` is given."""
    now = deps.clock()
    message = NewMessage(
        to, body, kind, PRIORITY[kind], due_at or now, channel=channel_of(to), **fields  # type: ignore[arg-type]
    )  # fmt: skip
    with deps.store.begin() as conn:
        found = outbox.add(conn, message, now=now)
    assert found is not None
    return found


def row(deps: Deps, outbox_id: int) -> OutboxMessage:
    with deps.store.read() as conn:
        found = outbox.get(conn, outbox_id)
    assert found is not None
    return found


def status(deps: Deps, outbox_id: int) -> DeliveryStatus:
    return row(deps, outbox_id).status


def known(deps: Deps, person_id: str = "amina") -> Person:
    with deps.store.read() as conn:
        found = people.get(conn, person_id)
    assert found is not None
    return found


def events_of(deps: Deps, person_id: str = "amina") -> list[str]:
    with deps.store.read() as conn:
        return [event.kind for event in events.of_person(conn, person_id)]
