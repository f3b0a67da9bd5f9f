"""Sets the stage for one scenario: a database in memory, a held clock, workers, a person, services."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path

from bot.deps import Deps
from bot.domain.appointments import Appointment, Release
from bot.domain.calendar import Calendar, load_areas
from bot.domain.people import Person, SafeToText, Worker
from bot.domain.phone_numbers import normalise
from bot.domain.reading import Understanding
from bot.domain.services import Service
from bot.domain.understanding import Reader
from bot.engine.book import FlowBook
from bot.engine.definition import Flow
from bot.engine.phrasebook import Phrasebook
from bot.engine.scenario import Scenario, WhoTexts
from bot.settings import Settings
from bot.store import appointments, numbers, people, person_areas, releases, services, shifts, workers
from bot.store.database import Store
from bot.store.directory import Directory
from bot.store.schema import metadata
from bot.transports.recording import RecordingTransport
from bot.usecases.clocks import HeldClock
from bot.usecases.loading.services import read_services_rows

PERSON_PHONE = "+447700900001"
DEMO_SERVICES = Path(__file__).resolve().parent.parent.parent / "demo" / "services.csv"


@dataclass(frozen=True)
class Content:
    """All that is read from a content folder, once for many scenarios."""

    settings: Settings
    book: FlowBook
    phrases: Phrasebook
    understanding: Understanding
    calendar: Calendar

    @classmethod
    def load(cls, folder: Path) -> Content:
        """Read a content folder.

        Raises:
            FlowInvalid: a file of it can't be read.
        """
        settings = Settings.model_validate({"database_url": "sqlite://", "flows_dir": folder})
        return cls(
            settings,
            FlowBook.load(folder),
            Phrasebook.load(folder / "texts"),
            Reader.load(folder / "understanding"),
            Calendar(settings.zone, load_areas(folder / "areas.yaml")),
        )

    def with_flows(self, flows: Sequence[Flow]) -> Content:
        """The same content, with these flows in place of those of their ids (a draft, for a preview)."""
        book = FlowBook(self.book.flows(), self.book.placeholders, human_asked=self.book.human_asked)
        for flow in flows:
            book.publish(flow.published(max(1, flow.revision)))
        return replace(self, book=book)


@dataclass
class Stage:
    """A world of its own for one scenario. `close` it when done."""

    deps: Deps
    address: str
    workers: dict[str, Worker]
    appointment_id: str | None
    person_id: str | None

    def person(self) -> Person | None:
        """The person of the scenario as they are now; none while nobody has texted from an unknown number."""
        with self.deps.store.read() as conn:
            found = people.get(conn, self.person_id) if self.person_id else None
            return found or next(iter(numbers.owners(conn, self.address)), None)

    def local(self, at: datetime) -> datetime:
        return self.deps.calendar.local(at)

    def instant(self, local: datetime) -> datetime:
        """A wall-clock time of the scenario as an instant."""
        return self.deps.calendar.at(local.date(), local.time())

    def close(self) -> None:
        self.deps.store.close()


def set_stage(content: Content, scenario: Scenario) -> Stage:
    """Everything as the scenario says it is at its beginning."""
    store = Store("sqlite://")
    with store.begin() as conn:
        metadata.create_all(conn)
    at = content.calendar.at(scenario.at.date(), scenario.at.time())
    ids = count(1)
    deps = Deps(
        settings=content.settings,
        store=store,
        transport=RecordingTransport(),
        flows=content.book,
        phrases=content.phrases,
        understanding=content.understanding,
        directory=Directory(content.calendar),
        calendar=content.calendar,
        clock=HeldClock(store, at),
        new_id=lambda: f"{next(ids):026x}",
        rng=random.Random(1),
    )
    _open_services(deps, scenario, at)
    on_call = _call_workers(deps, scenario, at)
    stage = Stage(deps, PERSON_PHONE, on_call, appointment_id=None, person_id=None)
    if scenario.person.known:
        stage.person_id = _add_person(deps, scenario.person, on_call, at)
        stage.appointment_id = _add_appointment(deps, scenario, stage.person_id, at)
    return stage


@lru_cache(maxsize=2)
def demo_services(calendar: Calendar) -> tuple[Service, ...]:
    """The made-up services of the example area."""
    found, _ = read_services_rows(DEMO_SERVICES.read_bytes(), DEMO_SERVICES.name, calendar)
    return tuple(found)


def _open_services(deps: Deps, scenario: Scenario, at: datetime) -> None:
    if scenario.services == "none":
        return
    if scenario.services == "demo":
        found = demo_services(deps.calendar)
    else:
        found = tuple(
            Service(
                id=f"service-{number}", name=made.name, what_for="", category=made.category, area=made.area,
                phone=normalise(made.phone), opening_hours=made.opening_hours, free_to_call=made.free_to_call,
            )
            for number, made in enumerate(scenario.services, start=1)
        )  # fmt: skip
    today = deps.calendar.local(at).date()
    fit = [replace(service, verified=True, checked_on=today, checked_by="scenario") for service in found]
    with deps.store.begin() as conn:
        services.save(conn, fit)
    deps.directory.replace(fit)


def _call_workers(deps: Deps, scenario: Scenario, at: datetime) -> dict[str, Worker]:
    """The workers on call, each a level below the one before, from the day before for three weeks."""
    found: dict[str, Worker] = {}
    area = scenario.person.area
    with deps.store.begin() as conn:
        for level, name in enumerate(scenario.on_call, start=1):
            worker = Worker(
                id=f"worker-{level}", name=name, phone=f"+4477009001{level:02d}", email="",
                role="peer_mentor", areas=(area,),
            )  # fmt: skip
            workers.add(conn, worker, now=at)
            shifts.add(
                conn, area=area, worker_id=worker.id, starts_at=at - timedelta(days=1),
                ends_at=at + timedelta(days=21), level=level,
            )  # fmt: skip
            found[name] = worker
    return found


def _add_person(deps: Deps, who: WhoTexts, on_call: dict[str, Worker], at: datetime) -> str:
    responsible = on_call.get(who.responsible or "")
    person = Person(
        id="person-1", external_id="P1", first_name=who.first_name, last_name="", area=who.area,
        language=who.language, safe_to_text=SafeToText(who.safe_to_text), consent=who.consent,
        needs=who.needs,
        contact_from=time.fromisoformat(who.contact_from) if who.contact_from else None,
        contact_until=time.fromisoformat(who.contact_until) if who.contact_until else None,
        responsible_worker_id=responsible.id if responsible else None, created_at=at,
    )  # fmt: skip
    with deps.store.begin() as conn:
        people.add(conn, person, now=at)
        person_areas.move(conn, person.id, who.area, now=at)
        numbers.link(conn, person.id, PERSON_PHONE, now=at)
        if who.address_tonight is not None:
            day = deps.calendar.local(at).date()
            releases.add(
                conn, Release("release-1", person.id, day, address_tonight=who.address_tonight), now=at
            )
    return person.id


def _add_appointment(deps: Deps, scenario: Scenario, person_id: str, at: datetime) -> str | None:
    made = scenario.appointment
    if made is None:
        return None
    starts_at = deps.calendar.at(made.at.date(), made.at.time()).astimezone(UTC)
    appointment = Appointment(
        id="appointment-1", external_id="A1", person_id=person_id, kind=made.kind, starts_at=starts_at,
        with_whom=made.with_, where=made.where, travel=made.travel, announced_starts_at=starts_at,
    )  # fmt: skip
    with deps.store.begin() as conn:
        appointments.add(conn, appointment, now=at)
    return appointment.id
