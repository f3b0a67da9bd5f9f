"""Statements compiled once give and take what SQLAlchemy itself would."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.database import Store
from bot.store.migrate import migrate
from bot.store.schema import events, outbox, workers
from bot.store.statements import Statement

AT = datetime(2026, 6, 5, 16, 30, 0, 123456, tzinfo=UTC)
_ROW = {
    "address": "+447700900123", "channel": "sms", "body": "it's 100% ok", "kind": "answer", "priority": 1,
    "status": "due", "due_at": AT, "created_at": AT,
}  # fmt: skip


def test_rows_are_those_of_core(conn: Connection) -> None:
    added = Statement(insert(outbox).returning(outbox.c.id)).scalar(conn, _ROW)
    query = select(outbox).where(outbox.c.id == bindparam("outbox_id"))

    found = Statement(query).first(conn, {"outbox_id": added})

    assert found == tuple(conn.execute(query, {"outbox_id": added}).one())
    assert found is not None
    assert (found[outbox.c.keys().index("via_twiml")], found[outbox.c.keys().index("attempts")]) == (False, 0)


def test_json_and_its_default_come_back(conn: Connection) -> None:
    add = Statement(insert(events))
    add.run(conn, {"at": AT, "kind": "one", "data": {"areas": ["Bolton"]}})
    add.run(conn, {"at": AT, "kind": "two"})

    found = Statement(select(events.c.data).order_by(events.c.id)).rows(conn)

    assert found == [({"areas": ["Bolton"]},), ({},)]


def test_an_update_sets_only_what_it_is_given(conn: Connection) -> None:
    added = Statement(insert(outbox).returning(outbox.c.id)).scalar(conn, _ROW)
    change = Statement(update(outbox).where(outbox.c.id == bindparam("outbox_id")))

    assert change.run(conn, {"outbox_id": added, "reason": "late"}) == 1
    assert change.run(conn, {"outbox_id": added, "error_code": 30003}) == 1

    query = Statement(select(outbox.c.reason, outbox.c.error_code, outbox.c.status))
    assert query.rows(conn) == [("late", 30003, "due")]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_list_of_values_may_have_any_length(conn: Connection, count: int) -> None:
    ids = [f"w{number}" for number in range(count)]
    for number, worker_id in enumerate(ids):
        conn.execute(
            insert(workers),
            {"id": worker_id, "name": "Sam", "phone": f"+44770090020{number}", "role": "peer_mentor",
             "created_at": AT},
        )  # fmt: skip
    query = Statement(select(workers.c.id).where(workers.c.id.in_(bindparam("ids", expanding=True))))

    assert sorted(query.rows(conn, {"ids": ids})) == [(worker_id,) for worker_id in ids]
    assert query.rows(conn, {"ids": ["nobody"]}) == []


def test_errors_are_sqlalchemys_and_show_no_values(store: Store) -> None:
    add = Statement(insert(outbox))

    def add_twice() -> None:
        with store.begin() as conn:
            add.run(conn, {**_ROW, "key": "welcome:1"})
            add.run(conn, {**_ROW, "key": "welcome:1"})

    with pytest.raises(IntegrityError) as caught:
        add_twice()

    assert "100%" not in str(caught.value)
    with store.begin() as conn:
        assert Statement(select(outbox.c.id)).rows(conn) == []


def test_after_a_checkpoint_the_file_itself_has_everything(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/gatepost.db")
    migrate(store)
    with store.begin() as conn:
        conn.execute(insert(outbox), _ROW)

    store.checkpoint()

    with closing(sqlite3.connect(f"file:{tmp_path}/gatepost.db?immutable=1", uri=True)) as without_log:
        assert without_log.execute("SELECT body FROM outbox").fetchall() == [("it's 100% ok",)]
    store.close()
