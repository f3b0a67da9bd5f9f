"""What was agreed with a person, and when they are let out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


class AppointmentStatus(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    MISSED = "missed"


class AppointmentKind(StrEnum):
    PROBATION = "probation"
    HOUSING = "housing"
    BENEFITS = "benefits"
    HEALTH = "health"
    DRUGS_ALCOHOL = "drugs_alcohol"
    LEGAL = "legal"
    WORK = "work"
    OTHER = "other"


@dataclass(frozen=True)
class Appointment:
    """One agreed time. `version` grows with every change; `announced_starts_at` is the time we last told
    the person, none when they have not heard of it from us. `reply` is the last thing they said of it
    (`coming`, `cannot_make`, `running_late`), for this `starts_at`."""

    id: str
    external_id: str
    person_id: str
    kind: AppointmentKind
    starts_at: datetime
    with_whom: str = ""
    where: str = ""
    travel: str = ""
    status: AppointmentStatus = AppointmentStatus.BOOKED
    version: int = 1
    announced_starts_at: datetime | None = None
    reply: str | None = None


@dataclass(frozen=True)
class Release:
    """A date of release as we last heard it; earlier ones are kept with `superseded_at`.

    `release_time` is local wall clock, none when nobody said. `address_tonight`: `yes`, `no` or `unknown`.
    """

    id: str
    person_id: str
    release_date: date
    release_time: time | None = None
    prison: str = ""
    met_by_worker_id: str | None = None
    address_tonight: str = "unknown"
    created_at: datetime | None = None
    superseded_at: datetime | None = None
