"""What a person says of an appointment: on the record, and told to whoever has to act on it."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.escalations import Event, Urgency
from bot.domain.messages import Kind
from bot.domain.people import Person
from bot.store import appointments, events, workers
from bot.usecases import escalating
from bot.usecases.texting import phrase, text_worker
from bot.usecases.work import Work


def answer_appointment(work: Work, person: Person, appointment_id: str, reply: str) -> None:
    """Record the reply. `cannot_make` and `running_late` reach the worker it is with before it is missed.

    When we have that worker's number they are texted; `cannot_make` is an escalation besides, so that
    somebody finds another time: today when it is within two days, else on the next working day.
    """
    appointment = appointments.get(work.conn, appointment_id)
    if appointment is None:
        return
    appointments.set_reply(work.conn, appointment_id, reply)
    events.add(
        work.conn,
        Event(at=work.now, kind=f"appointment_{reply}", person_id=person.id,
              data={"appointment": appointment_id}),
    )  # fmt: skip
    if reply == "coming":
        return
    calendar = work.deps.calendar
    when = f"{calendar.day_text(appointment.starts_at, now=work.now)} {calendar.time_text(appointment.starts_at)}"
    told = next(
        (w for w in workers.all(work.conn)
         if appointment.with_whom and w.name.casefold() == appointment.with_whom.casefold()),
        None,
    )  # fmt: skip
    if told is None and person.responsible_worker_id:
        told = workers.get(work.conn, person.responsible_worker_id)
    if told is not None:
        text_worker(
            work,
            told,
            phrase(work, f"appointment.worker_{reply}", None, first_name=person.first_name or "Someone", when=when),
            kind=Kind.WARNING,
            key=f"appointment:{appointment_id}:{appointment.version}:{reply}",
            person_id=person.id,
        )
    if reply == "running_late" and told is not None:
        return
    soon = appointment.starts_at - work.now < timedelta(days=2)
    reason = "can't make" if reply == "cannot_make" else "is running late for"
    escalating.open_escalation(
        work,
        person,
        urgency=Urgency.TODAY if soon else Urgency.WHENEVER,
        reason=f"{reason} {when}",
        need=f"appointment:{appointment_id}",
        words=work.words,
    )
