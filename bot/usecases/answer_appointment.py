"""What a person says of an appointment: on the record, and told to whoever has to act on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.appointments import Appointment
from bot.domain.escalations import Event, Urgency
from bot.domain.messages import Kind
from bot.domain.people import Person, Worker
from bot.store import appointments, events, workers
from bot.usecases import escalating
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work

# An appointment this near is rearranged today, a later one on the next working day.
SOON = timedelta(days=2)


def answer_appointments(work: Work, person: Person, ids: Sequence[str], reply: str) -> None:
    """Record the reply to the appointments that were in one text, most often one.

    `cannot_make` and `running_late` reach the worker it is with before it is missed. When we have that
    worker's number they are texted; `cannot_make` is an escalation besides, so that somebody finds another
    time, and asks which is meant when the text named several.
    """
    found = [one for id in ids if (one := appointments.get(work.conn, id)) is not None]
    if not found:
        return
    for one in found:
        data: dict[str, object] = {"appointment": one.id, "of": len(found)}
        events.add(work.conn, Event(at=work.now, kind=f"appointment_{reply}", person_id=person.id, data=data))
        if reply == "coming" or len(found) == 1:
            appointments.set_reply(work.conn, one.id, reply)
    if reply == "coming":
        return
    when = " or ".join(_when(work, one) for one in found)
    told = [one for one in found if _tell(work, person, one, reply, when)]
    if reply == "running_late" and len(told) == len(found):
        return
    verb = "can't make" if reply == "cannot_make" else "is running late for"
    escalating.open_escalation(
        work,
        person,
        urgency=Urgency.TODAY if found[0].starts_at - work.now < SOON else Urgency.WHENEVER,
        reason=f"{verb} {when}",
        need=f"appointment:{found[0].id}",
        words=work.words,
    )


def _tell(work: Work, person: Person, appointment: Appointment, reply: str, when: str) -> bool:
    """Text the worker it is with; false when we have no number that reaches them. `when`: all that it may be."""
    worker = _worker_with(work, person, appointment)
    if worker is None or not worker.can_be_paged:
        return False
    name = person.first_name or "Someone"
    text_worker(
        work,
        worker,
        phrase(work, f"appointment.worker_{reply}", None, first_name=name, when=when),
        kind=Kind.WARNING,
        key=f"appointment:{appointment.id}:{appointment.version}:{reply}",
        person_id=person.id,
    )
    return True


def _worker_with(work: Work, person: Person, appointment: Appointment) -> Worker | None:
    name = appointment.with_whom.casefold()
    for worker in workers.all(work.conn) if name else ():
        if worker.name.casefold() == name:
            return worker
    return workers.get(work.conn, person.responsible_worker_id) if person.responsible_worker_id else None


def _when(work: Work, appointment: Appointment) -> str:
    calendar = work.deps.calendar
    return f"{calendar.day_text(appointment.starts_at, now=work.now)} {calendar.time_text(appointment.starts_at)}"
