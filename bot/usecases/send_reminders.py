"""Send the reminders that are due: many people a transaction, each reminder once whatever runs beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import structlog

from bot.deps import Deps
from bot.domain.appointments import AppointmentStatus
from bot.domain.escalations import Event, Urgency
from bot.domain.messages import Kind
from bot.domain.people import Person, SafeToText
from bot.domain.quiet_hours import quiet_hours_of
from bot.domain.reminder_round import LOOK_AHEAD, MID_CONVERSATION, Round, Text, sort_out
from bot.domain.reminders import Reminder, ReminderKind, ReminderStatus
from bot.errors import DatabaseTooNew, NotFound
from bot.store import appointments, enrolment, events, people, reminders
from bot.store.database import UNAVAILABLE
from bot.usecases import escalating
from bot.usecases.reminder_texts import reminder_text
from bot.usecases.run_flow import start_flow
from bot.usecases.texting import text_person
from bot.usecases.work import Work

log = structlog.get_logger()
BATCH = 50
FLOW = "appointment_reminder"


def send_due_reminders(deps: Deps, *, now: datetime) -> int:
    """Put every reminder due at `now` in the outbox, put it off or record why it is not sent; give how many.

    After an outage what is still useful goes out and what is stale is skipped with its reason. One that
    fails is skipped and a human is fetched, so that it stops nobody else's. When it was the database that could
    not, they wait for the next tick.

    Raises:
        DatabaseTooNew: another release has migrated the database.
    """
    handled = 0
    while True:
        with deps.store.read() as conn:
            due_at = reminders.next_due(conn)
        if due_at is None or due_at > now:
            return handled
        taken: list[Reminder] = []
        try:
            with deps.store.begin() as conn:
                taken = reminders.take_due(conn, now=now, limit=BATCH)
                _send(Work(deps, conn, now), {reminder.person_id for reminder in taken})
        except DatabaseTooNew:
            raise
        except UNAVAILABLE as error:
            log.warning("reminders_put_off", count=len(taken), reason=type(error).__name__)
            return handled
        except Exception:
            log.exception("reminders_failed", count=len(taken))
            for person_id in sorted({reminder.person_id for reminder in taken}):
                _send_alone(deps, person_id, now)
        handled += len(taken)
        if not taken:  # another host has them all
            return handled


def _send(work: Work, person_ids: set[str]) -> None:
    """Handle all that is due for these people."""
    found = enrolment.lock(work.conn, person_ids)
    waiting: defaultdict[str, list[Reminder]] = defaultdict(list)
    for reminder in reminders.take_waiting_of(work.conn, person_ids, until=work.now + LOOK_AHEAD):
        waiting[reminder.person_id].append(reminder)
    about = {reminder.appointment_id for group in waiting.values() for reminder in group}
    known = appointments.by_ids(work.conn, about)
    addresses = enrolment.current_addresses(work.conn, person_ids)
    talking = reminders.in_conversation(
        work.conn, person_ids, since=work.now - MID_CONVERSATION, until=work.now, but_in=FLOW
    )
    settled: list[tuple[int, ReminderStatus, str | None]] = []
    told: list[tuple[str, datetime | None]] = []
    for person_id, group in waiting.items():
        person = found[person_id]
        round_ = sort_out(
            group,
            known,
            now=work.now,
            quiet=quiet_hours_of(person, work.deps.calendar.zone),
            calendar=work.deps.calendar,
            is_mid_conversation=person_id in talking,
            may_not=_may_not(person, has_number=person_id in addresses),
        )
        for text in round_.texts:
            _say(work, person, text)
            told += [(a.id, a.starts_at if a.status is AppointmentStatus.BOOKED else None)
                     for a in text.appointments]  # fmt: skip
            settled += _sent(text.reminders)
        settled += [(reminder.id, ReminderStatus.SKIPPED, reason) for reminder, reason in round_.skipped]
        _record_skipped(work, person, round_)
        reminders.postpone(work.conn, [(reminder.id, later) for reminder, later in round_.postponed])
    reminders.settle(work.conn, settled, now=work.now)
    appointments.set_announced(work.conn, told)


def _say(work: Work, person: Person, text: Text) -> None:
    """Write the text and open the question it asks; what is called off asks nothing."""
    body = reminder_text(work, person, text)
    first = text.appointments[0]
    subject = {"appointment": first.id, "reminder_text": body}
    if len(text.appointments) > 1:
        subject["appointments"] = ",".join(appointment.id for appointment in text.appointments)
    if text.kind is not ReminderKind.CORRECTION or first.status is AppointmentStatus.BOOKED:
        try:
            start_flow(work, person, FLOW, subject=subject, kind=Kind.REMINDER)
            return
        except NotFound:
            log.error("flow_missing", flow=FLOW)
    text_person(work, person, body, kind=Kind.REMINDER, appointment_id=first.id)


def _sent(group: Sequence[Reminder]) -> list[tuple[int, ReminderStatus, str | None]]:
    first = group[0]
    return [
        (reminder.id, ReminderStatus.SENT, None if reminder is first else f"in_one_text_with_{first.id}")
        for reminder in group
    ]


def _may_not(person: Person, *, has_number: bool) -> str | None:
    """Why we may not or can't write to this person first."""
    if person.is_opted_out:
        return "opted_out"
    if not person.consent:
        return "no_consent"
    if person.safe_to_text is SafeToText.NO:
        return "not_safe_to_text"
    return None if has_number else "no_number"


def _record_skipped(work: Work, person: Person, round_: Round) -> None:
    for reminder, reason in round_.skipped:
        data: dict[str, object] = {
            "appointment": reminder.appointment_id, "reminder": reminder.kind, "reason": reason,
        }  # fmt: skip
        events.add(work.conn, Event(at=work.now, kind="reminder_skipped", person_id=person.id, data=data))


def _send_alone(deps: Deps, person_id: str, now: datetime) -> None:
    """One person's reminders in a transaction of their own; when that fails too, a human is fetched."""
    try:
        with deps.store.begin() as conn:
            _send(Work(deps, conn, now), {person_id})
    except UNAVAILABLE as error:
        log.warning("reminder_put_off", person=person_id, reason=type(error).__name__)
    except Exception:
        log.exception("reminder_failed", person=person_id)
        with deps.store.begin() as conn:
            stuck = reminders.take_waiting_of(conn, {person_id}, until=now)
            reminders.settle(conn, [(r.id, ReminderStatus.SKIPPED, "failed") for r in stuck], now=now)
            person = people.lock(conn, person_id)
            if person is not None and stuck:
                escalating.open_escalation(
                    Work(deps, conn, now), person, urgency=Urgency.TODAY,
                    reason="we could not send a reminder", need="failed", words="",
                )  # fmt: skip
