"""What was agreed with people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.domain.appointments import Appointment, AppointmentKind, AppointmentStatus
from bot.store.schema import appointments

_a = appointments.c
# In the order of the fields of `Appointment`, so that a row becomes one by position.
COLUMNS = (
    _a.id, _a.external_id, _a.person_id, _a.kind, _a.starts_at, _a.with_whom, _a.place, _a.travel, _a.status,
    _a.version, _a.announced_starts_at, _a.reply,
)  # fmt: skip
# How long after its start an appointment still is the one a person means ("I'm running late").
STILL_NEXT = timedelta(hours=2)
_BOOKED = _a.status == AppointmentStatus.BOOKED.value

_GET = select(*COLUMNS).where(_a.id == bindparam("appointment_id"))
_BY_EXTERNAL_ID = select(*COLUMNS).where(_a.external_id == bindparam("external_id"))
_BY_EXTERNAL_IDS = select(*COLUMNS).where(_a.external_id.in_(bindparam("external_ids", expanding=True)))
_BY_IDS = select(*COLUMNS).where(_a.id.in_(bindparam("ids", expanding=True)))
_OF_PERSON = select(*COLUMNS).where(_a.person_id == bindparam("of_person")).order_by(_a.starts_at, _a.id)
_BOOKED_FROM = (
    select(*COLUMNS)
    .where(_a.person_id == bindparam("of_person"), _BOOKED, _a.starts_at >= bindparam("since"))
    .order_by(_a.starts_at, _a.id)
)
_NEXT = _BOOKED_FROM.limit(1)
_ANNOUNCED = (
    update(appointments).where(_a.id == bindparam("row_id")).values(announced_starts_at=bindparam("told"))
)


def get(conn: Connection, appointment_id: str) -> Appointment | None:
    """The appointment with this id."""
    row = conn.execute(_GET, {"appointment_id": appointment_id}).first()
    return None if row is None else from_row(row)


def by_external_id(conn: Connection, external_id: str) -> Appointment | None:
    """The appointment another system knows by this id."""
    row = conn.execute(_BY_EXTERNAL_ID, {"external_id": external_id}).first()
    return None if row is None else from_row(row)


def by_external_ids(conn: Connection, external_ids: Collection[str]) -> dict[str, Appointment]:
    """The appointments other systems know by these ids, by that id. For a few hundred at a time."""
    found = conn.execute(_BY_EXTERNAL_IDS, {"external_ids": list(external_ids)})
    return {appointment.external_id: appointment for appointment in map(from_row, found)}


def by_ids(conn: Connection, ids: Collection[str]) -> dict[str, Appointment]:
    """The appointments with these ids, by id. For a few hundred at a time."""
    return {row[0]: from_row(row) for row in conn.execute(_BY_IDS, {"ids": list(ids)})}


def of_person(conn: Connection, person_id: str) -> list[Appointment]:
    """Every appointment of a person, whatever became of it, earliest first."""
    return [from_row(row) for row in conn.execute(_OF_PERSON, {"of_person": person_id})]


def booked_from(conn: Connection, person_id: str, *, since: datetime) -> list[Appointment]:
    """The booked appointments of a person that start at `since` or later, earliest first."""
    return [from_row(row) for row in conn.execute(_BOOKED_FROM, {"of_person": person_id, "since": since})]


def next_of_person(conn: Connection, person_id: str, *, at: datetime) -> Appointment | None:
    """The booked appointment that comes next, or that began within the last two hours."""
    row = conn.execute(_NEXT, {"of_person": person_id, "since": at - STILL_NEXT}).first()
    return None if row is None else from_row(row)


def add(conn: Connection, appointment: Appointment, *, now: datetime) -> None:
    """Write a new appointment."""
    add_many(conn, [appointment], now=now)


def add_many(conn: Connection, new: Iterable[Appointment], *, now: datetime) -> None:
    """Write new appointments, in one statement."""
    rows = [
        {
            "id": a.id, "external_id": a.external_id, "person_id": a.person_id, "kind": a.kind.value,
            "starts_at": a.starts_at, "with_whom": a.with_whom, "place": a.where, "travel": a.travel,
            "status": a.status.value, "version": a.version, "announced_starts_at": a.announced_starts_at,
            "reply": a.reply, "created_at": now,
        }
        for a in new
    ]  # fmt: skip
    if rows:
        conn.execute(insert(appointments), rows)


def change(conn: Connection, appointment_id: str, **fields: object) -> None:
    """Set these fields of an appointment (names of `Appointment`); enums are taken as they are."""
    values = {
        "place" if name == "where" else name: value.value if isinstance(value, Enum) else value
        for name, value in fields.items()
    }
    if values:
        conn.execute(update(appointments).where(_a.id == appointment_id).values(values))


def set_reply(conn: Connection, appointment_id: str, reply: str | None) -> None:
    """Keep the last thing the person said of it."""
    change(conn, appointment_id, reply=reply)


def set_announced(conn: Connection, told: Iterable[tuple[str, datetime | None]]) -> None:
    """Keep which start each person has last been told, by appointment id; none: that it is off."""
    rows = [{"row_id": appointment_id, "told": starts_at} for appointment_id, starts_at in told]
    if rows:
        conn.execute(_ANNOUNCED, rows)


def from_row(row: Sequence[Any]) -> Appointment:
    """The appointment in a row of `COLUMNS`."""
    id, external_id, person_id, kind, starts_at, with_whom, place, travel, status, *rest = row
    return Appointment(
        id, external_id, person_id, AppointmentKind(kind), starts_at, with_whom, place, travel,
        AppointmentStatus(status), *rest,
    )  # fmt: skip
