"""Whether any scheduler ticks."""

from __future__ import annotations

from datetime import timedelta

from bot.store import heartbeats
from tests.store.rows import NOON

MINUTE = timedelta(minutes=1)


def test_there_is_no_beat_before_the_first(conn):
    assert heartbeats.latest(conn) is None


def test_the_latest_beat_is_that_of_whichever_host_ticked_last(conn):
    heartbeats.beat(conn, "one", "worker", now=NOON)
    heartbeats.beat(conn, "two", "all", now=NOON + 2 * MINUTE)
    heartbeats.beat(conn, "one", "worker", now=NOON + MINUTE)

    assert heartbeats.latest(conn) == NOON + 2 * MINUTE
