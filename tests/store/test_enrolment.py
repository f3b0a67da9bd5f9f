from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from bot.domain.people import Person
from bot.store import enrolment, loaded_rows, numbers, people, person_areas, timers
from bot.store.enrolment import NewPerson
from tests.store.rows import NOON, OTHER_PHONE, PHONE, a_person


def test_many_people_are_written_with_all_that_comes_with_them(conn: Connection) -> None:
    amina = Person(
        "amina", "P1", "Amina", "", "Bolton", needs=("id", "housing"), consent=True, created_at=NOON
    )
    ben = Person("ben", "P2", "Ben", "", "Salford", created_at=NOON)

    enrolment.add(conn, [NewPerson(amina, PHONE, NOON + timedelta(hours=1)), NewPerson(ben)], now=NOON)

    assert people.get(conn, "amina") == amina
    assert enrolment.by_external_ids(conn, ["P1", "P2", "P3"]) == {"P1": amina, "P2": ben}
    assert enrolment.lock(conn, ["ben", "amina"]) == {"amina": amina, "ben": ben}
    assert enrolment.current_addresses(conn, ["amina", "ben"]) == {"amina": PHONE}
    assert person_areas.history(conn, "ben") == [("Salford", NOON, None)]
    assert [(t.key, t.due_at) for t in timers.of_person(conn, "amina")] == [
        ("welcome:amina", NOON + timedelta(hours=1))
    ]
    assert timers.of_person(conn, "ben") == []


def test_nobody_to_write_is_no_write(conn: Connection) -> None:
    enrolment.add(conn, [], now=NOON)


def test_an_address_that_is_bad_or_ended_is_nobodys(conn: Connection) -> None:
    for name, phone in (("amina", PHONE), ("ben", OTHER_PHONE)):
        a_person(conn, name)
        numbers.link(conn, name, phone, now=NOON)
    numbers.mark_bad(conn, PHONE, now=NOON)
    numbers.unlink(conn, "ben", OTHER_PHONE, now=NOON)

    assert enrolment.current_addresses(conn, ["amina", "ben"]) == {}


def test_strangers_are_found_by_their_address(conn: Connection) -> None:
    stranger = a_person(conn, "stranger", external_id=None, is_known=False)
    a_person(conn, "amina")
    numbers.link(conn, "stranger", PHONE, now=NOON)
    numbers.link(conn, "amina", OTHER_PHONE, now=NOON)

    assert enrolment.strangers_at(conn, [PHONE, OTHER_PHONE]) == {PHONE: stranger}


def test_an_address_is_shared_by_those_who_have_it_now(conn: Connection) -> None:
    for name, external_id in (("amina", "P1"), ("ben", "P2"), ("chris", "P3"), ("stranger", None)):
        a_person(conn, name, external_id=external_id)
        numbers.link(conn, name, PHONE, now=NOON)
    numbers.unlink(conn, "chris", PHONE, now=NOON)
    numbers.link(conn, "chris", OTHER_PHONE, now=NOON)

    assert enrolment.sharing(conn, [PHONE, OTHER_PHONE]) == {PHONE: ["P1", "P2"]}


def test_what_rows_said_is_kept_and_overwritten(conn: Connection) -> None:
    loaded_rows.keep(conn, "people", {"P1": {"area": "aa"}, "P2": {"area": "bb"}}, now=NOON)

    loaded_rows.keep(conn, "people", {"P2": {"area": "cc"}}, now=NOON)
    loaded_rows.keep(conn, "people", {}, now=NOON)

    assert loaded_rows.said(conn, "people", ["P1", "P2", "P3"]) == {
        "P1": {"area": "aa"},
        "P2": {"area": "cc"},
    }
    assert loaded_rows.said(conn, "appointments", ["P1"]) == {}
