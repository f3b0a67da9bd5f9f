"""A private PostgreSQL that keeps what it commits, where one is installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import needs, postgres

DURABLE = ("shared_buffers=256MB", "max_wal_size=4GB")


@contextmanager
def durable_postgresql() -> Iterator[postgres.Server | None]:
    """A server of its own with the settings of production; none where there is no PostgreSQL."""
    found = needs.postgresql()
    if found is None:
        yield None
        return
    server = postgres.Server(Path(found), options=DURABLE)
    try:
        yield server
    finally:
        server.stop()
