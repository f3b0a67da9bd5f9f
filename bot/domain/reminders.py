"""Which texts go out ahead of an appointment, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.appointments import Appointment, AppointmentStatus
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


class WallClock(Protocol):
    """The part of `Calendar` that a plan needs."""

    def local(self, at: datetime) -> datetime: ...

    def at(self, day: date, wall: time) -> datetime: ...


# Closer together than this, two texts about the same time say nothing new: the later one is dropped.
LEAST_GAP = timedelta(hours=1)
# The least time to get there. A text later than this before the start goes out before the quiet hours.
LEAST_NOTICE = timedelta(minutes=45)
