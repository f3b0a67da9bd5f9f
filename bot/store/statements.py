"""Core statements compiled once: a turn runs some twenty, and what is done anew at each costs more than they do.

    _GET = Statement(select(*COLUMNS).where(_p.id == bindparam("person_id")))
    row = _GET.first(conn, {"person_id": person_id})

The values go to the driver as the columns' types make them, and what comes back are plain tuples. Errors and
transactions are those of the connection. Source: docs/decisions/0012-statements-compiled-once.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import BindParameter, ClauseElement, Column, Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import iterate

Values = Mapping[str, Any]
Process = Callable[[Any], Any]
_NONE: Values = {}


class Statement:
    """One statement, made at the head of a module."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        binds = (one for one in iterate(statement) if isinstance(one, BindParameter))
        self._lists = tuple(sorted({bind.key for bind in binds if bind.expanding and bind.value is None}))
        # By dialect and what it is given: an insert or update is about the columns it has values for, and a
        # list of values is as many parameters.
        self._compiled: dict[tuple[object, ...], _Compiled] = {}

    def rows(self, conn: Connection, values: Values = _NONE) -> list[tuple[Any, ...]]:
        """Every row it gives."""
        compiled, cursor = self._execute(conn, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.close()
        return [compiled.processed(row) for row in found] if compiled.out else found

    def first(self, conn: Connection, values: Values = _NONE) -> tuple[Any, ...] | None:
        """The first row it gives, none when there is none."""
        compiled, cursor = self._execute(conn, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
        cursor.close()
        return found if found is None or not compiled.out else compiled.processed(found)

    def scalar(self, conn: Connection, values: Values = _NONE) -> Any | None:
        """The first column of the first row, none when there is none."""
        found = self.first(conn, values)
        return None if found is None else found[0]

    def run(self, conn: Connection, values: Values = _NONE) -> int:
        """How many rows it changed."""
        _, cursor = self._execute(conn, values)
        count: int = cursor.rowcount
        cursor.close()
        return count

    def _execute(self, conn: Connection, values: Values) -> tuple[_Compiled, Any]:
        dialect = conn.dialect
        key: tuple[object, ...] = (dialect.name, *values)
        if self._lists:
            values = {**values, **{name: _padded(values[name]) for name in self._lists}}
            key += tuple(len(values[name]) for name in self._lists)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _Compiled(self._statement, dialect, values)
        driver: Any = conn.connection.dbapi_connection
        cursor = driver.cursor()
        try:
            cursor.execute(compiled.sql, compiled.parameters(values))
        except dialect.loaded_dbapi.Error as error:
            cursor.close()
            raise _as_ours(conn, compiled.sql, error) from error
        return compiled, cursor


class _Compiled:
    """The statement as one dialect writes it, with what must be done to values on their way in and out."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, values: Values) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(values))
        assert isinstance(compiled, SQLCompiler)
        defaults = {column.key: _default_of(column) for column in compiled.insert_prefetch}
        state = compiled.construct_expanded_state({**defaults, **values}, escape_names=False)
        processors: dict[str, Any] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
        }
        processors.update(state.processors)
        self.sql = state.statement
        self.out = _on_the_way_out(statement, dialect)
        from_lists = {
            name: (of, number)
            for of, names in state.parameter_expansion.items()
            for number, name in enumerate(names)
        }
        names = list(state.parameters) if state.positiontup is None else list(state.positiontup)
        self._names = names if state.positiontup is None else None
        # Everything in its place: what never changes as it is, and for the rest where it comes from.
        self._template: list[Any] = []
        self._plain: list[tuple[int, str]] = []
        self._made: list[tuple[int, str, Process]] = []
        self._listed: list[tuple[int, str, int, Process]] = []
        for place, name in enumerate(names):
            process = processors.get(name)
            of, number = from_lists.get(name, (name, -1))
            if of in values:
                self._template.append(None)
                if number >= 0:
                    self._listed.append((place, of, number, process or _as_it_is))
                elif process is not None:
                    self._made.append((place, name, process))
                else:
                    self._plain.append((place, name))
            else:
                value = state.parameters[name]
                self._template.append(value if process is None else process(value))
        # Mostly an insert: everything comes from what is given, in one go.
        is_given = not self._listed and len(self._plain) + len(self._made) == len(names) > 1
        self._all_given = itemgetter(*names) if is_given else None

    def parameters(self, values: Values) -> Any:
        """What the driver gets: a list by position, or names where the driver wants those."""
        if self._all_given is not None:
            found = list(self._all_given(values))
        else:
            found = self._template.copy()
            for place, name in self._plain:
                found[place] = values[name]
        for place, name, process in self._made:
            found[place] = process(values[name])
        for place, name, number, process in self._listed:
            found[place] = process(values[name][number])
        return found if self._names is None else dict(zip(self._names, found, strict=True))

    def processed(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row as the columns' types make it."""
        found = list(row)
        for place, process in self.out:
            found[place] = process(found[place])
        return tuple(found)


def _padded(values: Sequence[Any]) -> Sequence[Any]:
    """To a power of two, by saying the last one again, so that few lengths are ever compiled: in a list to look in
    it changes nothing."""
    short_by = (1 << (len(values) - 1).bit_length()) - len(values) if values else 0
    return [*values, *[values[-1]] * short_by] if short_by else values


def _as_it_is(value: Any) -> Any:
    return value


def _default_of(column: Column[Any]) -> Any:
    """What a column gets that no value is given for."""
    default: Any = column.default
    return default.arg(None) if default.is_callable else default.arg


def _on_the_way_out(statement: ClauseElement, dialect: Dialect) -> list[tuple[int, Process]]:
    columns = getattr(statement, "exported_columns", ())
    found = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    return [(place, process) for place, process in enumerate(found) if process is not None]


def _as_ours(conn: Connection, sql: str, error: Exception) -> Exception:
    """The error as SQLAlchemy raises it; a connection that is broken is not used again, nor its like."""
    is_broken = conn.dialect.is_disconnect(error, conn.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if is_broken:
        conn.invalidate(error)
        conn.engine.dispose(close=False)
    return DBAPIError.instance(
        sql, None, error, conn.dialect.loaded_dbapi.Error, hide_parameters=True, dialect=conn.dialect,
        connection_invalidated=is_broken,
    )  # fmt: skip
