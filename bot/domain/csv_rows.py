"""Read a CSV that somebody made in a spreadsheet: the rows that are right, and what is wrong otherwise."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.csv_cells import Reader
from bot.errors import Problem

Progress = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True)
class Column:
    """One column of a kind of file. `required`: it has to be there, and no cell of it may be blank."""

    name: str
    read: Reader
    required: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of file: its columns, which of them together name a row, and what must hold in a row.

    `check` gives the column and the reason for each thing that is wrong.
    """

    name: str
    columns: Sequence[Column]
    key: tuple[str, ...] = ()
    check: Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]] = lambda values: ()


@dataclass(frozen=True)
class Row:
    """One row. `line` is where it begins in the file. `values` has the columns that are in the file; a
    blank cell is none."""

    line: int
    values: Mapping[str, Any]

    def problem(self, file: str, column: str, reason: str) -> Problem:
        """That something is wrong with one cell."""
        return Problem(file, f"line {self.line}, column {column}", reason)


def read_rows(
    kind: Kind, data: bytes, file: str, *, progress: Progress = lambda rows: rows
) -> tuple[list[Row], list[Problem]]:
    """The rows that are right, and everything that is wrong, in the order of the file.

    UTF-8 with or without a byte order mark, columns in any order; rows that are blank all over are passed
    over. A file that can't be read as a table at all gives no rows and one problem.
    """
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        reason = f"byte {data[error.start]:#04x} is not UTF-8; save the file as CSV UTF-8"
        return [], [Problem(file, f"line {line}", reason)]
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    lines = _lines(reader)
    try:
        first, names = next(lines, (1, None))
    except csv.Error as error:
        return [], [Problem(file, "line 1", _what(error))]
    if names is None:
        return [], [Problem(file, "line 1", "there is no header row")]
    names = [name.strip().casefold() for name in names]
    problems = list(_header_problems(kind, names, file, first))
    if problems:
        return [], problems
    columns = {column.name: column for column in kind.columns}
    in_order = [columns[name] for name in names]
    found: list[Row] = []
    seen: dict[tuple[Any, ...], int] = {}
    try:
        for line, cells in progress(lines):
            if len(cells) != len(in_order):
                reason = f"has {len(cells)} cells, the header has {len(in_order)}"
                problems.append(Problem(file, f"line {line}", reason))
                continue
            wrong = len(problems)
            row = Row(line, _values(in_order, cells, file, line, problems))
            if len(problems) == wrong:
                problems.extend(row.problem(file, *pair) for pair in kind.check(row.values))
            if len(problems) == wrong and kind.key:
                key = tuple(row.values.get(name) for name in kind.key)
                before = seen.setdefault(key, line)
                if before != line:
                    problems.append(row.problem(file, kind.key[0], f"is on line {before} too"))
            if len(problems) == wrong:
                found.append(row)
    except csv.Error as error:
        problems.append(Problem(file, f"line {reader.line_num}", _what(error)))
    return found, problems


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line it begins on; a quoted cell may go over several lines."""
    begins = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _values(
    columns: Sequence[Column], cells: Sequence[str], file: str, line: int, problems: list[Problem]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=True):
        if not cell or cell.isspace():
            values[column.name] = None
            if column.required:
                problems.append(Problem(file, f"line {line}, column {column.name}", "is blank"))
            continue
        try:
            values[column.name] = column.read(cell)
        except ValueError as error:
            problems.append(Problem(file, f"line {line}, column {column.name}", str(error)))
    return values


def _header_problems(kind: Kind, names: Sequence[str], file: str, line: int) -> Iterator[Problem]:
    known = {column.name for column in kind.columns}
    if len(names) == 1 and ";" in names[0]:
        yield Problem(file, f"line {line}", "columns have ; between them; save the file with commas")
        return
    for place, name in enumerate(names, 1):
        if not name:
            yield Problem(file, f"line {line}, column {place}", "has no name")
        elif name in names[: place - 1]:
            yield Problem(file, f"line {line}, column {name}", "is there twice")
        elif name not in known:
            reason = f"is not a column of {kind.name}; they are {', '.join(c.name for c in kind.columns)}"
            yield Problem(file, f"line {line}, column {name}", reason)
    for column in kind.columns:
        if column.required and column.name not in names:
            yield Problem(file, f"line {line}, column {column.name}", "is missing")


def _what(error: csv.Error) -> str:
    words = str(error)
    if "unexpected end of data" in words:
        return "a quote is opened and never closed"
    if "expected after" in words:
        return "there is something between a closing quote and the next comma"
    if "field larger" in words:
        return "a cell is far too long; is a quote never closed?"
    return f"can't be read as CSV: {words}"
