"""Whether any scheduler ticks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.store import heartbeats
from bot.store.schema import heartbeats as heartbeat_rows
from tests.store.rows import NOON

MINUTE = timedelta(minutes=1)


def test_there_is_no_beat_before_the_first(conn):
    assert heartbeats.latest(conn) is None


def test_the_latest_beat_is_that_of_whichever_host_ticked_last(conn):
    heartbeats.beat(conn, "one", "worker", now=NOON)
    heartbeats.beat(conn, "two", "all", now=NOON + 2 * MINUTE)
    heartbeats.beat(conn, "one", "worker", now=NOON + MINUTE)

    assert heartbeats.latest(conn) == NOON + 2 * MINUTE


def test_a_host_that_is_long_gone_is_forgotten(conn):
    heartbeats.beat(conn, "dead:1", "all", now=NOON)
    heartbeats.beat(conn, "quiet:1", "all", now=NOON + timedelta(hours=12))

    heartbeats.beat(conn, "alive:1", "all", now=NOON + timedelta(hours=24, seconds=1))

    assert set(conn.execute(select(heartbeat_rows.c.host)).scalars()) == {"quiet:1", "alive:1"}
