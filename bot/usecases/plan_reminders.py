"""Plan the texts of an appointment, again whenever something about it or the person changes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bot.deps import Deps
from bot.domain.appointments import Appointment
from bot.domain.people import Person
from bot.domain.quiet_hours import quiet_hours_of
from bot.domain.reminders import Planned, PlanSpec, plan
from bot.engine.reminder_plan import load_plan
from bot.store import appointments, people, reminders
from bot.usecases.work import Work

PLAN_FILE = "reminders.yaml"


def replan(
    work: Work, appointment: Appointment, *, person: Person | None = None, is_changed: bool = False
) -> int:
    """Make the waiting reminders fit the appointment as it stands, and say how many rows that changed.

    What was sent stays sent, by the key of appointment, kind and start. `is_changed`: something the person
    was told of besides the time is different, so they get a correction.
    """
    person = person or people.get(work.conn, appointment.person_id)
    planned = texts_for(work, appointment, person, is_changed=is_changed)
    return reminders.plan(
        work.conn, appointment.id, appointment.person_id, appointment.starts_at, planned, now=work.now
    )


def replan_person(work: Work, person: Person) -> None:
    """Plan again for all that is ahead of a person, after their own hours or their area changed."""
    for appointment in appointments.booked_from(work.conn, person.id, since=work.now):
        replan(work, appointment, person=person)


def texts_for(
    work: Work, appointment: Appointment, person: Person | None, *, is_changed: bool = False
) -> list[Planned]:
    """The texts that still make sense, by the plan of the person's area and in their hours."""
    deps = work.deps
    return plan(
        appointment,
        plan_spec=plan_spec(deps),
        quiet=quiet_hours_of(person, deps.calendar.zone),
        now=work.now,
        calendar=deps.calendar,
        area=person.area if person else "",
        is_changed=is_changed,
    )


def plan_spec(deps: Deps) -> PlanSpec:
    """The plan that coordinators wrote; a changed file counts from its next use on.

    Raises:
        FlowInvalid: the file makes no sense.
    """
    path = deps.settings.flows_dir / PLAN_FILE
    try:
        changed_at = path.stat().st_mtime_ns
    except FileNotFoundError:
        changed_at = 0
    return _loaded(path, changed_at)


@lru_cache(maxsize=8)
def _loaded(path: Path, _changed_at: int) -> PlanSpec:
    return load_plan(path)
