"""Instants as the store keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Integer, MetaData, Table, delete, insert, select
from sqlalchemy.exc import StatementError
from sqlalchemy.schema import Column

from bot.store.types import UtcDateTime
from tests.store.rows import NOON

INSTANTS = Table("instants", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcDateTime))
ZONES = [UTC, *map(ZoneInfo, ("Europe/London", "America/New_York", "Asia/Kathmandu"))]
CENTURY = timedelta(days=36_525) // timedelta(microseconds=1)
AWARE = st.builds(
    lambda microseconds, zone: (NOON + timedelta(microseconds=microseconds)).astimezone(zone),
    st.integers(-CENTURY, CENTURY),
    st.sampled_from(ZONES),
)
# The table is emptied within each example.
ON_ONE_TABLE = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def instants(conn: Connection) -> Iterator[Connection]:
    INSTANTS.create(conn)
    yield conn
    INSTANTS.drop(conn)


def kept(conn: Connection, *instants: datetime | None) -> list[datetime | None]:
    """What comes back, earliest first."""
    conn.execute(delete(INSTANTS))
    conn.execute(insert(INSTANTS), [{"at": at} for at in instants])
    return list(conn.execute(select(INSTANTS.c.at).order_by(INSTANTS.c.at)).scalars())


@ON_ONE_TABLE
@given(at=AWARE)
def test_an_instant_comes_back_to_the_microsecond_in_utc(instants, at):
    (back,) = kept(instants, at)

    assert back == at.astimezone(UTC)
    assert back.utcoffset() == timedelta(0)


@ON_ONE_TABLE
@given(several=st.lists(AWARE, min_size=2, max_size=8))
def test_the_database_sorts_instants_as_time_does(instants, several):
    assert kept(instants, *several) == sorted(at.astimezone(UTC) for at in several)


@ON_ONE_TABLE
@given(naive=st.datetimes(), by=AWARE)
def test_a_time_without_a_zone_is_refused(instants, naive, by):
    with pytest.raises(StatementError, match="has no time zone"):
        instants.execute(insert(INSTANTS), {"at": naive})
    with pytest.raises(StatementError, match="has no time zone"):
        instants.execute(select(INSTANTS.c.at).where(INSTANTS.c.at < naive))


def test_both_hours_of_the_night_the_clocks_go_back_stay_apart(instants):
    first = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"))
    second = first.replace(fold=1)

    assert kept(instants, second, first) == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ]


def test_no_instant_is_kept_as_none(instants):
    assert kept(instants, None) == [None]
