"""Bringing a database to the current schema."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.errors import DatabaseTooNew
from bot.store import migrate, versions
from bot.store.database import Store
from bot.store.schema import metadata

ROOT = Path(__file__).resolve().parents[2]
REGENERATE = "run `python -m bot.store.migrations --first` (before a release) or write a new migration"


@pytest.fixture
def empty(empty_url: str) -> Iterator[Store]:
    store = Store(empty_url)
    yield store
    store.close()


def test_migrating_an_empty_database_makes_exactly_the_tables_of_the_schema(empty):
    migrate.migrate(empty)

    with empty.begin() as conn:
        differences = compare_metadata(MigrationContext.configure(conn), metadata)
    assert differences == [], REGENERATE


def test_migrations_make_the_same_indexes_as_the_schema_conditions_included(empty):
    migrate.migrate(empty)
    with empty.begin() as conn:
        migrated = indexes(conn)
        metadata.drop_all(conn)
        metadata.create_all(conn)
        assert indexes(conn) == migrated, REGENERATE
    assert len(migrated) > 20


def test_migrating_twice_changes_nothing(empty):
    migrate.migrate(empty)
    migrate.migrate(empty)

    assert migrate.is_current(empty)
    with empty.read() as conn:
        assert migrate.revision(conn) == migrate.head()


def test_an_empty_database_is_not_current(empty):
    assert not migrate.is_current(empty)


def test_migrating_creates_the_data_folder(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/data/deeper/gatepost.db")

    migrate.migrate(store)
    store.close()

    assert (tmp_path / "data/deeper/gatepost.db").exists()


def test_hosts_that_start_at_once_migrate_one_after_the_other(empty_url):
    code = (
        "import sys; from bot.store.database import Store; from bot.store.migrate import migrate;"
        "from alembic import command; store = Store(sys.argv[1]); sys.stdin.readline(); migrate(store)"
    )
    command = [sys.executable, "-c", code, empty_url]
    hosts = [
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for host in hosts:
        host.stdin.write("go\n")
        host.stdin.flush()

    assert [host.communicate(timeout=60)[1] for host in hosts] == ["", "", ""]
    assert [host.returncode for host in hosts] == [0, 0, 0]
    assert_current(empty_url)


def test_one_process_may_migrate_several_databases_at_once(tmp_path):
    stores = [Store(f"sqlite:///{tmp_path}/{number}.db") for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate.migrate, stores))

    for store in stores:
        store.close()
        assert_current(str(store.url))


def test_a_database_of_a_newer_release_is_refused_and_left_alone(store):
    set_revision(store, "0999")

    with pytest.raises(DatabaseTooNew, match=r"0999.*start the release that migrated it"):
        migrate.migrate(store)
    with pytest.raises(DatabaseTooNew):
        migrate.is_current(store)
    with store.read() as conn:
        assert migrate.revision(conn) == "0999"


def test_a_host_of_the_old_release_writes_nothing_more_when_the_schema_moves_on(store):
    migrate.migrate(store)
    with store.begin() as conn:
        versions.bump(conn, "flows")
    set_revision(store, "0999")

    with pytest.raises(DatabaseTooNew, match=f"0999.*{migrate.head()}"), store.begin() as conn:
        versions.bump(conn, "flows")

    with store.read() as conn:
        assert versions.all(conn) == {"flows": 1}


def test_a_migration_waits_for_writers_of_the_old_release(migrated_postgres, postgres):
    url = postgres.new_database(like=migrated_postgres)
    old, new = Store(url), Store(url)
    migrate.migrate(old)
    done = threading.Event()

    def migrates() -> None:
        with new.begin() as conn:
            migrate._wait_for_others(new, conn)
            conn.execute(text("UPDATE alembic_version SET version_num = '0999'"))
        done.set()

    with ThreadPoolExecutor(1) as pool, old.begin() as conn:
        waits = pool.submit(migrates)
        assert not done.wait(0.3)
        versions.bump(conn, "flows")
        conn.commit()
        waits.result(10)

    with pytest.raises(DatabaseTooNew), old.begin():
        pass
    for store in (old, new):
        store.close()


def test_a_migration_that_fails_leaves_nothing_behind(empty):
    # An earlier program left a table of the same name: the last table of the migration can't be made.
    with empty.begin() as conn:
        conn.execute(text("CREATE TABLE reminders (id INTEGER)"))

    with pytest.raises(Exception, match="already exists"):
        migrate.migrate(empty)

    with empty.read() as conn:
        assert inspect(conn).get_table_names() == ["reminders"]


def test_alembic_sees_the_same_revisions_in_one_line():
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)

    assert scripts.get_heads() == [migrate.head()]
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(migrate.revisions())


def test_a_start_with_nothing_to_migrate_does_not_load_alembic(tmp_path):
    path = tmp_path / "gatepost.db"
    store = Store(f"sqlite:///{path}")
    migrate.migrate(store)
    store.close()
    code = (
        "import sys; from bot.store.database import Store; from bot.store.migrate import migrate;"
        f"migrate(Store('sqlite:///{path}')); print('alembic' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.strip() == "False"


def assert_current(url: str) -> None:
    store = Store(url)
    assert migrate.is_current(store)
    store.close()


def set_revision(store: Store, revision: str) -> None:
    with store.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def indexes(conn: Connection) -> set[str]:
    """Every index as the database itself writes it down."""
    if conn.dialect.name == "sqlite":
        query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        query = (
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
    return set(conn.execute(text(query)).scalars())
