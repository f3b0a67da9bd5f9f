"""Inserts that know what to do when the row is there already, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, TextClause
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.statements import Statement

Changes = Callable[[Any], Mapping[str, Any]]


class InsertNew:
    """Adds one row unless another has the same `unique` columns; made once, at the head of a module.

    `where`: the condition of the unique index, when it holds some rows only.
    """

    def __init__(
        self, table: Table, *unique: str, returning: str | None = None, where: TextClause | None = None
    ) -> None:
        target: dict[str, Any] = {"index_elements": unique, "index_where": where}
        wanted = [table.c[returning or unique[0]]]
        self._statements = {
            "sqlite": Statement(sqlite.insert(table).on_conflict_do_nothing(**target).returning(*wanted)),
            "postgresql": Statement(
                postgresql.insert(table).on_conflict_do_nothing(**target).returning(*wanted)
            ),
        }

    def __call__(self, conn: Connection, row: Mapping[str, Any]) -> Any | None:
        """The `returning` column of the new row; none when the row was there before.

        On PostgreSQL it waits for another transaction that is adding the same row.
        """
        return self._statements[conn.dialect.name].scalar(conn, row)


class InsertOrUpdate:
    """Adds one row, or changes the one with the same `unique` columns as `changes(excluded)` says."""

    def __init__(self, table: Table, *unique: str, changes: Changes) -> None:
        on_sqlite = sqlite.insert(table)
        on_postgresql = postgresql.insert(table)
        self._statements = {
            "sqlite": Statement(
                on_sqlite.on_conflict_do_update(index_elements=unique, set_=dict(changes(on_sqlite.excluded)))
            ),
            "postgresql": Statement(
                on_postgresql.on_conflict_do_update(
                    index_elements=unique, set_=dict(changes(on_postgresql.excluded))
                )
            ),
        }

    def __call__(self, conn: Connection, row: Mapping[str, Any]) -> None:
        """Write the row."""
        self._statements[conn.dialect.name].run(conn, row)
