from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from bot.domain.services import Service
from bot.store import services, versions

SHELTER = Service(
    id="example-shelter",
    name="Example Shelter",
    what_for="A bed for the night.",
    category="housing",
    area="Bolton",
    phone="+441614960001",
    text_number="+447700900001",
    website="https://example.org",
    opening_hours="Mo-Su 16:00-22:00",
    free_to_call="no",
    who_can_use="Anyone",
    notes="Ask for Sam.",
    source="Made up",
    seen_on="2026-03-01",
    verified=True,
    checked_on=date(2028, 2, 29),
    checked_by="Amina",
)
KITCHEN = Service("example-kitchen", "Example Kitchen", "Hot food.", "food", "Bolton")


def version(conn: Connection) -> int:
    return versions.all(conn).get("directory", 0)


def test_what_is_saved_comes_back_whole_by_id(conn: Connection) -> None:
    assert services.save(conn, [SHELTER, KITCHEN]) == 2

    assert services.all(conn) == [KITCHEN, SHELTER]


def test_saving_the_same_again_changes_nothing(conn: Connection) -> None:
    services.save(conn, [SHELTER, KITCHEN])
    before = version(conn)

    assert services.save(conn, [KITCHEN, SHELTER]) == 0
    assert version(conn) == before


def test_a_changed_entry_takes_the_place_of_the_one_with_its_id(conn: Connection) -> None:
    services.save(conn, [SHELTER, KITCHEN])
    before = version(conn)
    moved = replace(SHELTER, phone="+441614960002", checked_on=None)

    assert services.save(conn, [moved]) == 1
    assert services.all(conn) == [KITCHEN, moved]
    assert version(conn) > before


def test_of_one_id_given_twice_the_last_counts(conn: Connection) -> None:
    assert services.save(conn, [KITCHEN, replace(KITCHEN, name="Example Canteen")]) == 1

    assert [service.name for service in services.all(conn)] == ["Example Canteen"]
