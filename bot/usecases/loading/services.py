"""Rows of a services CSV, made into entries of the directory. Columns: `directory/README.md`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import TypeVar

from bot.domain.directory import CATEGORIES
from bot.domain.opening_hours import read_hours
from bot.domain.phone_numbers import normalise
from bot.domain.services import Service
from bot.errors import InputInvalid, Problem

COLUMNS = tuple(field.name for field in fields(Service))
REQUIRED = ("id", "name", "category", "area")

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# What a word processor puts in and a basic text message can't carry.
_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)

Area = Callable[[str], str | None]
T = TypeVar("T")


class RowInvalid(ValueError):
    """A row that can't be loaded: every cell that is wrong, as column and reason; `column` is the first."""

    def __init__(self, cells: Sequence[tuple[str, str]]) -> None:
        self.cells = tuple(cells)
        self.column, self.reason = self.cells[0]
        super().__init__("; ".join(f"column {column}: {reason}" for column, reason in cells))


def service_from_row(row: Mapping[str, str], *, area: Area | None = None) -> Service:
    """The entry that a row of CSV cells describes; a column that is missing is blank.

    `area` gives an area's own name, as `Calendar.area` does; without it any area is taken as written.

    Raises:
        RowInvalid: one or more cells are wrong.
    """
    wrong: list[tuple[str, str]] = []

    def cell(column: str, read: Callable[[str], T], blank: T) -> T:
        written = (row.get(column) or "").strip()
        if not written:
            if column in REQUIRED:
                wrong.append((column, "is empty"))
            return blank
        try:
            return read(written)
        except ValueError as error:
            wrong.append((column, str(error)))
            return blank

    service = Service(
        id=cell("id", _read_id, ""),
        name=cell("name", _plain, ""),
        what_for=cell("what_for", _plain, ""),
        category=cell("category", lambda text: _one_of(text, CATEGORIES), ""),
        area=cell("area", lambda text: _area(text, area), ""),
        phone=cell("phone", normalise, ""),
        text_number=cell("text_number", normalise, ""),
        website=cell("website", str, ""),
        opening_hours=cell("opening_hours", lambda text: read_hours(text).text, ""),
        free_to_call=cell("free_to_call", lambda text: _one_of(text, ("yes", "no", "unknown")), "unknown"),
        who_can_use=cell("who_can_use", _plain, ""),
        notes=cell("notes", str, ""),
        source=cell("source", str, ""),
        seen_on=cell("seen_on", str, ""),
        verified=cell("verified", lambda text: _one_of(text, ("yes", "no")) == "yes", False),
        checked_on=cell("checked_on", _day, None),
        checked_by=cell("checked_by", str, ""),
    )
    if wrong:
        raise RowInvalid(wrong)
    return service


def read_services_rows(
    rows: Iterable[tuple[int, Mapping[str, str]]], *, file: str, area: Area | None = None
) -> list[Service]:
    """The entries that the rows of a file describe; each row comes with the line it is on.

    Raises:
        InputInvalid: names every wrong cell by line, column and reason, and every id that comes twice.
    """
    found: dict[str, Service] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    for line, row in rows:
        try:
            service = service_from_row(row, area=area)
        except RowInvalid as error:
            problems += [
                Problem(file, f"line {line}, column {column}", reason) for column, reason in error.cells
            ]
            continue
        if service.id in found:
            reason = f"{service.id} is also on line {lines[service.id]}"
            problems.append(Problem(file, f"line {line}, column id", reason))
        found[service.id], lines[service.id] = service, line
    if problems:
        raise InputInvalid(problems)
    return list(found.values())


def checked_today(services: Iterable[Service], *, today: date, by: str) -> list[Service]:
    """The entries with a blank `checked_on` filled in as checked today; for the made-up example area only."""
    return [
        service
        if service.checked_on
        else replace(service, checked_on=today, checked_by=service.checked_by or by)
        for service in services
    ]


def _read_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(
            f"{text!r} has to be small letters, digits and single hyphens, as in bury-homeless-day"
        )
    return text


def _plain(text: str) -> str:
    return " ".join(text.translate(_PLAIN).split())


def _one_of(text: str, choices: Sequence[str]) -> str:
    if (written := text.casefold()) in choices:
        return written
    close = difflib.get_close_matches(written, choices, n=1)
    hint = f"did you mean {close[0]}?" if close else f"it is one of {', '.join(choices)}"
    raise ValueError(f"{text!r} is not known: {hint}")


def _area(text: str, area: Area | None) -> str:
    if area is None:
        return text
    if (name := area(text)) is None:
        raise ValueError(f"there is no area {text!r}")
    return name


def _day(text: str) -> date:
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text} is not a day of the calendar") from None
    raise ValueError(f"{text!r} is not a date: write it as 2026-12-03")
