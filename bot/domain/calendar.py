"""Local time as people live it: bank holidays, working days, areas, and how a day or an hour is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays.countries.united_kingdom  # read now: on the first text it would cost 50 ms
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import FlowInvalid, Problem

NATIONAL = "national"
OFFICE_OPENS = time(9)
OFFICE_SHUTS = time(17)
NOON = time(12)

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_FRIDAY = 4
_ONE_DAY = timedelta(days=1)


class Calendar:
    """One time zone, the bank holidays of England, and what each area is inside.

    `parents` names for every area the one around it, none for `national`.
    """

    def __init__(self, zone: ZoneInfo, parents: Mapping[str, str | None]) -> None:
        self.zone = zone
        self._chains = {name: _chain(name, parents) for name in parents}
        self._names = {_folded(name): name for name in parents}

    def local(self, at: datetime) -> datetime:
        """The instant as wall clock in our zone."""
        return at.astimezone(self.zone)

    def at(self, day: date, wall: time, *, at_end: bool = False) -> datetime:
        """The instant, in UTC, at which clocks show `wall` on that day.

        Where clocks go back and show it twice: the first time, or the last with `at_end`, so that what
        begins and what ends at one wall time overlap and never leave a gap. Where clocks go forward and
        never show it: the moment they jump.
        """
        plain = datetime.combine(day, wall.replace(tzinfo=None, fold=0))
        first = plain.replace(tzinfo=self.zone).astimezone(UTC)
        last = plain.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        if first == last:
            return first
        if first > last:  # the wall time falls in the hour that is left out
            return _jump(last, first, self.zone)
        return last if at_end else first

    def is_holiday(self, day: date) -> bool:
        """Whether it is a bank holiday of England as GOV.UK publishes them.

        When Christmas Day, Boxing Day or New Year's Day is at a weekend, the substitute day is the bank
        holiday and the weekend day is not: see `has_holiday_hours`.
        """
        return day.weekday() < 5 and day in _days_off(day.year)

    def has_holiday_hours(self, day: date) -> bool:
        """Whether doors keep bank holiday hours: a bank holiday, or the weekend day it was moved from."""
        return day in _days_off(day.year)

    def is_working_day(self, day: date) -> bool:
        """Whether it is neither a weekend nor a bank holiday."""
        return day.weekday() < 5 and not self.is_holiday(day)

    def next_working_day(self, day: date) -> date:
        """The first working day strictly after `day`."""
        found = day + _ONE_DAY
        while not self.is_working_day(found):
            found += _ONE_DAY
        return found

    def is_out_of_hours(self, at: datetime) -> bool:
        """Whether offices are shut or about to shut for days: no time to sort things out by day.

        A weekend or a bank holiday; a Friday or the day before a bank holiday from noon; any other working
        day before nine or from five.
        """
        local = self.local(at)
        day, wall = local.date(), local.time()
        if not self.is_working_day(day):
            return True
        shuts = NOON if day.weekday() == _FRIDAY or self.is_holiday(day + _ONE_DAY) else OFFICE_SHUTS
        return not OFFICE_OPENS <= wall < shuts

    def chain(self, area: str) -> tuple[str, ...]:
        """The area, then each area around it, `national` last.

        An area that is not in the list is directly inside `national`; an empty one is `national` itself.
        """
        known = self.area(area)
        if known is not None:
            return self._chains[known]
        return (area, NATIONAL) if area.strip() else (NATIONAL,)

    def area(self, name: str) -> str | None:
        """The area's name as the file has it, whatever the case and spaces; none when there is none."""
        return self._names.get(_folded(name))

    @property
    def areas(self) -> tuple[str, ...]:
        """Every area, in the order of the file."""
        return tuple(self._chains)

    def day_text(self, at: datetime, *, now: datetime) -> str:
        """The day in words: `today`, `tomorrow`, else `Tuesday 3 March`."""
        day, today = self.local(at).date(), self.local(now).date()
        if day == today:
            return "today"
        if day == today + _ONE_DAY:
            return "tomorrow"
        return f"{weekday_text(day)} {day.day} {_MONTHS[day.month - 1]}"

    def time_text(self, at: datetime) -> str:
        """The time in words: `10am`, `2:30pm`, `noon`, `midnight`."""
        local = self.local(at)
        if local.minute == 0 and local.hour in (0, 12):
            return "noon" if local.hour else "midnight"
        minutes = f":{local.minute:02d}" if local.minute else ""
        return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def weekday_text(day: date) -> str:
    """The name of the weekday: `Monday`."""
    return _WEEKDAYS[day.weekday()]


def load_areas(path: Path) -> dict[str, str | None]:
    """What each area is inside, by name, from a YAML file of `area: area around it` lines.

    `national` is there and inside nothing; every other area leads to it.

    Raises:
        FlowInvalid: the file can't be read, an area is named twice or is inside itself, or what it is
            inside is not in the file.
    """

    def wrong(where: str, reason: str) -> FlowInvalid:
        return FlowInvalid([Problem(path.name, where, reason)])

    try:
        found = YAML(typ="safe").load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise wrong("file", f"can't be read: {error}") from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "file"
        raise wrong(line, str(getattr(error, "problem", None) or error)) from error
    if not isinstance(found, dict) or not found:
        raise wrong("file", "has no areas: write one `area: area around it` line for each")
    problems = []
    for name, parent in found.items():
        if not isinstance(name, str) or not name.strip():
            problems.append(Problem(path.name, str(name), "is not a name"))
        elif name == NATIONAL:
            if parent is not None:
                problems.append(Problem(path.name, name, "is inside nothing: leave it blank"))
        elif not isinstance(parent, str):
            problems.append(Problem(path.name, name, f"has to be inside an area, if only inside {NATIONAL}"))
        elif parent not in found:
            problems.append(Problem(path.name, name, f"is inside {parent}, which is not in this file"))
    if NATIONAL not in found:
        problems.append(Problem(path.name, NATIONAL, "is missing"))
    spellings: dict[str, str] = {}
    for name in (name for name in found if isinstance(name, str)):
        twin = spellings.setdefault(_folded(name), name)
        if twin != name:
            problems.append(Problem(path.name, name, f"is the same as {twin}"))
    if not problems:
        problems = [
            Problem(path.name, name, "is inside itself")
            for name in found
            if _chain(name, found)[-1] != NATIONAL
        ]
    if problems:
        raise FlowInvalid(problems)
    return dict(found)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _chain(area: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The area and those around it; ends early where a circle closes."""
    chain = [area]
    while (parent := parents.get(chain[-1])) is not None and parent not in chain:
        chain.append(parent)
    return tuple(chain)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant, to the second, between two others at which the zone's offset from UTC changes."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


@lru_cache(maxsize=64)
def _days_off(year: int) -> frozenset[date]:
    """Bank holidays and the weekend days they were moved from.

    Source: https://www.gov.uk/bank-holidays (division england-and-wales)
    """
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
