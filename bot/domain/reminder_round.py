"""What to do with one person's due reminders, all at once: which go out, in which text, and which don't."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.appointments import Appointment, AppointmentStatus
from bot.domain.calendar import Calendar
from bot.domain.quiet_hours import QuietHours, next_allowed
from bot.domain.reminders import LEAST_GAP, Reminder, ReminderKind

# How far ahead to look for reminders that go in the same text.
LOOK_AHEAD = timedelta(hours=2)
# A reminder does not break into a conversation in which the person wrote this lately.
MID_CONVERSATION = timedelta(minutes=10)
# But it does when it would come later than this before the start.
LAST_CALL = timedelta(minutes=30)
MOST_IN_ONE_TEXT = 3


@dataclass(frozen=True)
class Text:
    """One text to send: about these appointments, earliest first; it settles all these reminders."""

    kind: ReminderKind
    appointments: tuple[Appointment, ...]
    reminders: tuple[Reminder, ...]


@dataclass(frozen=True)
class Round:
    """What becomes of a person's due reminders: texts, those that never go (with the reason), and those that
    go later."""

    texts: tuple[Text, ...] = ()
    skipped: tuple[tuple[Reminder, str], ...] = ()
    postponed: tuple[tuple[Reminder, datetime], ...] = ()


def sort_out(
    waiting: Sequence[Reminder],
    appointments: Mapping[str, Appointment],
    *,
    now: datetime,
    quiet: tuple[QuietHours, ...],
    calendar: Calendar,
    is_mid_conversation: bool = False,
    may_not: str | None = None,
) -> Round:
    """Decide about everything of one person that is due at `now`.

    `waiting` also has what is due within `LOOK_AHEAD`, which may go in the same text. `may_not`: why this
    person can't be texted. Stale ones, and those that a later text makes needless, are skipped; quiet hours
    and a conversation under way put off what can still wait.
    """
    skipped: list[tuple[Reminder, str]] = []
    postponed: list[tuple[Reminder, datetime]] = []
    ready: list[Reminder] = []
    for reminder in waiting:
        if reminder.due_at > now:
            continue
        appointment = appointments.get(reminder.appointment_id)
        stale = may_not or _stale(reminder, appointment, now)
        if stale is not None or appointment is None:
            skipped.append((reminder, stale or "no_appointment"))
            continue
        deadline = _deadline(reminder, appointment)
        allowed = next_allowed(quiet, now)
        later = now + MID_CONVERSATION
        if allowed > now and allowed >= deadline:
            skipped.append((reminder, "quiet_hours_until_too_late"))
        elif allowed > now:
            postponed.append((reminder, allowed))
        elif is_mid_conversation and next_allowed(quiet, later) == later <= deadline - LAST_CALL:
            postponed.append((reminder, later))
        else:
            ready.append(reminder)
    ahead = [r for r in waiting if r.due_at > now and _fits(r, appointments.get(r.appointment_id), now)]
    ready, overtaken = _newest_of_each(ready, ahead, now)
    skipped += [(reminder, "overtaken_by_a_later_text") for reminder in overtaken]
    corrections = [r for r in ready if r.what is ReminderKind.CORRECTION]
    others = [r for r in ready if r.what is not ReminderKind.CORRECTION]
    texts = [Text(r.what, (appointments[r.appointment_id],), (r,)) for r in corrections]
    texts += _together(others, ahead, appointments, calendar)
    return Round(tuple(texts), tuple(skipped), tuple(postponed))


def _deadline(reminder: Reminder, appointment: Appointment) -> datetime:
    """The start that the text is about: for something called off, the one the person still believes in."""
    if appointment.status is AppointmentStatus.CANCELLED and appointment.announced_starts_at is not None:
        return appointment.announced_starts_at
    return reminder.starts_at


def _stale(reminder: Reminder, appointment: Appointment | None, now: datetime) -> str | None:
    """Why a reminder makes no sense any more; none when it does."""
    if appointment is None:
        return "no_appointment"
    if reminder.what is ReminderKind.CORRECTION and appointment.status is AppointmentStatus.CANCELLED:
        if appointment.announced_starts_at is None:
            return "already_told"
    elif appointment.status is not AppointmentStatus.BOOKED:
        return f"appointment_{appointment.status}"
    elif reminder.starts_at != appointment.starts_at:
        return "appointment_moved"
    return "appointment_begun" if now >= _deadline(reminder, appointment) else None


def _fits(reminder: Reminder, appointment: Appointment | None, now: datetime) -> bool:
    """Whether a reminder that is due soon is about something that is on and has not begun."""
    return (
        appointment is not None
        and appointment.status is AppointmentStatus.BOOKED
        and appointment.starts_at == reminder.starts_at
        and appointment.starts_at > now
        and reminder.what is not ReminderKind.CORRECTION
    )


def _newest_of_each(
    ready: Sequence[Reminder], ahead: Sequence[Reminder], now: datetime
) -> tuple[list[Reminder], list[Reminder]]:
    """For each appointment the one text that says most: a correction, else the one due last; and the rest.

    When the next one is due within the hour, none of those before it need go.
    """
    best: dict[str, Reminder] = {}
    for reminder in sorted(ready, key=_rank):
        best[reminder.appointment_id] = reminder
    soon = {r.appointment_id for r in ahead if r.due_at - now < LEAST_GAP}
    kept = [
        r for r in best.values()
        if r.appointment_id not in soon or r.what in (ReminderKind.CORRECTION, ReminderKind.BOOKED)
    ]  # fmt: skip
    chosen = {r.id for r in kept}
    return kept, [r for r in ready if r.id not in chosen]


def _rank(reminder: Reminder) -> tuple[bool, datetime, int]:
    return reminder.what is ReminderKind.CORRECTION, reminder.due_at, reminder.id


def _together(
    ready: Sequence[Reminder],
    ahead: Sequence[Reminder],
    appointments: Mapping[str, Appointment],
    calendar: Calendar,
) -> list[Text]:
    """Texts that name in order all that is on one day.

    Texts shortly before the start name only what begins within two hours of it. Bookings of several days
    go in one text as well.
    """
    by_day: dict[object, list[Reminder]] = {}
    for reminder in ready:
        by_day.setdefault(calendar.local(reminder.starts_at).date(), []).append(reminder)
    groups: list[list[Reminder]] = []
    bookings: list[Reminder] = []
    for day, found in by_day.items():
        covered = {r.appointment_id for r in found}
        kinds = {r.what for r in found}
        fitting = [
            r for r in ahead
            if r.appointment_id not in covered and r.what in kinds
            and calendar.local(r.starts_at).date() == day
        ]  # fmt: skip
        # Of one appointment only what falls due first: the text names it once.
        by_due = sorted(fitting, key=lambda r: (r.due_at, r.id), reverse=True)
        joined = list({r.appointment_id: r for r in by_due}.values())
        if kinds == {ReminderKind.HOURS}:
            groups += _close_in_time([*found, *joined], found)
        elif kinds == {ReminderKind.BOOKED}:
            bookings += found
        else:
            groups.append([*found, *joined])
    if bookings:
        groups.append(bookings)
    return [text for group in groups for text in _texts(group, appointments)]


def _close_in_time(candidates: Sequence[Reminder], due: Sequence[Reminder]) -> list[list[Reminder]]:
    """Groups that begin within two hours of their first; one in which nothing is due is left for later."""
    groups: list[list[Reminder]] = []
    for reminder in sorted(candidates, key=lambda r: (r.starts_at, r.id)):
        if groups and reminder.starts_at - groups[-1][0].starts_at <= LOOK_AHEAD:
            groups[-1].append(reminder)
        else:
            groups.append([reminder])
    is_due = {r.id for r in due}
    return [group for group in groups if any(r.id in is_due for r in group)]


def _texts(group: Sequence[Reminder], appointments: Mapping[str, Appointment]) -> list[Text]:
    in_order = sorted(group, key=lambda r: (r.starts_at, r.id))
    found = []
    for begin in range(0, len(in_order), MOST_IN_ONE_TEXT):
        part = in_order[begin : begin + MOST_IN_ONE_TEXT]
        kind = max(part, key=lambda r: (r.due_at, r.id)).what
        found.append(Text(kind, tuple(appointments[r.appointment_id] for r in part), tuple(part)))
    return found
