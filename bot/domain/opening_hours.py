"""When a service is open: OpenStreetMap `opening_hours`, with the bank holidays of England.

The parser's own calendar of GB lacks the holidays that only England has (Easter Monday, late August), so it
is given none: rules are read twice, once for ordinary days and once for bank holidays, and `Calendar` says
which a day is. On a bank holiday only rules that name `PH`, or that very date, count.

Two things are not known, and nobody is sent to a door on a guess:
- a bank holiday, when no rule names `PH`;
- 24 December to 2 January, unless the row was checked since 1 December of that winter.
`24/7` is open on all of them, as the lines 999, 111 and 116 123 are.

Source: the directory's README, "Opening hours"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from opening_hours import (  # type: ignore[attr-defined]  # the stub leaves out ParserError
    OpeningHours,
    ParserError,
    State,
)

from bot.domain.calendar import Calendar

ALWAYS = "24/7"
HORIZON = timedelta(days=40)  # how far ahead is looked: a session once a month is still found

_ONE_DAY = timedelta(days=1)
_DAY_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY = rf"(?:{'|'.join(_DAY_NAMES)})"
_DAYS = rf"(?:{_DAY}(?:\s*-\s*{_DAY})?|PH)"
_LIST_OF_DAYS = re.compile(rf"{_DAYS}(?:\s*,\s*{_DAYS})*(?=\s|$)")
_NAME = re.compile(rf"\b(?:{'|'.join(_DAY_NAMES)}|PH|SH)\b", re.IGNORECASE)
_DATE = re.compile(r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s*\d")
_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
_SPANS = re.compile(rf"{_SPAN.pattern}(?:\s*,\s*{_SPAN.pattern})*")
_REFUSED = {
    r'"': "a comment in quotes: put it in notes",
    r"\bSH\b": "school holidays, which are not known here",
    r"sunrise|sunset|dawn|dusk": "times of the sun: write clock times",
    r"\+": "a time or day with +: write it out",
    r"\|\|": "a fallback (||): write a rule for each day",
    r"\d:\d\d\s*/": "a repeated time: write each time out",
}


@dataclass(frozen=True)
class Standing:
    """How a service stands at one instant; instants are aware UTC.

    `open_until`: when it stops being open; none when that is not in sight, or it is not open. `next_open`:
    when it next opens, as far as is known; none when it is open. Not `is_known`: open or shut, nobody knows.
    """

    is_open: bool
    is_known: bool = True
    open_until: datetime | None = None
    next_open: datetime | None = None


@dataclass(frozen=True)
class _Spell:
    """A half-open stretch in one state; not `is_open` means that it is not known."""

    starts_at: datetime
    ends_at: datetime
    is_open: bool


@dataclass(frozen=True)
class _Rules:
    """Rules for one kind of day: what begins on such a day, and how it goes on after midnight."""

    begins: OpeningHours
    goes_on: OpeningHours | None


class Hours:
    """Opening hours that have been read. Get them from `read_hours`, which reads each text once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_always = text == ALWAYS
        spelt = _NAME.sub(lambda found: _spelt(found[0]), text).rstrip("; ")
        _parse(text, spelt)
        rules = [rule.strip() for rule in spelt.split(";")]
        for rule in rules:
            _check(text, rule)
        self.names_holidays = any("PH" in rule for rule in rules)
        self._ordinary = _read(text, [_on_ordinary_days(rule) for rule in rules])
        self._holiday = _read(text, [_on_holidays(rule) for rule in rules])

    def at(self, at: datetime, calendar: Calendar, *, checked_on: date | None = None) -> Standing:
        """How it stands at that instant. `checked_on`, its last check, decides about Christmas."""
        if self.is_always:
            return Standing(is_open=True)
        today = calendar.local(at).date()
        in_sight = calendar.at(today + HORIZON, time(0))
        is_known = True
        for spell in _joined(self._spells(today, calendar, checked_on)):
            if spell.ends_at <= at:
                continue
            if spell.starts_at <= at and spell.is_open:
                return Standing(is_open=True, open_until=spell.ends_at if spell.ends_at < in_sight else None)
            if spell.starts_at <= at:
                is_known = False
            elif spell.is_open:
                return Standing(is_open=False, is_known=is_known, next_open=spell.starts_at)
        return Standing(is_open=False, is_known=is_known)

    def _spells(self, day: date, calendar: Calendar, checked_on: date | None) -> Iterator[_Spell]:
        for ahead in range(HORIZON.days):
            of_day = day + timedelta(days=ahead)
            yield from _day_spells(self, of_day, calendar, not needs_christmas_check(of_day, checked_on))

    def rules_of(self, day: date, calendar: Calendar) -> _Rules | None:
        """The rules for that day; none when it is a bank holiday and the hours say nothing of those."""
        if not calendar.has_holiday_hours(day):
            return self._ordinary
        return self._holiday if self.names_holidays else None


@lru_cache(maxsize=4096)
def read_hours(text: str) -> Hours:
    """The opening hours written in `text`.

    Raises:
        ValueError: they can't be read, or use what is not known here; the text says where and why.
    """
    return Hours(" ".join(text.split()))


def needs_christmas_check(day: date, checked_on: date | None) -> bool:
    """Whether hours of that day hold only when checked since 1 December, and they were not."""
    if not ((day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 2)):
        return False
    winter = day.year if day.month == 12 else day.year - 1
    return checked_on is None or checked_on < date(winter, 12, 1)


