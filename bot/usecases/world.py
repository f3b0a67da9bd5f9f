"""What a flow may ask about one person: facts, values to show, services that are open. Looked up when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cached_property

from bot.domain.appointments import Appointment, Release
from bot.domain.directory import listing_line
from bot.domain.messages import Channel
from bot.domain.people import Person
from bot.domain.phone_numbers import display
from bot.domain.quiet_hours import next_allowed, quiet_hours_of
from bot.engine.definition import ServicesQuery
from bot.store import appointments, escalations, releases, workers
from bot.usecases import escalating
from bot.usecases.reminder_texts import bring_text, harmless
from bot.usecases.texting import flavour_of
from bot.usecases.work import Work

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class PersonWorld:
    """The engine's `World` for one person at one instant."""

    def __init__(self, work: Work, person: Person, *, subject: Mapping[str, str], intent: str = "") -> None:
        self._work = work
        self._person = person
        self._subject = subject
        self._intent = intent
        self.language = person.language
        self.flavour = flavour_of(person)
        self._calendar = work.deps.calendar

    def fact(self, name: str) -> bool | str:
        """The value of one of the facts in `definition.BOOLEAN_FACTS` and `TEXT_FACTS`."""
        return self._facts[name]()

    def value(self, placeholder: str) -> str | None:
        """What to show for a placeholder, none when it is not known."""
        return self._values[placeholder]() or None

    def service_lines(self, query: ServicesQuery) -> list[str]:
        """One line a service, in the order in which the flow names the kinds, best first; empty when nothing
        is fit to send."""
        found = self._work.deps.directory.find(
            query.category, self._person.area, at=self._work.now, limit=query.limit, only_open=query.only_open
        )
        if query.only_open:
            found.sort(key=lambda listing: query.category.index(listing.service.category))
        return [listing_line(listing, self._calendar, now=self._work.now) for listing in found]

    def appointment_id(self) -> str | None:
        """The appointment the conversation is about, else the next one."""
        return self._appointment.id if self._appointment else None

    def local(self, at: datetime) -> datetime:
        """The instant as wall clock."""
        return self._calendar.local(at)

    def at_wall(self, wall: time, *, after: datetime) -> datetime:
        """The first instant after `after` at which clocks show `wall`."""
        day = self._calendar.local(after).date()
        at = self._calendar.at(day, wall)
        return at if at > after else self._calendar.at(day + timedelta(days=1), wall)

    def next_open(self, category: str) -> datetime | None:
        """When the first service of that kind opens, none when that is not known."""
        return self._work.deps.directory.next_open((category,), self._person.area, at=self._work.now)

    def in_area(self, area: str) -> PersonWorld:
        """The world of somebody new as it is in the area they have just named: its services, who is on call.

        A known person stays where they are until a worker of the other area takes over.
        """
        named = self._calendar.area(area)
        if self._person.is_known or named is None:
            return self
        moved = replace(self._person, area=named)
        return PersonWorld(self._work, moved, subject=self._subject, intent=self._intent)

    @cached_property
    def _appointment(self) -> Appointment | None:
        about = self._subject.get("appointment")
        if about:
            return appointments.get(self._work.conn, about)
        return appointments.next_of_person(self._work.conn, self._person.id, at=self._work.now)

    @cached_property
    def _release(self) -> Release | None:
        return releases.current(self._work.conn, self._person.id)

    @cached_property
    def _on_call(self) -> list[str]:
        return escalating.on_call_names(self._work, self._person.area)

    @cached_property
    def _facts(self) -> dict[str, Callable[[], bool | str]]:
        person, now = self._person, self._work.now
        local = self._calendar.local(now)
        quiet = quiet_hours_of(person, self._calendar.zone)
        answering = self._work.answering
        return {
            "out_of_hours": lambda: self._calendar.is_out_of_hours(now),
            "quiet_hours": lambda: next_allowed(quiet, now) != now,
            "working_day": lambda: self._calendar.is_working_day(local.date()),
            "known": lambda: person.is_known,
            "consent": lambda: person.consent,
            "discreet": lambda: person.is_discreet,
            "opted_out": lambda: person.is_opted_out,
            "on_call": lambda: bool(self._on_call),
            "has_appointment": lambda: self._appointment is not None,
            "appointment_today": lambda: (
                self._appointment is not None
                and self._calendar.local(self._appointment.starts_at).date() == local.date()
            ),
            "has_first_name": lambda: bool(person.first_name),
            "escalation_open": lambda: bool(escalations.open_of_person(self._work.conn, person.id)),
            "area": lambda: person.area,
            "language": lambda: person.language,
            "channel": lambda: (answering.channel if answering else Channel.SMS).value,
            "weekday": lambda: _WEEKDAYS[local.weekday()],
            "hour": lambda: str(local.hour),
            "address_tonight": lambda: self._release.address_tonight if self._release else "unknown",
            "appointment_kind": lambda: self._appointment.kind.value if self._appointment else "",
            "intent": lambda: self._intent,
        }

    @cached_property
    def _values(self) -> dict[str, Callable[[], str | None]]:
        person, now, calendar = self._person, self._work.now, self._calendar
        settings = self._work.deps.settings

        def of_appointment(read: Callable[[Appointment], str]) -> Callable[[], str | None]:
            return lambda: read(self._appointment) if self._appointment else None

        def responsible() -> str | None:
            worker_id = person.responsible_worker_id
            worker = workers.get(self._work.conn, worker_id) if worker_id else None
            return worker.first_name if worker else None

        return {
            "first_name": lambda: person.first_name,
            "area": lambda: None if person.area == "national" else person.area,
            "on_call_name": lambda: self._on_call[0] if self._on_call else None,
            "responsible_name": responsible,
            "appointment_day": of_appointment(lambda a: calendar.day_text(a.starts_at, now=now)),
            "appointment_time": of_appointment(lambda a: calendar.time_text(a.starts_at)),
            "appointment_where": of_appointment(lambda a: harmless(self._work, a.where)),
            "appointment_with": of_appointment(lambda a: harmless(self._work, a.with_whom)),
            "appointment_travel": of_appointment(lambda a: harmless(self._work, a.travel)),
            "appointment_bring": of_appointment(lambda a: bring_text(self._work, person, a)),
            "our_number": lambda: display(settings.twilio_from) if settings.twilio_from else None,
            "reminder_text": lambda: None,
        }
