"""The words of a reminder, for the person who gets it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.appointments import Appointment
from bot.domain.people import Person
from bot.domain.reminder_round import Text
from bot.domain.reminders import ReminderKind
from bot.engine.text_checks import giving_away
from bot.usecases.texting import phrase
from bot.usecases.work import Work

LONGEST = 306
_LONGEST_NAME = 40
# What may be said besides the time, the most useful first; the last of them goes first when it gets too long.
_EXTRAS = ("where_line", "travel_line", "bring_line")


def reminder_text(work: Work, person: Person, text: Text) -> str:
    """What to say: about one appointment with where and what to bring, or about several in order."""
    if len(text.appointments) > 1:
        return _several(work, person, text.appointments)
    return _one(work, person, text.kind, text.appointments[0])


def what_text(work: Work, person: Person, appointment: Appointment) -> str:
    """The appointment in words that give nothing away: `your housing appointment with Sam`."""
    what = phrase(work, f"reminders.what_{appointment.kind}", person)
    name = harmless(work, appointment.with_whom)
    if not name or len(name) > _LONGEST_NAME:
        return what
    return phrase(work, "reminders.with", person, what=what, **{"with": name})


def bring_text(work: Work, person: Person, appointment: Appointment) -> str:
    """What to bring to it, empty when nothing."""
    name = f"reminders.bring_{appointment.kind}"
    return phrase(work, name, person) if name in work.deps.phrases else ""


def harmless(work: Work, words: str) -> str:
    """The words, or nothing when they would tell a stranger what the text is about."""
    pattern = giving_away(work.deps.settings.flows_dir / "giving_away.yaml")
    return "" if pattern.search(words) else words.strip().rstrip(".")


def when_values(work: Work, appointment: Appointment) -> dict[str, str]:
    """Day and time in words, and those the person was told before."""
    calendar, told = work.deps.calendar, appointment.announced_starts_at
    values = {
        "day": calendar.day_text(appointment.starts_at, now=work.now),
        "time": calendar.time_text(appointment.starts_at),
    }
    if told is not None:
        values["old_day"] = calendar.day_text(told, now=work.now)
        values["old_time"] = calendar.time_text(told)
    return values


def _one(work: Work, person: Person, kind: ReminderKind, appointment: Appointment) -> str:
    values = when_values(work, appointment)
    name = kind.value
    if kind is ReminderKind.CORRECTION:
        name = "moved" if appointment.announced_starts_at != appointment.starts_at else "changed"
        if appointment.status == "cancelled":
            name = "cancelled"
            values.update(day=values.get("old_day", ""), time=values.get("old_time", ""))
    values["what"] = what_text(work, person, appointment)
    values["replies"] = phrase(work, "reminders.replies", person)
    extras = _extras(work, person, appointment)
    while True:
        found = phrase(work, f"reminders.{name}", person, **values, **extras)
        if len(found) <= LONGEST or not extras:
            return found
        extras.popitem()


def _extras(work: Work, person: Person, appointment: Appointment) -> dict[str, str]:
    where, travel = harmless(work, appointment.where), harmless(work, appointment.travel)
    found = {
        "where_line": phrase(work, "reminders.where_line", person, where=where) if where else "",
        "travel_line": phrase(work, "reminders.travel_line", person, travel=travel) if travel else "",
        "bring_line": bring_text(work, person, appointment),
    }
    return {name: found[name] for name in _EXTRAS if found[name]}


def _several(work: Work, person: Person, appointments: Sequence[Appointment]) -> str:
    calendar = work.deps.calendar
    days = {calendar.local(a.starts_at).date() for a in appointments}
    item = "reminders.item" if len(days) == 1 else "reminders.item_with_day"
    for brief in (False, True):
        items = [
            phrase(
                work, item, person, **when_values(work, a),
                what="" if brief else what_text(work, person, a),
            )
            for a in appointments
        ]  # fmt: skip
        found = phrase(
            work, "reminders.several" if len(days) == 1 else "reminders.several_days", person,
            list=", ".join(items), day=calendar.day_text(appointments[0].starts_at, now=work.now),
            replies=phrase(work, "reminders.replies_several", person),
        )  # fmt: skip
        if len(found) <= LONGEST:
            break
    return found
