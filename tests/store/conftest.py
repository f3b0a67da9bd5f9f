"""Every store test runs on SQLite and on PostgreSQL, on a database that `migrate` has made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.store.database import Store
from bot.store.migrate import migrate
from tests.postgres import Server, postgres

__all__ = ["postgres"]

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "gatepost.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Server) -> str:
    url = postgres.new_database()
    _migrate(url)
    return url


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database of this test's own, copied from one made once."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "gatepost.db")
        return f"sqlite:///{tmp_path}/gatepost.db"
    server: Server = request.getfixturevalue("postgres")
    return server.new_database(like=request.getfixturevalue("migrated_postgres"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    """A connection in a write transaction."""
    with store.begin() as conn:
        yield conn


def _migrate(url: str) -> None:
    store = Store(url)
    migrate(store)
    store.close()
