"""Rows of a services CSV, made into entries of the directory. Columns: `directory/README.md`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from bot.domain import csv_cells as cells
from bot.domain.calendar import Calendar
from bot.domain.csv_rows import Column, Kind, Progress, read_rows
from bot.domain.directory import CATEGORIES
from bot.domain.opening_hours import read_hours
from bot.domain.phone_numbers import normalise
from bot.domain.services import Service
from bot.errors import Problem

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NOTHING = Service(id="", name="", what_for="", category="", area="")
_BLANK = asdict(_NOTHING)


class RowInvalid(ValueError):
    """A row that can't be loaded: every cell that is wrong, as column and reason. `column` is the first."""

    def __init__(self, wrong: Sequence[tuple[str, str]]) -> None:
        self.cells = tuple(wrong)
        self.column, self.reason = self.cells[0]
        super().__init__("; ".join(f"column {column}: {reason}" for column, reason in wrong))


def services_kind(calendar: Calendar | None) -> Kind:
    """The columns of a services CSV; without a calendar any area is taken as it is written."""
    return Kind(
        "services",
        (
            Column("id", _id, required=True),
            Column("name", cells.text, required=True),
            Column("what_for", cells.text),
            Column("category", cells.one_of(CATEGORIES), required=True),
            Column("area", cells.area_in(calendar) if calendar else cells.text, required=True),
            Column("phone", normalise),
            Column("text_number", normalise),
            Column("website", str.strip),
            Column("opening_hours", lambda cell: read_hours(cell).text),
            Column("free_to_call", cells.one_of(("yes", "no", "unknown"))),
            Column("who_can_use", cells.text),
            Column("notes", str.strip),
            Column("source", str.strip),
            Column("seen_on", cells.text),
            Column("verified", cells.yes_no),
            Column("checked_on", cells.day),
            Column("checked_by", cells.text),
        ),
        key=("id",),
    )


def read_services_rows(
    data: bytes, file: str, calendar: Calendar, *, progress: Progress = lambda rows: rows
) -> tuple[list[Service], list[Problem]]:
    """The entries of the rows that are right, and everything that is wrong by line, column and reason."""
    rows, problems = read_rows(services_kind(calendar), data, file, progress=progress)
    return [service_from_values(row.values) for row in rows], problems


def service_from_row(row: Mapping[str, str], *, calendar: Calendar | None = None) -> Service:
    """The entry that the cells of one row describe, as they are written; a missing column is blank.

    Raises:
        RowInvalid: one or more cells are wrong.
    """
    values: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []
    for column in services_kind(calendar).columns:
        cell = (row.get(column.name) or "").strip()
        try:
            if cell:
                values[column.name] = column.read(cell)
            elif column.required:
                wrong.append((column.name, "is blank"))
        except ValueError as error:
            wrong.append((column.name, str(error)))
    if wrong:
        raise RowInvalid(wrong)
    return service_from_values(values)


def service_from_values(values: Mapping[str, Any], before: Service | None = None) -> Service:
    """The entry with those values, which have been read; a value of none is as it is by default.

    What is missing stays as it was `before`. A check that is not given holds on only while the numbers and
    hours it was about stay the same.
    """
    given = {name: _BLANK[name] if value is None else value for name, value in values.items()}
    service = replace(before or _NOTHING, **given)
    if before is None or "checked_on" in given or _checkable(service) == _checkable(before):
        return service
    return replace(service, checked_on=None, checked_by="")


def checked_today(services: Iterable[Service], *, today: date, by: str) -> list[Service]:
    """The entries, a blank `checked_on` filled in with today. Only for the made-up example area."""
    return [
        service if service.checked_on else replace(service, checked_on=today, checked_by=by)
        for service in services
    ]


def _checkable(service: Service) -> tuple[str, ...]:
    return service.phone, service.text_number, service.opening_hours


def _id(cell: str) -> str:
    if not _ID.fullmatch(cell.strip()):
        raise ValueError(f"{cell!r} is not small letters and digits with hyphens, as in bury-homeless-day")
    return cell.strip()