@lru_cache(maxsize=32_768)
def _day_spells(hours: Hours, day: date, calendar: Calendar, is_checked: bool) -> tuple[_Spell, ...]:
    """What is known of one local day, earliest first; what began the day before is in it from midnight.

    A time that clocks show twice counts as its first showing, one they leave out as the moment they jump.
    """
    rules = hours.rules_of(day, calendar) if is_checked else None
    found = [] if rules is None else list(_intervals(rules.begins, day))
    if rules is None or any(state == State.UNKNOWN for _, _, state in found):
        return (_Spell(calendar.at(day, time(0)), calendar.at(day + _ONE_DAY, time(0)), False),)
    before = hours.rules_of(day - _ONE_DAY, calendar)
    if before is not None and before.goes_on is not None:
        found += [
            (s + _ONE_DAY, e + _ONE_DAY, state) for s, e, state in _intervals(before.goes_on, day - _ONE_DAY)
        ]
    spells = (
        _Spell(calendar.at(start.date(), start.time()), calendar.at(end.date(), end.time()), True)
        for start, end, state in found
        if state == State.OPEN
    )
    return tuple(sorted((s for s in spells if s.starts_at < s.ends_at), key=lambda s: s.starts_at))


def _intervals(rules: OpeningHours, day: date) -> Iterator[tuple[datetime, datetime, State]]:
    start = datetime.combine(day, time(0))
    for begins, ends, state, _ in rules.intervals(start, start + _ONE_DAY):
        yield begins, ends, state


def _joined(spells: Iterator[_Spell]) -> Iterator[_Spell]:
    """Spells that touch or overlap in the same state, as one."""
    last: _Spell | None = None
    for spell in spells:
        if last is not None and last.is_open == spell.is_open and spell.starts_at <= last.ends_at:
            last = _Spell(last.starts_at, max(last.ends_at, spell.ends_at), last.is_open)
            continue
        if last is not None:
            yield last
        last = spell
    if last is not None:
        yield last


def _spelt(name: str) -> str:
    return name.upper() if name.upper() in ("PH", "SH") else name.capitalize()


def _check(text: str, rule: str) -> None:
    for pattern, what in _REFUSED.items():
        if re.search(pattern, rule):
            raise ValueError(f"{text!r} has {what}")
    days = _LIST_OF_DAYS.match(rule)
    if "PH" in rule[days.end() if days else 0 :]:
        raise ValueError(
            f"{text!r}: PH stands only in the list of days that begins a rule, as in Sa,Su,PH 10:00-12:00"
        )


def _on_ordinary_days(rule: str) -> str:
    """The rule without PH; empty when it is for bank holidays alone."""
    days = _LIST_OF_DAYS.match(rule)
    if days is None or "PH" not in days[0]:
        return rule
    others = [name.strip() for name in days[0].split(",") if name.strip() != "PH"]
    return f"{','.join(others)}{rule[days.end() :]}" if others else ""


def _on_holidays(rule: str) -> str:
    """The rule as it is on a bank holiday of any weekday; empty when it says nothing of those."""
    days = _LIST_OF_DAYS.match(rule)
    if days is None:
        return rule if _DATE.search(rule) and not re.search(rf"\b{_DAY}\b", rule) else ""
    return f"Mo-Su{rule[days.end() :]}" if "PH" in days[0] else ""


def _read(text: str, rules: Sequence[str]) -> _Rules:
    kept = [rule for rule in rules if rule] or ["off"]
    begins = "; ".join(_SPANS.sub(lambda found: _cut(found[0], after_midnight=False), rule) for rule in kept)
    if not any(_crosses(*span) for rule in kept for span in _SPAN.findall(rule)):
        return _Rules(_parse(text, begins), None)
    return _Rules(_parse(text, begins), _parse(text, "; ".join(_after_midnight(rule) for rule in kept)))


def _after_midnight(rule: str) -> str:
    if _SPANS.search(rule):
        return _SPANS.sub(lambda found: _cut(found[0], after_midnight=True), rule)
    return "off" if rule == ALWAYS else rule if re.search(r"\b(?:off|closed)$", rule) else f"{rule} off"


def _crosses(from_hour: str, from_minute: str, to_hour: str, to_minute: str) -> bool:
    ends = (int(to_hour), int(to_minute))
    return ends > (24, 0) or ends <= (int(from_hour), int(from_minute))


def _cut(spans: str, *, after_midnight: bool) -> str:
    """The part of each span before midnight, or the part after it as times of the next day."""
    parts = []
    for span in _SPAN.findall(spans):
        from_hour, from_minute, to_hour, to_minute = span
        if after_midnight and _crosses(*span):
            parts.append(f"00:00-{int(to_hour) % 24:02d}:{to_minute}")
        elif not after_midnight:
            ends = "24:00" if _crosses(*span) else f"{to_hour}:{to_minute}"
            parts.append(f"{from_hour}:{from_minute}-{ends}")
    return ",".join(part for part in parts if part != "00:00-00:00") or "off"


def _parse(text: str, rules: str) -> OpeningHours:
    if not rules.strip():
        raise ValueError("opening hours are empty")
    try:
        return OpeningHours(rules)
    except ParserError as error:
        place = re.search(r"--> \d+:(\d+)", str(error))
        rest = rules[int(place[1]) - 1 :] if place else rules
        where = f"from {rest!r} on" if rest else "at its end"
        raise ValueError(
            f"{text!r} can't be read {where}: write days and times as in Mo-Fr 09:00-17:00; PH off"
        ) from error
