"""Published flows and their revisions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, insert

from bot.engine.conversation import Frame
from bot.store import conversations, flow_revisions
from bot.store.schema import flow_revisions as table
from tests.store.rows import NOON, a_conversation, a_person

DAY = timedelta(days=1)


def publish(conn: Connection, source: str, *, flow_id: str = "food", after: timedelta = timedelta()) -> int:
    return flow_revisions.publish(conn, flow_id, source, f"hash of {source}", origin="file", now=NOON + after)


def test_nothing_is_published_at_first(conn):
    assert flow_revisions.current(conn) == []
    assert flow_revisions.get(conn, "food", 1) is None


def test_each_change_is_a_new_revision_and_the_old_one_is_kept(conn):
    assert publish(conn, "one") == 1
    assert publish(conn, "two", after=DAY) == 2

    assert flow_revisions.get(conn, "food", 1).source == "one"
    newest = flow_revisions.get(conn, "food", 2)
    assert (newest.source, newest.status, newest.origin) == ("two", "published", "file")
    assert (newest.created_at, newest.published_at) == (NOON + DAY, NOON + DAY)


def test_the_same_content_again_is_the_same_revision(conn):
    publish(conn, "one")

    assert publish(conn, "one", after=DAY) == 1
    assert len(flow_revisions.current(conn)) == 1


def test_going_back_to_old_content_is_a_new_revision(conn):
    publish(conn, "one")
    publish(conn, "two")

    assert publish(conn, "one") == 3
    assert [(one.revision, one.source) for one in flow_revisions.current(conn)] == [(3, "one")]


def test_the_current_revision_of_every_flow_comes_by_name(conn):
    publish(conn, "one", flow_id="money")
    publish(conn, "one", flow_id="food")
    publish(conn, "two", flow_id="food")

    assert [(one.flow_id, one.revision) for one in flow_revisions.current(conn)] == [
        ("food", 2),
        ("money", 1),
    ]


def test_a_draft_is_never_current_and_keeps_its_number(conn):
    publish(conn, "one")
    draft = {
        "flow_id": "food", "revision": 2, "source": "draft", "content_hash": "hash of draft",
        "status": "draft", "origin": "editor", "created_at": NOON,
    }  # fmt: skip
    conn.execute(insert(table), draft)

    assert [one.revision for one in flow_revisions.current(conn)] == [1]
    assert publish(conn, "one") == 1
    assert publish(conn, "two") == 3


def test_hosts_that_start_at_once_publish_a_changed_flow_once(store):
    def start(_: int) -> int:
        with store.begin() as conn:
            return publish(conn, "one")

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(start, range(12))) == {1}


def test_authors_that_publish_at_once_each_get_a_revision(store):
    def start(number: int) -> int:
        with store.begin() as conn:
            return publish(conn, f"text {number}")

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(8))) == list(range(1, 9))


def test_a_revision_is_in_use_while_somebody_is_in_it_or_comes_back_to_it(conn):
    a_person(conn)
    for flow_id in ("food", "help"):
        publish(conn, "one", flow_id=flow_id)
        publish(conn, "two", flow_id=flow_id)
    assert flow_revisions.in_use(conn) == []

    inside = a_conversation(flow_id="food", revision=2, stack=(Frame("help", 1, "menu"),))
    conversations.save(conn, inside, now=NOON)
    used = [(one.flow_id, one.revision) for one in flow_revisions.in_use(conn)]
    assert used == [("food", 2), ("help", 1)]

    conversations.save(conn, replace(inside, finished=True), now=NOON)
    assert flow_revisions.in_use(conn) == []
