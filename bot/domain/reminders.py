"""Which texts go out ahead of an appointment, and when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.domain.appointments import Appointment, AppointmentStatus
from bot.domain.calendar import Calendar
from bot.domain.quiet_hours import QuietHours, last_allowed, next_allowed


class ReminderKind(StrEnum):
    """What a reminder is for. `correction` says that it replaces an earlier text."""

    BOOKED = "booked"
    WEEK = "week"
    EVENING = "evening"
    HOURS = "hours"
    CORRECTION = "correction"


class ReminderStatus(StrEnum):
    """Where a reminder stands. Only a waiting one moves; a replaced one may be wanted, and wait, again."""

    WAITING = "waiting"
    SENT = "sent"
    SKIPPED = "skipped"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Reminder:
    """One planned text. `kind` is a `ReminderKind`, with `:version` after it where one appointment may need
    several; with `appointment_id` and `starts_at` it is unique. `reason`: why it was skipped, or in which
    text it went."""

    id: int
    appointment_id: str
    person_id: str
    kind: str
    starts_at: datetime
    due_at: datetime
    status: ReminderStatus = ReminderStatus.WAITING
    reason: str | None = None

    @property
    def what(self) -> ReminderKind:
        return ReminderKind(self.kind.partition(":")[0])


@dataclass(frozen=True)
class Planned:
    """A text to plan for one `starts_at` of one appointment."""

    kind: str
    due_at: datetime


@dataclass(frozen=True)
class TextRule:
    """When one kind of text is due: so many days before at a wall clock time, or `before` the start.

    `waits_longer_than`: only for appointments that are further off than this when they are planned.
    """

    kind: ReminderKind
    days_before: int | None = None
    at: time | None = None
    before: timedelta | None = None
    waits_longer_than: timedelta = timedelta(0)


DEFAULT_RULES = (
    TextRule(ReminderKind.BOOKED),
    TextRule(ReminderKind.WEEK, days_before=7, at=time(11), waits_longer_than=timedelta(days=10)),
    TextRule(ReminderKind.EVENING, days_before=1, at=time(18)),
    TextRule(ReminderKind.HOURS, before=timedelta(hours=2)),
)


@dataclass(frozen=True)
class PlanSpec:
    """The rules by area and kind; `""` stands for every area and for every kind."""

    rules: Mapping[tuple[str, str], tuple[TextRule, ...]] = field(
        default_factory=lambda: {("", ""): DEFAULT_RULES}
    )

    def rules_for(self, kind: str, chain: tuple[str, ...] = ()) -> tuple[TextRule, ...]:
        """The rules that count: those of the nearest area first, and there those of the kind first."""
        for area in (*chain, ""):
            for wanted in (kind, ""):
                if (area, wanted) in self.rules:
                    return self.rules[area, wanted]
        return DEFAULT_RULES


# Closer together than this, two texts about the same time say nothing new: the later one is dropped.
LEAST_GAP = timedelta(hours=1)
# The least time to get there. A text that could only come later than this goes out before the quiet hours,
# unless there is a text on the evening before anyway.
LEAST_NOTICE = timedelta(minutes=45)
_SAME_EVENING = timedelta(hours=12)


def plan(
    appointment: Appointment,
    *,
    plan_spec: PlanSpec,
    quiet: tuple[QuietHours, ...],
    now: datetime,
    calendar: Calendar,
    area: str = "",
    is_changed: bool = False,
) -> list[Planned]:
    """The texts that still make sense for an appointment as it stands, earliest first.

    Never before `now`, never at or after the start, never in `quiet`, no two of one kind. A booking or a
    change that the person has not been told of comes first (`booked`, `correction`); it covers for rules
    whose time has passed. A text that quiet hours would make too late goes out before them. A cancelled
    appointment has a correction when the person was told of it, else nothing. `is_changed`: so has one that
    differs from what they were told in more than its time.
    """
    news = _news(appointment, is_changed)
    if appointment.status is not AppointmentStatus.BOOKED:
        told = appointment.announced_starts_at
        at_once = next_allowed(quiet, now)
        return [Planned(news, at_once)] if news and told is not None and at_once < told else []
    rules = plan_spec.rules_for(appointment.kind, calendar.chain(area) if area else ())
    planned: list[Planned] = []
    if news and (_is_correction(news) or any(rule.kind is ReminderKind.BOOKED for rule in rules)):
        planned.append(Planned(news, next_allowed(quiet, now)))
    timed = sorted(
        ((_wanted(rule, appointment, calendar), rule) for rule in rules
         if rule.kind is not ReminderKind.BOOKED and appointment.starts_at - now > rule.waits_longer_than),
        key=lambda pair: pair[0],
    )  # fmt: skip
    moved = set()
    for wanted, rule in timed:
        due = _outside(quiet, wanted, appointment.starts_at, now)
        if due is not None:
            planned.append(Planned(rule.kind, due))
            if due < wanted:
                moved.add(rule.kind.value)
    if not planned and timed and appointment.announced_starts_at is None:
        planned.append(Planned(timed[-1][1].kind, next_allowed(quiet, now)))
    planned = [text for text in planned if now <= text.due_at < appointment.starts_at]
    return _without_echoes(sorted(planned, key=lambda text: text.due_at), moved)


def _news(appointment: Appointment, is_changed: bool) -> str:
    """The kind of text for what the person has not been told yet; empty when they know."""
    told, suffix = appointment.announced_starts_at, f":{appointment.version}"
    if appointment.status is AppointmentStatus.BOOKED:
        if told is None:
            return ReminderKind.BOOKED + (suffix if appointment.version > 1 else "")
        return ReminderKind.CORRECTION + suffix if told != appointment.starts_at or is_changed else ""
    is_off = appointment.status is AppointmentStatus.CANCELLED
    return ReminderKind.CORRECTION + suffix if is_off and told is not None else ""


def _is_correction(kind: str) -> bool:
    return kind.startswith(ReminderKind.CORRECTION)


def _wanted(rule: TextRule, appointment: Appointment, calendar: Calendar) -> datetime:
    """When the rule's text is due, whatever the hour."""
    if rule.days_before is not None and rule.at is not None:
        day = calendar.local(appointment.starts_at).date() - timedelta(days=rule.days_before)
        return calendar.at(day, rule.at)
    return appointment.starts_at - (rule.before or timedelta(0))


def _outside(
    quiet: tuple[QuietHours, ...], wanted: datetime, starts_at: datetime, now: datetime
) -> datetime | None:
    """`wanted`, moved out of quiet hours: to their end, or before them when that would be too late.

    None when its time has passed, or when quiet hours leave no instant between now and the start.
    """
    if wanted <= now or wanted >= starts_at:
        return None
    after = next_allowed(quiet, wanted)
    if after <= starts_at - LEAST_NOTICE or after == wanted:
        return after
    before = last_allowed(quiet, wanted)
    return before if before > now else (after if after < starts_at else None)


def _without_echoes(planned: list[Planned], moved: Collection[str]) -> list[Planned]:
    """Only the texts that say something new by the time they come."""
    kept: list[Planned] = []
    for text in planned:
        gap = _SAME_EVENING if text.kind in moved else LEAST_GAP
        if not kept or text.due_at - kept[-1].due_at >= gap:
            kept.append(text)
    return kept
