from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from bot.domain.appointments import Appointment, AppointmentKind, AppointmentStatus
from bot.store import appointments
from tests.store.rows import NOON, a_person

AN_HOUR = timedelta(hours=1)


def an_appointment(conn: Connection, id: str = "a1", *, starts_at=NOON, **fields) -> Appointment:
    found = Appointment(
        id, f"ext-{id}", "amina", AppointmentKind.HOUSING, starts_at, "Sam", "1 High Street", "bus 42"
    )
    found = replace(found, **fields)
    appointments.add(conn, found, now=NOON)
    return found


def test_an_appointment_comes_back_as_it_was_written(conn: Connection) -> None:
    a_person(conn)
    found = an_appointment(conn, version=3, announced_starts_at=NOON - AN_HOUR, reply="coming")

    assert appointments.get(conn, "a1") == found
    assert appointments.by_external_id(conn, "ext-a1") == found
    assert appointments.by_external_ids(conn, ["ext-a1", "other"]) == {"ext-a1": found}
    assert appointments.by_ids(conn, ["a1", "other"]) == {"a1": found}
    assert appointments.of_person(conn, "amina") == [found]


def test_one_that_nobody_wrote_is_not_there(conn: Connection) -> None:
    assert appointments.get(conn, "a1") is None
    assert appointments.by_external_id(conn, "ext-a1") is None


def test_the_next_one_is_booked_and_began_two_hours_ago_at_most(conn: Connection) -> None:
    a_person(conn)
    an_appointment(conn, "off", starts_at=NOON + AN_HOUR, status=AppointmentStatus.CANCELLED)
    an_appointment(conn, "later", starts_at=NOON + 3 * AN_HOUR)
    first = an_appointment(conn, "first", starts_at=NOON)

    assert appointments.next_of_person(conn, "amina", at=NOON + 2 * AN_HOUR) == first
    later = appointments.next_of_person(conn, "amina", at=NOON + 2 * AN_HOUR + timedelta(minutes=1))
    assert later is not None
    assert later.id == "later"
    assert appointments.next_of_person(conn, "amina", at=NOON + 6 * AN_HOUR) is None


def test_fields_are_changed_by_the_names_of_the_domain(conn: Connection) -> None:
    a_person(conn)
    found = an_appointment(conn)

    appointments.change(conn, "a1", where="2 Mill Lane", status=AppointmentStatus.MISSED, version=2)
    appointments.set_reply(conn, "a1", "coming")
    appointments.set_announced(conn, [("a1", NOON)])

    assert appointments.get(conn, "a1") == replace(
        found, where="2 Mill Lane", status=AppointmentStatus.MISSED, version=2, reply="coming",
        announced_starts_at=NOON,
    )  # fmt: skip


def test_the_booked_ones_from_a_time_on_come_earliest_first(conn: Connection) -> None:
    a_person(conn)
    for hours in (3, 1, 2, -1):
        an_appointment(conn, f"a{hours}", starts_at=NOON + hours * AN_HOUR)

    assert [a.id for a in appointments.booked_from(conn, "amina", since=NOON)] == ["a1", "a2", "a3"]
