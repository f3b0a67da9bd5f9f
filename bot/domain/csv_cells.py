"""What may stand in one cell of a CSV, and what it means. A reader gives the value or says what is wrong."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any

from bot.domain.calendar import Calendar
from bot.domain.phone_numbers import can_be_texted, normalise

# Gives the value of a cell that is not blank, or raises ValueError with the reason in plain words.
Reader = Callable[[str], Any]

LONGEST_CELL = 300
# Signs a word processor puts in, each of which would make a text cost more.
_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
)
_NEED = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d?:\d\d")
_WHEN = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d?:\d\d)")


def text(cell: str) -> str:
    """Words on one line, with plain quotes and dashes."""
    found = " ".join(unicodedata.normalize("NFC", cell).translate(_PLAIN).split())
    if len(found) > LONGEST_CELL:
        raise ValueError(f"is {len(found)} characters long; {LONGEST_CELL} is the most")
    if not found.isprintable():
        raise ValueError("has a character that can't be shown")
    return found


def one_of(choices: Iterable[str] | type[StrEnum]) -> Reader:
    """One of these words, in any case."""
    known = {str(choice): choice for choice in choices}

    def read(cell: str) -> object:
        found = known.get(cell.strip().casefold())
        if found is None:
            raise ValueError(f"{cell!r} is not one of {', '.join(known)}{_nearest(cell, known)}")
        return found

    return read


def yes_no(cell: str) -> bool:
    """`yes` or `no`, in any case."""
    found = {"yes": True, "no": False}.get(cell.strip().casefold())
    if found is None:
        raise ValueError(f"{cell!r} is not yes or no")
    return found


def phone(cell: str) -> str:
    """A phone that can be texted, as E.164."""
    found = normalise(cell)
    if not can_be_texted(found):
        raise ValueError(f"{cell!r} is not a phone that can be texted")
    return found


def email(cell: str) -> str:
    found = text(cell)
    name, at, host = found.rpartition("@")
    if not (at and name and "." in host) or " " in found:
        raise ValueError(f"{cell!r} is not an email address")
    return found


def area_in(calendar: Calendar) -> Reader:
    """An area of `flows/areas.yaml`, in any case."""

    @lru_cache(maxsize=1024)
    def read(cell: str) -> str:
        found = calendar.area(cell)
        if found is None:
            raise ValueError(f"there is no area called {cell!r}{_nearest(cell, calendar.areas)}")
        return found

    return read


def list_of(reader: Reader) -> Reader:
    """Values with `;` between them; the same one twice counts once."""

    def read(cell: str) -> tuple[Any, ...]:
        found = tuple(dict.fromkeys(reader(part.strip()) for part in cell.split(";") if part.strip()))
        if not found:
            raise ValueError("names nothing")
        return found

    return read


def need(cell: str) -> str:
    """A need such as `id` or `housing`, in small letters."""
    found = "_".join(cell.casefold().split())
    if _NEED.fullmatch(found) is None:
        raise ValueError(f"{cell!r} is not a need; write words such as id;housing;benefits")
    return found


def language(cell: str) -> str:
    """A language code such as `en` or `pl`."""
    found = cell.strip().casefold()
    if _LANGUAGE.fullmatch(found) is None:
        raise ValueError(f"{cell!r} is not a language code; write en, cy, pl or ro")
    return found


def role(cell: str) -> str:
    """A role such as `peer_mentor`, in small letters."""
    found = "_".join(cell.casefold().replace("-", " ").split())
    if _NEED.fullmatch(found) is None:
        raise ValueError(f"{cell!r} is not a role; write one such as peer_mentor or coordinator")
    return found


def level(cell: str) -> int:
    """A level of the rota; 1 is rung first."""
    if not (cell.strip().isascii() and cell.strip().isdigit()) or not 1 <= int(cell) <= 9:
        raise ValueError(f"{cell!r} is not a level; write a number from 1 (rung first) to 9")
    return int(cell)


def day(cell: str) -> date:
    """A date, `YYYY-MM-DD`."""
    written = cell.strip()
    if _DATE.fullmatch(written) is None:
        raise ValueError(f"{cell!r} is not a date; write it as 2026-03-31")
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueError(f"there is no {written} in the calendar") from None


def wall_time(cell: str) -> time:
    """A time of day, `HH:MM`."""
    written = cell.strip()
    if _TIME.fullmatch(written) is None:
        raise ValueError(f"{cell!r} is not a time of day; write it as 09:30")
    try:
        return time.fromisoformat(written.rjust(5, "0"))
    except ValueError:
        raise ValueError(f"there is no {written} on a clock") from None


def instant_in(calendar: Calendar, *, at_end: bool = False) -> Reader:
    """A local wall clock time, `YYYY-MM-DD HH:MM`, as an instant in UTC.

    In the hour that clocks show twice it is the first time, or the last with `at_end`; in the hour that
    they leave out there is no such time.
    """

    def read(cell: str) -> datetime:
        found = _WHEN.fullmatch(cell.strip())
        if found is None:
            raise ValueError(f"{cell!r} is not a time; write it as 2026-03-31 09:30")
        on, wall = day(found[1]), wall_time(found[2])
        at = calendar.at(on, wall, at_end=at_end)
        if calendar.local(at).time() != wall:
            raise ValueError(f"there is no {found[2]} on {found[1]}: clocks go forward over it")
        return at

    return read


def _nearest(cell: str, known: Iterable[str]) -> str:
    names = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(cell.strip().casefold(), names, n=1)
    return f"; do you mean {names[found[0]]}?" if found else ""
