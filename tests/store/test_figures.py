"""Counts for metrics: right, and cheap whatever has piled up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from bot.domain.messages import DeliveryStatus, Kind, NewMessage, Priority
from bot.store import figures, outbox
from tests.store.rows import NOON


def a_text(conn: Connection, status: DeliveryStatus, *, late: int = 0, via_twiml: bool = False) -> None:
    due_at = NOON - timedelta(seconds=late)
    message = NewMessage(
        "+447700900101", "x", Kind.ANSWER, Priority.ANSWER, due_at, status=status, via_twiml=via_twiml
    )
    outbox.add(conn, message, now=NOON)


def test_what_is_on_its_way_is_counted_and_what_is_over_is_not(conn: Connection) -> None:
    for status in (*[DeliveryStatus.DUE] * 3, DeliveryStatus.CLAIMED, *[DeliveryStatus.HANDED_OVER] * 2,
                   DeliveryStatus.DELIVERED, DeliveryStatus.REFUSED):  # fmt: skip
        a_text(conn, status, late=60 if status is DeliveryStatus.DELIVERED else 5)
    a_text(conn, DeliveryStatus.HANDED_OVER, via_twiml=True)

    assert figures.outbox_in_hand(conn) == {"due": 3, "claimed": 1, "handed_over": 2}
    assert figures.oldest_due(conn) == NOON - timedelta(seconds=5)
    assert figures.escalations_by_state(conn) == {}
    assert figures.escalations_red(conn) == 0


@pytest.mark.parametrize("name", ["_COUNT_DUE", "_COUNT_IN_HAND", "_OLDEST_DUE", "_BY_STATE", "_RED"])
def test_a_count_never_reads_what_is_over(conn: Connection, name: str) -> None:
    if conn.dialect.name != "sqlite":
        conn.execute(text("SET LOCAL enable_seqscan = off"))
    query = str(getattr(figures, name).compile(conn, compile_kwargs={"literal_binds": True}))

    explain = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
    plan = " ".join(str(row) for row in conn.execute(text(f"{explain} {query}")))

    assert "INDEX" in plan.upper(), plan
    assert "SEQ SCAN" not in plan.upper(), plan
