"""What caches follow."""

from __future__ import annotations

from bot.store import versions


def test_nothing_has_changed_at_first(conn):
    assert versions.all(conn) == {}


def test_each_change_raises_the_version_of_that_name_only(conn):
    versions.bump(conn, "flows")
    versions.bump(conn, "flows")
    versions.bump(conn, "directory")

    assert versions.all(conn) == {"flows": 2, "directory": 1}
