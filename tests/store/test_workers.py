"""Workers by phone, by area and by role."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.people import Worker
from bot.store import workers
from tests.store.rows import NOON


def a_worker(conn: Connection, worker_id: str, *areas: str, role: str = "peer_mentor") -> Worker:
    number = 100 + sum(map(ord, worker_id)) % 800
    worker = Worker(worker_id, f"{worker_id.capitalize()} Example", f"+447700900{number}", "", role, areas)
    workers.add(conn, worker, now=NOON)
    return worker


def test_a_worker_comes_back_as_written(conn: Connection) -> None:
    sam = a_worker(conn, "sam", "Bolton", "Salford")

    assert workers.get(conn, "sam") == sam
    assert workers.by_phone(conn, sam.phone) == sam
    assert workers.get(conn, "nobody") is None
    assert workers.by_ids(conn, ["sam", "nobody"]) == {"sam": sam}
    assert workers.all(conn) == [sam]


def test_workers_are_found_by_any_of_their_areas(conn: Connection) -> None:
    a_worker(conn, "sam", "Bolton", "Salford")
    a_worker(conn, "lee", "Wigan")
    a_worker(conn, "kay")

    assert [one.id for one in workers.by_areas(conn, ["Salford", "Wigan"])] == ["lee", "sam"]
    assert workers.by_areas(conn, ["Bury"]) == []
    assert workers.by_areas(conn, []) == []


def test_a_part_of_an_areas_name_is_not_the_area(conn: Connection) -> None:
    a_worker(conn, "sam", "Greater Manchester")

    assert workers.by_areas(conn, ["Manchester"]) == []


def test_roles_narrow_the_search(conn: Connection) -> None:
    a_worker(conn, "sam", "Bolton")
    a_worker(conn, "cora", "Bolton", role="coordinator")

    assert [one.id for one in workers.by_areas(conn, ["Bolton"], roles=("coordinator", "manager"))] == [
        "cora"
    ]


def test_a_change_sets_only_what_is_named(conn: Connection) -> None:
    a_worker(conn, "sam", "Bolton")

    workers.change(conn, "sam", areas=("Wigan",), opted_out_at=NOON, phone_is_bad=True)

    sam = workers.get(conn, "sam")
    assert sam is not None
    assert (sam.areas, sam.opted_out_at, sam.phone_is_bad) == (("Wigan",), NOON, True)
    assert sam.name == "Sam Example"
    assert sam.can_be_paged is False
