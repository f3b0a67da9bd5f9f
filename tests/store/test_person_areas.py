"""Which area looks after a person, and which did."""

from __future__ import annotations

from datetime import timedelta

from bot.store import people, person_areas
from tests.store.rows import NOON, a_person

DAY = timedelta(days=1)


def test_a_move_is_kept_with_the_instant_it_happened(conn):
    a_person(conn, area="Bolton")

    person_areas.move(conn, "amina", "Salford", now=NOON + DAY)

    assert people.get(conn, "amina").area == "Salford"
    assert person_areas.history(conn, "amina") == [
        ("Bolton", NOON, NOON + DAY),
        ("Salford", NOON + DAY, None),
    ]


def test_a_move_to_the_same_area_changes_nothing(conn):
    a_person(conn, area="Bolton")

    person_areas.move(conn, "amina", "Bolton", now=NOON + DAY)

    assert person_areas.history(conn, "amina") == [("Bolton", NOON, None)]


def test_a_return_is_a_new_line_of_the_history(conn):
    a_person(conn, area="Bolton")

    person_areas.move(conn, "amina", "Salford", now=NOON + DAY)
    person_areas.move(conn, "amina", "Bolton", now=NOON + 2 * DAY)

    assert [area for area, _, _ in person_areas.history(conn, "amina")] == ["Bolton", "Salford", "Bolton"]
    assert people.get(conn, "amina").area == "Bolton"


def test_others_stay_where_they_are(conn):
    a_person(conn, area="Bolton")
    a_person(conn, "sam", area="Bolton")

    person_areas.move(conn, "amina", "Salford", now=NOON + DAY)

    assert people.get(conn, "sam").area == "Bolton"
    assert person_areas.history(conn, "sam") == [("Bolton", NOON, None)]
