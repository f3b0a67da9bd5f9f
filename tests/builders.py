"""A small town to test in: people with phones, workers on call, services, and a clock that is moved.

Everything is said as the field says it: `town.text(AMINA, "nowhere to stay")` gives the texts of the answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.deps import Deps
from bot.domain.appointments import Appointment, AppointmentKind
from bot.domain.escalations import Escalation
from bot.domain.messages import Channel, InboundText, OutboxMessage
from bot.domain.people import Person, Worker
from bot.domain.services import Service
from bot.engine.conversation import Conversation
from bot.store import (
    appointments,
    conversations,
    escalations,
    events,
    numbers,
    outbox,
    people,
    person_areas,
    schema,
    services,
    shifts,
    workers,
)
from bot.transports.recording import RecordingTransport
from bot.usecases.move_clock import do_what_is_due
from bot.usecases.receive_message import receive
from bot.usecases.record_status import record_status

AMINA, BEN, CHRIS = "+447700900101", "+447700900102", "+447700900103"
SAM, LEE, KAY = "+447700900201", "+447700900202", "+447700900203"
OURS = "+447700900000"
NIGHT_BEDS, FOOD_DOOR = "0161 496 0101", "0161 496 0102"
_sids = itertools.count(1)


def a_service(id: str, name: str, phone: str, category: str, *, hours: str = "24/7", on: date) -> Service:
    """A service in Bolton that is fit to send."""
    return Service(
        id, name, "", category, "Bolton", phone=phone, opening_hours=hours, free_to_call="yes",
        verified=True, checked_on=on, checked_by="Kay",
    )  # fmt: skip


class Town:
    """Bolton on a Friday: nobody is there until a test says so."""

    def __init__(self, deps: Deps) -> None:
        self.deps = deps

    @property
    def now(self) -> datetime:
        return self.deps.clock()

    @property
    def transport(self) -> RecordingTransport:
        found = self.deps.transport
        assert isinstance(found, RecordingTransport)
        return found

    # Given

    def person(self, address: str = AMINA, name: str = "Amina", **fields: Any) -> Person:
        """Somebody who said we may write, reached on this address."""
        now = self.now
        person = Person(
            f"person-{name.lower()}",
            f"P-{name}",
            name,
            "Example",
            "Bolton",
            consent=True,
            created_at=now,
        )
        person = replace(person, **fields)
        with self.deps.store.begin() as conn:
            people.add(conn, person, now=now)
            person_areas.move(conn, person.id, person.area, now=now)
            numbers.link(conn, person.id, address, now=now)
        return person

    def has_number_no_more(self, person: Person, address: str) -> None:
        now = self.now
        with self.deps.store.begin() as conn:
            numbers.unlink(conn, person.id, address, now=now)

    def worker(
        self, phone: str = SAM, name: str = "Sam Okoro", *, level: int | None = 1, role: str = "peer_mentor",
        days: float = 30,
    ) -> Worker:  # fmt: skip
        """A worker of Bolton; on call from an hour ago unless `level` is none."""
        now = self.now
        worker = Worker(f"worker-{phone[-3:]}", name, phone, "", role, ("Bolton",))
        with self.deps.store.begin() as conn:
            workers.add(conn, worker, now=now)
            if level is not None:
                shifts.add(
                    conn, area="Bolton", worker_id=worker.id, starts_at=now - timedelta(hours=1),
                    ends_at=now + timedelta(days=days), level=level,
                )  # fmt: skip
        return worker

    def service_open(
        self,
        name: str = "Night Beds",
        phone: str = NIGHT_BEDS,
        category: str = "housing",
        hours: str = "24/7",
    ) -> None:
        now = self.now
        today = self.deps.calendar.local(now).date()
        row = a_service(name.lower().replace(" ", "-"), name, phone, category, hours=hours, on=today)
        with self.deps.store.begin() as conn:
            services.save(conn, [row])
            self.deps.directory.replace(services.all(conn))

    def appointment(self, person: Person, *, after: timedelta = timedelta(days=3)) -> Appointment:
        now = self.now
        found = Appointment(
            f"appointment-{person.id}", f"A-{person.id}", person.id, AppointmentKind.HOUSING,
            now + after, announced_starts_at=now + after,
        )  # fmt: skip
        with self.deps.store.begin() as conn:
            appointments.add(conn, found, now=now)
        return found

    # When

    def text(
        self, address: str, body: str, *, sid: str | None = None, pictures: int = 0,
        opt_out_type: str | None = None, arrives: bool = True,
    ) -> list[str]:  # fmt: skip
        """Somebody texts us; gives the texts that go back at once, and reports them delivered."""
        channel = Channel.WHATSAPP if address.startswith("whatsapp:") else Channel.SMS
        text = InboundText(
            sid or f"SM{next(_sids):032x}", address, OURS, body, channel, pictures, opt_out_type
        )
        answers = receive(self.deps, text, now=self.now)
        for answer in answers if arrives else ():
            self.report(answer.outbox_id, None, "delivered")
        return [answer.body for answer in answers]

    def report(
        self, outbox_id: int, provider_id: str | None, status: str, error_code: int | None = None
    ) -> None:
        """The provider reports on a text of ours; one that went back as an answer gets its id this way."""
        record_status(
            self.deps, provider_id=provider_id or f"SMA{outbox_id:031d}", status=status, error_code=error_code,
            outbox_id=outbox_id, now=self.now,
        )  # fmt: skip

    def texts(self, address: str, *bodies: str) -> list[str]:
        """Several texts one after the other; gives the answer to the last."""
        answer: list[str] = []
        for body in bodies:
            answer = self.text(address, body)
        return answer

    def send(self) -> None:
        """Do what is due, and send it."""
        do_what_is_due(self.deps, now=self.now)

    def sent_to(self, address: str) -> list[str]:
        """What we sent to a phone unasked, as of now."""
        self.send()
        return self.transport.texts_to(address)

    # Then

    def who(self, address: str = AMINA) -> Person:
        """Who has this number now."""
        with self.deps.store.read() as conn:
            owners = numbers.owners(conn, address)
        assert len(owners) == 1, owners
        return owners[0]

    def reload(self, person: Person) -> Person:
        """A person as they are on the record now."""
        with self.deps.store.read() as conn:
            found = people.get(conn, person.id)
        assert found is not None
        return found

    def open_escalations(self, person: Person) -> list[Escalation]:
        with self.deps.store.read() as conn:
            return escalations.open_of_person(conn, person.id)

    def question(self, person: Person) -> Conversation | None:
        """The question that is open for somebody."""
        with self.deps.store.read() as conn:
            return conversations.asking(conn, person.id)

    def outcome(self) -> str:
        """What was made of the last text that came in."""
        return self.outcomes()[-1]

    def outcomes(self) -> list[str]:
        with self.deps.store.read() as conn:
            rows = conn.execute(select(schema.inbound.c.outcome).order_by(schema.inbound.c.id))
            return [str(outcome) for (outcome,) in rows]

    def outbox_of(self, person: Person) -> list[OutboxMessage]:
        with self.deps.store.read() as conn:
            return outbox.of_person(conn, person.id)

    def events_of(self, person: Person) -> list[str]:
        with self.deps.store.read() as conn:
            return [event.kind for event in events.of_person(conn, person.id)]

    def count(self, table: str) -> int:
        with self.deps.store.read() as conn:
            return len(conn.execute(select(schema.metadata.tables[table])).all())

    def everything(self) -> dict[str, Sequence[object]]:
        """Every row of every table, to see that nothing has changed."""
        with self.deps.store.read() as conn:
            return {
                table.name: [tuple(map(str, row)) for row in conn.execute(select(table))]
                for table in schema.metadata.sorted_tables
            }
