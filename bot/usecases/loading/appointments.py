"""Load appointments, and plan their texts: a moved or cancelled one is put right at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.appointments import Appointment, AppointmentStatus
from bot.domain.csv_rows import Row
from bot.domain.escalations import Event
from bot.domain.messages import Kind
from bot.domain.people import Person
from bot.domain.quiet_hours import next_allowed, quiet_hours_of
from bot.domain.reminders import Planned
from bot.store import appointments, events, reminders, timers, workers
from bot.usecases import plan_reminders
from bot.usecases.loading.references import people_named
from bot.usecases.loading.report import BATCH, Loading, Novelty, batches, keep, novelties
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work

# A miss that is longer ago is history that is being imported, nothing to write to anybody about.
RECENT = timedelta(days=14)
_FIELDS = {
    "kind": "kind", "starts_at": "starts_at", "with": "with_whom", "where": "where", "travel": "travel",
    "status": "status",
}  # fmt: skip


def load_appointments(loading: Loading) -> None:
    """Add appointments and change what their rows now say otherwise.

    Raises:
        InputInvalid: names every cell that is wrong, a person nobody knows among them.
    """
    known = people_named(loading)
    _check_whose(loading, known)
    loading.refuse_if_wrong()
    work, report = loading.work, loading.report
    for part in batches(loading.rows, "loading appointments"):
        found = novelties(loading, part, lambda row: str(row.values["external_id"]))
        before = appointments.by_external_ids(work.conn, [one.key for one in found])
        new: list[tuple[Appointment, Person]] = []
        for one in found:
            person, appointment = known[one.row.values["person"]], before.get(one.key)
            if appointment is None:
                fields = {name: value for name, value in _fields(one.row).items() if value is not None}
                new.append((Appointment(work.deps.new_id(), one.key, person.id, **fields), person))
                report.added += 1
                continue
            is_changed = _change(work, appointment, person, one)
            report.changed += is_changed
            report.unchanged += not is_changed
        _add(work, new)
        keep(loading, found, now=work.now)


def _check_whose(loading: Loading, known: dict[str, Person]) -> None:
    """An appointment stays with its person; a row that gives it to another is a mistake."""
    for begin in range(0, len(loading.rows), BATCH):
        part = loading.rows[begin : begin + BATCH]
        found = appointments.by_external_ids(
            loading.work.conn, [str(row.values["external_id"]) for row in part]
        )
        for row in part:
            there, person = found.get(row.values["external_id"]), known.get(row.values["person"])
            if there is not None and person is not None and there.person_id != person.id:
                loading.wrong(row, "person", "is not whose appointment this is; give it a new external_id")


def _fields(row: Row) -> dict[str, Any]:
    """The fields of an appointment that the file has; a blank cell of words is no words."""
    found = {name: row.values[column] for column, name in _FIELDS.items() if column in row.values}
    for name in ("with_whom", "where", "travel"):
        if name in found:
            found[name] = found[name] or ""
    return found


def _add(work: Work, new: list[tuple[Appointment, Person]]) -> None:
    appointments.add_many(work.conn, [appointment for appointment, _ in new], now=work.now)
    planned: list[tuple[str, str, Any, Planned]] = []
    for appointment, person in new:
        if appointment.status is AppointmentStatus.BOOKED and appointment.starts_at > work.now:
            planned += [
                (appointment.id, person.id, appointment.starts_at, text)
                for text in plan_reminders.texts_for(work, appointment, person)
            ]
        elif appointment.status is AppointmentStatus.MISSED:
            _missed(work, appointment, person)
    reminders.add_many(work.conn, planned)


def _change(work: Work, before: Appointment, person: Person, one: Novelty) -> bool:
    """Make what the row says anew so, and put right what the person was told; whether it is different."""
    fresh = {_FIELDS[column] for column in one.fresh if column in _FIELDS}
    changes = {
        name: value
        for name, value in _fields(one.row).items()
        if name in fresh and value is not None and value != getattr(before, name)
    }
    if not changes:
        return False
    if "starts_at" in changes:
        changes["reply"] = None
    after = replace(before, **changes, version=before.version + 1)
    appointments.change(work.conn, before.id, **changes, version=after.version)
    data: dict[str, object] = {"appointment": before.id, "fields": sorted(changes)}
    events.add(work.conn, Event(at=work.now, kind="appointment_changed", person_id=person.id, data=data))
    is_changed = bool(changes.keys() & {"where", "with_whom"})
    plan_reminders.replan(work, after, person=person, is_changed=is_changed)
    if after.status is AppointmentStatus.MISSED and before.status is not AppointmentStatus.MISSED:
        _missed(work, after, person)
    _tell_worker(work, before, after, person)
    return True


def _missed(work: Work, appointment: Appointment, person: Person) -> None:
    """Ask what got in the way and offer another time, when the person may be written to."""
    if work.now - appointment.starts_at > RECENT:
        return
    quiet = quiet_hours_of(person, work.deps.calendar.zone)
    timers.add(
        work.conn,
        key=f"appointment_missed:{appointment.id}:{appointment.version}",
        kind="appointment_missed",
        person_id=person.id,
        due_at=next_allowed(quiet, work.now),
        subject_id=appointment.id,
        data={"appointment": appointment.id},
    )


def _tell_worker(work: Work, before: Appointment, after: Appointment, person: Person) -> None:
    """Tell the worker responsible of another time, or that it is off, while it still lies ahead."""
    is_off = after.status is AppointmentStatus.CANCELLED and before.status is AppointmentStatus.BOOKED
    is_moved = after.status is AppointmentStatus.BOOKED and after.starts_at != before.starts_at
    worker = workers.get(work.conn, person.responsible_worker_id or "")
    if worker is None or not (is_off or is_moved) or max(before.starts_at, after.starts_at) <= work.now:
        return
    calendar = work.deps.calendar
    body = phrase(
        work,
        "reminders.worker_cancelled" if is_off else "reminders.worker_moved",
        None,
        first_name=person.first_name,
        day=calendar.day_text(after.starts_at, now=work.now),
        time=calendar.time_text(after.starts_at),
        old_day=calendar.day_text(before.starts_at, now=work.now),
        old_time=calendar.time_text(before.starts_at),
    )
    text_worker(
        work, worker, body, kind=Kind.WARNING, key=f"appointment:{after.id}:{after.version}:{worker.id}",
        person_id=person.id,
    )  # fmt: skip
